//! Places and intermediate VPCs, against a table and an EC2: ensure-network itself, many at once, cut and late.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may do what the test itself may")]

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_ec2::types::{Filter, VpcEndpointType};
use ensure_network::{Config, Input, Output, handle};
use futures_util::future::join_all;
use local_stack::fault::Fault;
use local_stack::player::eventually;
use local_stack::stack::{self, Options, Stack};
use register::{Opened, Order, Outcome, Register, Shown};
use serde_json::{Value, json};
use shared::facts::Facts;
use shared::ids::{OnboardingId, VpcId};
use shared::network::Network;
use shared::state::State;
use step::StepError;

/// The outside, and a register whose only user is the test.
struct Ground {
    ec2: aws_sdk_ec2::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    register: Register,
    table: String,
    ec2_address: String,
}

impl Ground {
    async fn new(stack: &Stack) -> Self {
        let aws = stack::config(&stack.addresses.aws).await;
        Self {
            ec2: aws_sdk_ec2::Client::new(&stack::config(&stack.addresses.ec2).await),
            dynamodb: aws_sdk_dynamodb::Client::new(&aws),
            register: Register::new(&aws, stack.addresses.table.clone()),
            table: stack.addresses.table.clone(),
            ec2_address: stack.addresses.ec2.clone(),
        }
    }

    fn config(&self, ranges: usize, endpoints_per_vpc: usize) -> Config {
        Config {
            region: "us-east-1".parse().unwrap(),
            stack: "places".to_owned(),
            register: self.table.clone(),
            existing_vpc_id: None,
            allow_any_vpc: true,
            intermediate_vpc_cidrs: (0..ranges).map(|range| format!("10.{range}.0.0/16").parse().unwrap()).collect(),
            endpoints_per_vpc,
        }
    }

    async fn ask(&self, config: &Config, onboarding: &OnboardingId, vpc: Option<&VpcId>) -> Result<Output, StepError> {
        let input = Input { onboarding: onboarding.clone(), customer_id: "acme".to_owned(), vpc_id: vpc.cloned() };
        handle(&self.ec2, &self.register, config, input).await
    }

    /// As the definition does: whoever finds somebody at work comes again, and what time can mend is tried again, unless it
    /// is that all places are taken.
    async fn ensure(&self, config: &Config, onboarding: &OnboardingId) -> Result<Network, StepError> {
        let ensured = eventually(async || {
            Ok(match self.ask(config, onboarding, None).await {
                Ok(Output::Ready { network }) => Some(Ok(network)),
                Ok(Output::Busy { .. }) => None,
                Ok(Output::Declined { reason }) => panic!("{reason}"),
                Err(StepError::Transient(said)) if !said.contains("EndpointsPerVpc") => None,
                Err(error) => Some(Err(error)),
            })
        });
        ensured.await.unwrap()
    }

    async fn open(&self, name: &str) -> OnboardingId {
        let id = OnboardingId::of(name);
        let opened = Opened { execution_arn: name.to_owned(), ticket: None, customer: None };
        self.register.open(&id, opened).await.unwrap();
        id
    }

    async fn end(&self, id: &OnboardingId) {
        let at = "2026-07-04T05:33:18Z".to_owned();
        let outcome = Some(Outcome { at: at.clone(), reason: None, told_by: None, message: None });
        let (order, facts) = (Order::new(0, 9, 0), Facts::default());
        let shown = Shown {
            order,
            state: State::Failed,
            held_at: None,
            since: at,
            error: None,
            wait: None,
            pause: None,
            facts,
            outcome,
        };
        self.register.show(id, &shown, None).await.unwrap();
    }

    async fn places(&self, vpc: &VpcId) -> BTreeSet<OnboardingId> {
        self.register.places(vpc).await.unwrap().places
    }

    /// The intermediate VPCs that are there, with how many subnets.
    async fn vpcs(&self) -> BTreeMap<VpcId, usize> {
        let ours = Filter::builder().name("tag:causeway:stack").values("places").build();
        let vpcs = self.ec2.describe_vpcs().filters(ours).send().await.unwrap();
        let mut found = BTreeMap::new();
        for id in vpcs.vpcs().iter().filter_map(|vpc| vpc.vpc_id()) {
            let within = Filter::builder().name("vpc-id").values(id).build();
            let subnets = self.ec2.describe_subnets().filters(within).send().await.unwrap();
            found.insert(id.parse().unwrap(), subnets.subnets().len());
        }
        found
    }

    /// An endpoint service of somebody else's.
    async fn service(&self) -> String {
        let service = json!({"region": "us-east-1", "owner": "111122223333", "zones": ["us-east-1a"]});
        let answer = reqwest::Client::new().post(format!("{}/_edge/services", self.ec2_address)).json(&service).send();
        let service: Value = answer.await.unwrap().json().await.unwrap();
        service["name"].as_str().unwrap().to_owned()
    }

    async fn make_endpoint(&self, vpc: &VpcId, service: &str) {
        let create = self.ec2.create_vpc_endpoint().vpc_endpoint_type(VpcEndpointType::Interface);
        create.vpc_id(vpc.as_str()).service_name(service).send().await.unwrap();
    }

    fn key(key: &str) -> AttributeValue {
        AttributeValue::S(key.to_owned())
    }

    /// As if so much time had passed.
    async fn set(&self, key: &str, attribute: &str, milliseconds: u64) {
        let update = self.dynamodb.update_item().table_name(&self.table).key("key", Self::key(key));
        let update = update.update_expression("SET #of = :at").expression_attribute_names("#of", attribute);
        update.expression_attribute_values(":at", AttributeValue::N(milliseconds.to_string())).send().await.unwrap();
    }

    async fn fault(&self, fault: &Value) -> Fault {
        Fault::set(&self.ec2_address, fault).await.unwrap()
    }

    /// Forgets everything, as before the first onboarding.
    async fn clear(&self) {
        for (vpc, _) in self.vpcs().await {
            let within = Filter::builder().name("vpc-id").values(vpc.as_str()).build();
            let endpoints = self.ec2.describe_vpc_endpoints().filters(within.clone()).send().await.unwrap();
            for id in endpoints.vpc_endpoints().iter().filter_map(|endpoint| endpoint.vpc_endpoint_id()) {
                self.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().await.unwrap();
            }
            for subnet in self.ec2.describe_subnets().filters(within).send().await.unwrap().subnets() {
                self.ec2.delete_subnet().set_subnet_id(subnet.subnet_id.clone()).send().await.unwrap();
            }
            self.ec2.delete_vpc().vpc_id(vpc.as_str()).send().await.unwrap();
        }
        let items = self.dynamodb.scan().table_name(&self.table).send().await.unwrap();
        for item in items.items() {
            self.dynamodb.delete_item().table_name(&self.table).key("key", item["key"].clone()).send().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vpc_is_promised_more_often_than_it_can_hold() {
    let stack = Stack::start(&Options::patient("places").unwrap(), |_| ()).await.unwrap();
    let ground = Ground::new(&stack).await;
    a_vpc_is_made_once_with_a_subnet_in_every_zone(&ground).await;
    a_run_that_was_cut_is_completed(&ground).await;
    sixty_at_fifty_places(&ground).await;
    a_place_is_kept_and_can_be_given_back_twice(&ground).await;
    whoever_has_ended_without_an_endpoint_makes_room(&ground).await;
    what_others_made_counts(&ground).await;
    a_vpc_that_the_register_forgot_is_found_with_what_is_in_it(&ground).await;
    a_vpc_with_room_is_used_whatever_becomes_of_the_others(&ground).await;
    a_look_that_fails_is_made_again_by_the_next(&ground).await;
    a_maker_who_is_gone_is_followed_by_another(&ground).await;
    Box::pin(two_makers_of_one_vpc_agree_on_one(&ground)).await;
    a_quota_is_named_and_the_next_try_is_free(&ground).await;
    stack.stop().await;
}

async fn a_vpc_is_made_once_with_a_subnet_in_every_zone(ground: &Ground) {
    ground.clear().await;
    let (config, id) = (ground.config(2, 50), OnboardingId::of("one"));
    let network = ground.ensure(&config, &id).await.unwrap();
    assert_eq!(network, ground.ensure(&config, &id).await.unwrap());
    assert_eq!(network, ground.ensure(&config, &OnboardingId::of("two")).await.unwrap());
    let zones = ground.ec2.describe_availability_zones().send().await.unwrap().availability_zones().len();
    assert_eq!((network.subnet_ids.len(), network.subnet_cidrs.len()), (zones, zones));
    assert!(network.subnet_cidrs.iter().all(|range| range.prefix_len() == 20), "{network:?}");
    assert_eq!(ground.vpcs().await, BTreeMap::from([(network.vpc_id, zones)]));
}

async fn a_run_that_was_cut_is_completed(ground: &Ground) {
    ground.clear().await;
    let (config, id) = (ground.config(1, 50), OnboardingId::of("one"));
    let fault = json!({"action": "CreateSubnet", "fault": "cut-before", "skip": 2});
    let fault = ground.fault(&fault).await;
    assert!(matches!(ground.ask(&config, &id, None).await, Err(StepError::Transient(_))));
    fault.take_back().await.unwrap();
    assert_eq!(ground.vpcs().await.into_values().collect::<Vec<_>>(), [2]);
    let network = ground.ensure(&config, &id).await.unwrap();
    assert!(network.subnet_ids.len() > 2);
    assert_eq!(ground.vpcs().await, BTreeMap::from([(network.vpc_id, network.subnet_ids.len())]));
}

async fn sixty_at_fifty_places(ground: &Ground) {
    ground.clear().await;
    let ids: Vec<OnboardingId> = (0..60).map(|number| OnboardingId::of(&format!("ticket-{number}"))).collect();
    for id in 0..60 {
        ground.open(&format!("ticket-{id}")).await;
    }
    let config = ground.config(1, 50);
    let found = join_all(ids.iter().map(|id| ground.ensure(&config, id))).await;
    let (placed, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
    assert_eq!((placed.len(), refused.len()), (50, 10));
    for error in refused {
        let Err(StepError::Transient(said)) = error else { panic!("{error:?}") };
        assert!(said.contains("IntermediateVpcCidrs") && said.contains("EndpointsPerVpc"), "{said}");
    }
    // Another range, and the ten are served.
    let config = ground.config(2, 50);
    let mut vpcs: BTreeMap<VpcId, usize> = BTreeMap::new();
    for network in join_all(ids.iter().map(|id| ground.ensure(&config, id))).await {
        *vpcs.entry(network.unwrap().vpc_id).or_default() += 1;
    }
    assert_eq!(vpcs.values().copied().collect::<BTreeSet<_>>(), BTreeSet::from([10, 50]));
    assert_eq!(ground.vpcs().await.len(), 2);
}

async fn a_place_is_kept_and_can_be_given_back_twice(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(2, 1);
    let (first, second) = (ground.open("first").await, ground.open("second").await);
    let one = ground.ensure(&config, &first).await.unwrap().vpc_id;
    let other = ground.ensure(&config, &second).await.unwrap().vpc_id;
    assert_ne!(one, other);
    for _ in 0..2 {
        ground.register.give_place_back(&one, &first).await.unwrap();
    }
    assert_eq!(ground.places(&one).await, BTreeSet::new());
    // The first VPC has room again: the second onboarding's answer was lost, and it is told of its own once more.
    assert_eq!(ground.ensure(&config, &second).await.unwrap().vpc_id, other);
    assert_eq!(ground.ensure(&config, &ground.open("third").await).await.unwrap().vpc_id, one);
    // Of a VPC that nobody knows there is nothing to give back, and no item is made by it.
    let unknown: VpcId = "vpc-0123456789abcdef0".parse().unwrap();
    ground.register.give_place_back(&unknown, &first).await.unwrap();
    let items = ground.dynamodb.scan().table_name(&ground.table).send().await.unwrap();
    assert!(!items.items().iter().any(|item| item["key"] == Ground::key(&format!("vpc/{unknown}"))));
}

async fn whoever_has_ended_without_an_endpoint_makes_room(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(1, 2);
    let (ended, running) = (ground.open("ended").await, ground.open("running").await);
    let vpc = ground.ensure(&config, &ended).await.unwrap().vpc_id;
    ground.ensure(&config, &running).await.unwrap();
    let next = ground.open("next").await;
    ground.ask(&config, &next, None).await.unwrap_err();
    ground.end(&ended).await;
    // EC2 was only just asked, and is not asked for every ticket that finds the VPC full.
    ground.ask(&config, &next, None).await.unwrap_err();
    ground.set(&format!("vpc/{vpc}"), "setRightAt", 0).await;
    ground.ensure(&config, &next).await.unwrap();
    assert_eq!(ground.places(&vpc).await, BTreeSet::from([running, next]));
}

async fn what_others_made_counts(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(1, 2);
    let service = ground.service().await;
    // A VPC of somebody else's, with an endpoint of theirs.
    let vpc = ground.ec2.create_vpc().cidr_block("10.9.0.0/16").send().await.unwrap();
    let vpc: VpcId = vpc.vpc().unwrap().vpc_id().unwrap().parse().unwrap();
    let on = || aws_sdk_ec2::types::AttributeBooleanValue::builder().value(true).build();
    ground.ec2.modify_vpc_attribute().vpc_id(vpc.as_str()).enable_dns_hostnames(on()).send().await.unwrap();
    ground.ec2.create_subnet().vpc_id(vpc.as_str()).cidr_block("10.9.0.0/24").send().await.unwrap();
    ground.make_endpoint(&vpc, &service).await;
    let (first, second) = (ground.open("first").await, ground.open("second").await);
    let ready = ground.ask(&config, &first, Some(&vpc)).await.unwrap();
    assert!(matches!(&ready, Output::Ready { network } if network.vpc_id == vpc), "{ready:?}");
    let error = ground.ask(&config, &second, Some(&vpc)).await.unwrap_err();
    assert!(matches!(&error, StepError::Transient(said) if said.contains("EndpointsPerVpc")), "{error:?}");
}

async fn a_vpc_that_the_register_forgot_is_found_with_what_is_in_it(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(2, 2);
    let vpc = ground.ensure(&config, &ground.open("forgotten").await).await.unwrap().vpc_id;
    let service = ground.service().await;
    ground.make_endpoint(&vpc, &service).await;
    ground.make_endpoint(&vpc, &service).await;
    for key in ["intermediate-vpc/1".to_owned(), format!("vpc/{vpc}")] {
        ground.dynamodb.delete_item().table_name(&ground.table).key("key", Ground::key(&key)).send().await.unwrap();
    }
    let next = ground.ensure(&config, &ground.open("next").await).await.unwrap().vpc_id;
    assert_ne!(next, vpc, "it holds two endpoints already");
    assert_eq!(ground.register.intermediate_vpc(1).await.unwrap().unwrap().vpc_id, vpc);
}

async fn a_vpc_with_room_is_used_whatever_becomes_of_the_others(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(2, 1);
    ground.ensure(&config, &ground.open("first").await).await.unwrap();
    let second = ground.open("second").await;
    let vpc = ground.ensure(&config, &second).await.unwrap().vpc_id;
    ground.register.give_place_back(&vpc, &second).await.unwrap();
    // The operator deletes the first VPC, and AWS has no other.
    let first = Ground::key("intermediate-vpc/1");
    ground.dynamodb.delete_item().table_name(&ground.table).key("key", first).send().await.unwrap();
    let fault = ground.fault(&json!({"action": "DescribeVpcs", "fault": "broken"})).await;
    assert_eq!(ground.ensure(&config, &ground.open("third").await).await.unwrap().vpc_id, vpc);
    fault.take_back().await.unwrap();
}

async fn a_look_that_fails_is_made_again_by_the_next(ground: &Ground) {
    ground.clear().await;
    let config = ground.config(1, 1);
    let (ended, next) = (ground.open("ended").await, ground.open("next").await);
    let vpc = ground.ensure(&config, &ended).await.unwrap().vpc_id;
    ground.end(&ended).await;
    // A minute after the VPC was made.
    ground.set(&format!("vpc/{vpc}"), "setRightAt", 0).await;
    let fault = ground.fault(&json!({"action": "DescribeVpcEndpoints", "fault": "broken"})).await;
    ground.ask(&config, &next, None).await.unwrap_err();
    fault.take_back().await.unwrap();
    assert_eq!(ground.ensure(&config, &next).await.unwrap().vpc_id, vpc);
}

async fn a_maker_who_is_gone_is_followed_by_another(ground: &Ground) {
    ground.clear().await;
    let (config, id) = (ground.config(1, 50), OnboardingId::of("one"));
    ground.register.lease(1).await.unwrap().unwrap();
    let busy = ground.ask(&config, &id, None).await.unwrap();
    assert!(matches!(busy, Output::Busy { .. }), "{busy:?}");
    ground.set("intermediate-vpc/1", "leasedUntil", 1).await;
    ground.ensure(&config, &id).await.unwrap();
    assert!(ground.register.lease(1).await.unwrap().is_none(), "what is made is not made again");
}

async fn two_makers_of_one_vpc_agree_on_one(ground: &Ground) {
    for sees_the_other in [true, false] {
        ground.clear().await;
        let config = ground.config(1, 50);
        let (slow, quick) = (ground.open("slow").await, ground.open("quick").await);
        // The first maker's VPC is there, and its answer comes when the lease is over and the second maker at work.
        let late = ground.fault(&json!({"action": "CreateVpc", "fault": "slow", "seconds": 2, "times": 1})).await;
        let second = async {
            eventually(async || Ok((ground.vpcs().await.len() == 1).then_some(()))).await.unwrap();
            ground.set("intermediate-vpc/1", "leasedUntil", 1).await;
            let stale = json!({"action": "DescribeVpcs", "fault": "stale", "times": 1});
            let stale = if sees_the_other { None } else { Some(ground.fault(&stale).await) };
            let network = ground.ensure(&config, &quick).await;
            if let Some(fault) = stale {
                assert_eq!(fault.met().await.unwrap(), 1);
                fault.take_back().await.unwrap();
            }
            network
        };
        let (first, second) = tokio::join!(ground.ensure(&config, &slow), second);
        late.take_back().await.unwrap();
        let network = second.unwrap();
        assert_eq!(first.unwrap(), network, "the second sees the first: {sees_the_other}");
        assert_eq!(ground.vpcs().await, BTreeMap::from([(network.vpc_id.clone(), network.subnet_ids.len())]));
        assert_eq!(ground.places(&network.vpc_id).await, BTreeSet::from([slow, quick]));
    }
}

async fn a_quota_is_named_and_the_next_try_is_free(ground: &Ground) {
    ground.clear().await;
    let (config, id) = (ground.config(1, 50), OnboardingId::of("one"));
    let fault =
        json!({"action": "CreateVpc", "fault": "refused", "code": "VpcLimitExceeded", "message": "5", "times": 1});
    let fault = ground.fault(&fault).await;
    let error = ground.ask(&config, &id, None).await.unwrap_err();
    assert!(matches!(&error, StepError::Transient(said) if said.contains("\"VPCs per Region\"")), "{error:?}");
    assert_eq!(fault.met().await.unwrap(), 1);
    assert!(
        matches!(ground.ask(&config, &id, None).await.unwrap(), Output::Ready { .. }),
        "nobody waits for the lease"
    );
    fault.take_back().await.unwrap();
}
