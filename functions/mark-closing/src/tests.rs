use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client as Dynamodb;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::types::{State, VpcEndpoint};
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use serde_json::{Value, json};

use super::*;

const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:onboarding:ticket-35436_2";

type Item = Arc<Mutex<Option<Value>>>;

/// The register's one item, which judges the fence as the table does.
struct World {
    item: Item,
    rules: [Rule; 2],
    looks: Rule,
    announced: Option<u32>,
}

impl World {
    fn new(item: Option<Value>, endpoint: &'static str) -> Self {
        let item = Arc::new(Mutex::new(item));
        let rules = [update_item(&item), put_item(&item)];
        let looks = mock!(Ec2::describe_vpc_endpoints).then_output(move || {
            let endpoint =
                VpcEndpoint::builder().vpc_endpoint_id("vpce-0123456789abcdef0").state(State::from(endpoint));
            DescribeVpcEndpointsOutput::builder().vpc_endpoints(endpoint.build()).build()
        });
        Self { item, rules, looks, announced: None }
    }

    async fn mark(&self, number: u32, go_on_if_accepted: bool) -> Result<Output, StepError> {
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&self.looks]);
        let dynamodb = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&self.rules[0], &self.rules[1]]);
        let register = Register::with_client(dynamodb, "register");
        handle(
            &ec2,
            &register,
            Input { execution_arn: ARN.to_owned(), number, go_on_if_accepted, announced: self.announced },
        )
        .await
    }

    fn fence(&self) -> Value {
        self.item.lock().unwrap().as_ref().unwrap()["fence"]["closing"].clone()
    }
}

fn update_item(item: &Item) -> Rule {
    let item = Arc::clone(item);
    mock!(Dynamodb::update_item).then_compute_response(move |request| {
        let mut item = item.lock().unwrap();
        let value = |name: &str| -> Value {
            let value = request.expression_attribute_values().unwrap()[name].clone();
            serde_dynamo::from_attribute_value(value).unwrap()
        };
        let closing = value(":closing").as_u64();
        let lifts = request.update_expression() == Some("REMOVE #fence");
        let passes = item.as_ref().is_some_and(|item| {
            let fence = item["fence"]["closing"].as_u64();
            if lifts { fence == closing } else { fence <= closing && item["shown"]["outcome"].is_null() }
        });
        let there = |item: &Option<Value>| item.as_ref().map(|item| serde_dynamo::to_item(item).unwrap());
        if !passes {
            let refusal = ConditionalCheckFailedException::builder().set_item(there(&item)).build();
            return MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(refusal));
        }
        if let Some(item) = item.as_mut() {
            item["fence"] = if lifts { Value::Null } else { value(":fence") };
        }
        MockResponse::Output(UpdateItemOutput::builder().set_attributes(there(&item)).build())
    })
}

fn put_item(item: &Item) -> Rule {
    let item = Arc::clone(item);
    mock!(Dynamodb::put_item).then_compute_output(move |request| {
        let put: Value = serde_dynamo::from_item(request.item().unwrap().clone()).unwrap();
        item.lock().unwrap().get_or_insert(put);
        PutItemOutput::builder().build()
    })
}

fn running() -> Value {
    let facts = json!({"problem": "The problem."});
    let shown = json!({"order": 4000, "state": "awaiting-acceptance", "since": "2026-07-04T05:33:18Z", "facts": facts});
    json!({"executionArn": ARN, "ticket": "35436", "link": 1, "shown": shown})
}

#[tokio::test]
async fn the_onboarding_is_fenced_and_what_is_known_is_handed_on() {
    let world = World::new(Some(running()), "available");
    for _ in 0..2 {
        let marked = world.mark(1, false).await.unwrap();
        assert_eq!((marked.verdict, marked.facts.problem.as_deref()), (Verdict::Marked, Some("The problem.")));
        assert_eq!((marked.ticket.unwrap().as_str(), marked.id), ("35436", OnboardingId::of(ARN)));
    }
    assert_eq!((world.fence(), world.looks.num_calls()), (json!(1), 0), "nobody asked for a look");
}

#[tokio::test]
async fn what_atlas_has_accepted_goes_on_when_it_may() {
    let world = World::new(Some(running()), "available");
    assert_eq!(world.mark(1, true).await.unwrap().verdict, Verdict::Accepted);
    assert_eq!(world.fence(), Value::Null, "the fence is gone");
    let world = World::new(Some(running()), "pendingAcceptance");
    assert_eq!(world.mark(1, true).await.unwrap().verdict, Verdict::Marked);
    assert_eq!(world.fence(), json!(1));
}

#[tokio::test]
async fn what_is_about_to_be_available_is_waited_for_without_a_fence() {
    let world = World::new(Some(running()), "pending");
    let error = world.mark(1, true).await.unwrap_err();
    assert!(matches!(error, StepError::Transient(_)), "{error:?}");
    assert_eq!(world.fence(), Value::Null);
}

#[tokio::test]
async fn who_wants_it_closed_has_it_closed_whatever_atlas_accepted() {
    let mut item = running();
    item["wish"] = json!({"by": "customer", "who": "Ada", "why": "Not now."});
    let marked = World::new(Some(item), "available").mark(1, true).await.unwrap();
    assert_eq!((marked.verdict, marked.keep_accepted), (Verdict::Marked, false));
    assert_eq!(marked.wish.unwrap().who.as_str(), "Ada");
}

#[tokio::test]
async fn what_atlas_accepted_goes_after_the_date_that_a_delivered_message_has_named() {
    for (announced, delivery, stays) in [
        (Some(9), json!({"at": "2026-07-04T05:33:18Z", "what": "posted", "until": "2026-07-11T05:33:18Z"}), false),
        (Some(9), json!({"at": "2026-07-04T05:33:18Z", "what": "posted", "until": "2999-07-11T05:33:18Z"}), true),
        (Some(9), json!({"at": "2026-07-04T05:33:18Z", "what": "refused"}), true),
        // Of another wait.
        (Some(8), json!({"at": "2026-07-04T05:33:18Z", "what": "posted", "until": "2026-07-11T05:33:18Z"}), true),
        (None, json!({"at": "2026-07-04T05:33:18Z", "what": "posted", "until": "2026-07-11T05:33:18Z"}), true),
    ] {
        let mut item = running();
        item["deliveries"] = json!({"o.9": delivery});
        let world = World { announced, ..World::new(Some(item), "available") };
        assert_eq!(world.mark(1, false).await.unwrap().keep_accepted, stays, "{announced:?}, {delivery}");
    }
}

#[tokio::test]
async fn what_has_ended_stays_as_it_is() {
    let mut item = running();
    item["shown"]["outcome"] = json!({"at": "2026-07-04T05:33:18Z"});
    let world = World::new(Some(item), "available");
    assert_eq!(world.mark(1, true).await.unwrap().verdict, Verdict::Ended);
    assert_eq!(world.fence(), Value::Null);
}

#[tokio::test]
async fn a_later_closing_has_the_onboarding() {
    let mut item = running();
    item["fence"] = json!({"closing": 2, "since": "2026-07-04T05:33:18Z"});
    let world = World::new(Some(item), "available");
    assert_eq!(world.mark(1, true).await, Err(StepError::Closed));
    assert_eq!(world.mark(3, false).await.unwrap().verdict, Verdict::Marked);
    assert_eq!(world.fence(), json!(3));
}

#[tokio::test]
async fn an_onboarding_that_the_register_does_not_know_gets_its_item() {
    let world = World::new(None, "pendingAcceptance");
    let marked = world.mark(1, false).await.unwrap();
    assert_eq!((marked.verdict, marked.ticket.unwrap().as_str()), (Verdict::Marked, "35436"));
    assert_eq!(
        (world.fence(), world.item.lock().unwrap().as_ref().unwrap()["ticket"].clone()),
        (json!(1), json!("35436"))
    );
}
