//! The step against an EC2 that computes its answers from what was made.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_ec2::error::ErrorMetadata;
use aws_sdk_ec2::operation::authorize_security_group_ingress::AuthorizeSecurityGroupIngressOutput;
use aws_sdk_ec2::operation::create_security_group::CreateSecurityGroupOutput;
use aws_sdk_ec2::operation::create_vpc_endpoint::{
    CreateVpcEndpointError, CreateVpcEndpointInput, CreateVpcEndpointOutput,
};
use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsOutput;
use aws_sdk_ec2::operation::describe_subnets::DescribeSubnetsOutput;
use aws_sdk_ec2::operation::describe_vpc_endpoint_services::{
    DescribeVpcEndpointServicesError, DescribeVpcEndpointServicesOutput,
};
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::types::{Filter, SecurityGroup, ServiceDetail, State, Subnet, VpcEndpoint, VpcEndpointType};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use serde_json::{Value, json};

use super::*;
use shared::left_out::Why;

mod refusals;

const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8";
const SUBNET_A: &str = "subnet-0aaaaaaaaaaaaaaaa";
const SUBNET_B: &str = "subnet-0bbbbbbbbbbbbbbbb";

/// What exists in the account, and what was asked of it.
#[derive(Default)]
struct Account {
    groups: Vec<String>,
    ports: Vec<(i32, i32, String)>,
    endpoints: Vec<(String, String, CreateVpcEndpointInput)>,
}

type Shared = Arc<Mutex<Account>>;

/// The register, which knows the onboarding, fenced or not.
fn register(fence: Option<Value>) -> Register {
    let shown = json!({"order": 4000, "state": "creating-endpoint", "since": "2026-07-04T05:33:18Z"});
    let mut item = json!({"executionArn": "arn:ticket-35436", "link": 1, "shown": shown});
    if let Some(fence) = fence {
        item["fence"] = fence;
    }
    let get = mock!(aws_sdk_dynamodb::Client::get_item)
        .then_output(move || GetItemOutput::builder().set_item(serde_dynamo::to_item(&item).ok()).build());
    Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get]), "register")
}

fn config() -> Config {
    Config {
        register: "register".to_owned(),
        stack: "causeway".to_owned(),
        platform_cidrs: vec!["10.9.0.0/16".parse().unwrap()],
        atlas_accounts: vec!["111122223333".to_owned()],
    }
}

fn input(change: impl FnOnce(&mut serde_json::Value)) -> Input {
    let mut input = json!({
        "onboarding": "0123456789abcdef0123456789abcdef",
        "ticket": "35436",
        "attempt": 1,
        "network": {"region": "us-east-1", "vpcId": "vpc-0123456789abcdef0", "subnetIds": [SUBNET_A, SUBNET_B]},
        "target": null,
        "request": {"serviceName": SERVICE, "subnetIds": [SUBNET_A, SUBNET_B]},
    });
    change(&mut input);
    serde_json::from_value(input).unwrap()
}

fn service(zones: &'static [&'static str], owner: &'static str) -> Rule {
    mock!(Client::describe_vpc_endpoint_services).then_output(move || {
        let zones = zones.iter().map(|zone| (*zone).to_owned()).collect();
        let details = ServiceDetail::builder().service_name(SERVICE).owner(owner).set_availability_zones(Some(zones));
        DescribeVpcEndpointServicesOutput::builder().service_details(details.build()).build()
    })
}

fn rules(account: &Shared, service: Rule) -> Vec<Rule> {
    let [groups, grouped, allowed, described, made] = std::array::from_fn(|_| account.clone());
    vec![
        service,
        mock!(Client::describe_subnets).then_output(|| {
            let subnet = |id, zone| Subnet::builder().subnet_id(id).availability_zone(zone).build();
            let subnets = vec![subnet(SUBNET_A, "us-east-1a"), subnet(SUBNET_B, "us-east-1b")];
            DescribeSubnetsOutput::builder().set_subnets(Some(subnets)).build()
        }),
        mock!(Client::describe_security_groups).then_compute_output(move |_| {
            let groups = groups.lock().unwrap().groups.clone().into_iter();
            let groups = groups.map(|id| SecurityGroup::builder().group_id(id).build()).collect();
            DescribeSecurityGroupsOutput::builder().set_security_groups(Some(groups)).build()
        }),
        mock!(Client::create_security_group).then_compute_output(move |_| {
            grouped.lock().unwrap().groups.push("sg-0123456789abcdef0".to_owned());
            CreateSecurityGroupOutput::builder().group_id("sg-0123456789abcdef0").build()
        }),
        mock!(Client::authorize_security_group_ingress).then_compute_output(move |request| {
            let permission = &request.ip_permissions()[0];
            let range = permission.ip_ranges()[0].cidr_ip().unwrap().to_owned();
            let rule = (permission.from_port().unwrap(), permission.to_port().unwrap(), range);
            allowed.lock().unwrap().ports.push(rule);
            AuthorizeSecurityGroupIngressOutput::builder().build()
        }),
        mock!(Client::describe_vpc_endpoints).then_compute_output(move |request| {
            let bears = |made: &CreateVpcEndpointInput, filter: &Filter| {
                let key = filter.name().and_then(|name| name.strip_prefix("tag:"));
                let mut tags = made.tag_specifications()[0].tags().iter();
                tags.any(|tag| tag.key() == key && tag.value() == filter.values().first().map(String::as_str))
            };
            let endpoints = described.lock().unwrap().endpoints.clone();
            let asked = endpoints.into_iter().filter(|(.., made)| request.filters().iter().all(|by| bears(made, by)));
            let asked = asked.map(|(id, state, made)| {
                let endpoint = VpcEndpoint::builder().vpc_endpoint_id(id).state(State::from(state.as_str()));
                endpoint.set_subnet_ids(Some(made.subnet_ids().to_vec())).build()
            });
            DescribeVpcEndpointsOutput::builder().set_vpc_endpoints(Some(asked.collect())).build()
        }),
        mock!(Client::create_vpc_endpoint).then_compute_output(move |request| {
            let mut account = made.lock().unwrap();
            let id = format!("vpce-{:017x}", account.endpoints.len() + 1);
            account.endpoints.push((id.clone(), "pendingAcceptance".to_owned(), request.clone()));
            CreateVpcEndpointOutput::builder().vpc_endpoint(VpcEndpoint::builder().vpc_endpoint_id(id).build()).build()
        }),
    ]
}

async fn create(account: &Shared, service: Rule, input: Input) -> Result<Endpoint, StepError> {
    let rules = rules(account, service);
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    handle(&ec2, &register(None), &config(), input).await.map(made)
}

fn made(output: Output) -> Endpoint {
    match output {
        Output::Made(endpoint) => endpoint,
        Output::Unknown(unknown) => panic!("{unknown:?}"),
    }
}

fn everywhere() -> Rule {
    service(&["us-east-1a", "us-east-1b"], "111122223333")
}

#[tokio::test]
async fn run_twice_it_makes_one_endpoint_with_our_own_values() {
    let account = Shared::default();
    let first = create(&account, everywhere(), input(|_| ())).await.unwrap();
    assert_eq!(first, create(&account, everywhere(), input(|_| ())).await.unwrap());
    assert_eq!(first.target, Target::Dedicated);
    let account = account.lock().unwrap();
    assert_eq!((account.groups.len(), account.endpoints.len()), (1, 1));
    assert_eq!(account.ports[0], (1024, 65535, "10.9.0.0/16".to_owned()));
    let request = &account.endpoints[0].2;
    assert_eq!(request.vpc_endpoint_type(), Some(&VpcEndpointType::Interface));
    assert_eq!(request.private_dns_enabled(), Some(false));
    assert_eq!(request.security_group_ids(), ["sg-0123456789abcdef0"]);
    assert_eq!(request.client_token().unwrap().len(), 64);
    let tags = request.tag_specifications()[0].tags();
    for (key, value) in [
        ("causeway:onboarding", "0123456789abcdef0123456789abcdef"),
        ("causeway:attempt", "1"),
        ("causeway:ticket", "35436"),
        ("causeway:stack", "causeway"),
    ] {
        assert!(tags.iter().any(|tag| tag.key() == Some(key) && tag.value() == Some(value)), "{key}");
    }
}

#[tokio::test]
async fn what_an_attempt_made_is_found_whatever_has_become_of_the_service() {
    let account = Shared::default();
    let first = create(&account, everywhere(), input(|_| ())).await.unwrap();
    let unknown = mock!(Client::describe_vpc_endpoint_services).then_error(|| {
        DescribeVpcEndpointServicesError::generic(ErrorMetadata::builder().code("InvalidServiceName").build())
    });
    assert_eq!(first, create(&account, unknown, input(|_| ())).await.unwrap());
}

#[tokio::test]
async fn each_attempt_makes_its_own_endpoint_and_deletes_none() {
    let account = Shared::default();
    let first = create(&account, everywhere(), input(|_| ())).await.unwrap();
    account.lock().unwrap().endpoints[0].1 = "rejected".to_owned();
    assert_eq!(
        first,
        create(&account, everywhere(), input(|_| ())).await.unwrap(),
        "it is judged where it is looked at"
    );
    let second = create(&account, everywhere(), input(|input| input["attempt"] = json!(2))).await.unwrap();
    assert_ne!(first.endpoint_id, second.endpoint_id);
    let account = account.lock().unwrap();
    assert_ne!(account.endpoints[0].2.client_token(), account.endpoints[1].2.client_token());
}

#[tokio::test]
async fn a_zone_that_ec2_refuses_is_left_out_within_the_attempt() {
    let refused = || {
        let message = format!("The service does not support the availability zone of the subnet: {SUBNET_A}.");
        CreateVpcEndpointError::generic(ErrorMetadata::builder().code("InvalidParameter").message(message).build())
    };
    let account = Shared::default();
    let mut rules = rules(&account, everywhere());
    let (made, asked) = (rules.pop().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&asked);
    // As when the zone stays refused and the answer about the endpoint is lost: a second run asks for the same.
    rules.push(
        mock!(Client::create_vpc_endpoint)
            .match_requests(move |request| {
                let token = request.client_token().unwrap().to_owned();
                seen.lock().unwrap().push((request.subnet_ids().to_vec(), token));
                request.subnet_ids().iter().any(|subnet| subnet == SUBNET_A)
            })
            .then_error(refused),
    );
    rules.push(made);
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    handle(&ec2, &register(None), &config(), input(|_| ())).await.unwrap();
    account.lock().unwrap().endpoints.clear();
    handle(&ec2, &register(None), &config(), input(|_| ())).await.unwrap();
    let asked = asked.lock().unwrap();
    let both = vec![SUBNET_A.to_owned(), SUBNET_B.to_owned()];
    assert_eq!(
        asked.iter().map(|(subnets, _)| subnets).collect::<Vec<_>>(),
        [&both, &vec![SUBNET_B.to_owned()], &both, &vec![SUBNET_B.to_owned()]]
    );
    assert_ne!(asked[0].1, asked[1].1);
    assert_eq!((&asked[0].1, &asked[1].1), (&asked[2].1, &asked[3].1), "a second endpoint cannot come of it");
}

#[tokio::test]
async fn subnets_in_zones_that_the_service_lacks_are_left_out() {
    let account = Shared::default();
    create(&account, service(&["us-east-1b"], "111122223333"), input(|_| ())).await.unwrap();
    assert_eq!(account.lock().unwrap().endpoints[0].2.subnet_ids(), [SUBNET_B]);

    let account = Shared::default();
    let elsewhere = || service(&["us-east-1f"], "111122223333");
    let one_of_ours = input(|input| input["request"]["subnetIds"] = json!([SUBNET_A]));
    let error = create(&account, elsewhere(), one_of_ours).await.unwrap_err();
    assert!(matches!(&error, StepError::Customer(text) if text.contains("us-east-1f")), "{error:?}");
    let error = create(&account, elsewhere(), input(|_| ())).await.unwrap_err();
    assert!(matches!(&error, StepError::Operator(text) if text.contains("us-east-1f")), "all were given: {error:?}");
    assert!(account.lock().unwrap().groups.is_empty(), "nothing is made for a service that cannot be used");
}

#[tokio::test]
async fn the_shared_service_is_federated_and_gets_its_port() {
    let account = Shared::default();
    let shared_service = "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4";
    let zones = mock!(Client::describe_vpc_endpoint_services).then_output(|| {
        let details = ServiceDetail::builder()
            .service_name("com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4")
            .owner("111122223333")
            .availability_zones("us-east-1a");
        DescribeVpcEndpointServicesOutput::builder().service_details(details.build()).build()
    });
    let output = create(&account, zones, input(|input| input["request"]["serviceName"] = json!(shared_service)));
    assert_eq!(output.await.unwrap().target, Target::Federated);
    assert_eq!(account.lock().unwrap().ports[0].0, 27017);
}

#[tokio::test]
async fn a_service_of_another_owner_or_of_nobody_goes_back_to_the_customer() {
    let error = create(&Shared::default(), service(&["us-east-1a"], "999999999999"), input(|_| ())).await.unwrap_err();
    assert!(
        matches!(&error, StepError::Customer(text) if text.contains("does not belong to MongoDB Atlas")),
        "{error:?}"
    );
    let unknown = mock!(Client::describe_vpc_endpoint_services).then_error(|| {
        DescribeVpcEndpointServicesError::generic(ErrorMetadata::builder().code("InvalidServiceName").build())
    });
    let error = create(&Shared::default(), unknown, input(|_| ())).await.unwrap_err();
    assert!(matches!(&error, StepError::Customer(text) if text.contains(SERVICE)), "{error:?}");
}

#[tokio::test]
async fn a_forged_request_is_refused_before_anything_is_called() {
    for forge in [
        |input: &mut serde_json::Value| input["request"]["subnetIds"] = json!(["subnet-0cccccccccccccccc"]),
        |input: &mut serde_json::Value| input["request"]["subnetIds"] = json!([]),
        |input: &mut serde_json::Value| {
            input["request"]["serviceName"] = json!("com.amazonaws.vpce.eu-west-1.vpce-svc-0667f4ca6f4a2bbc8");
        },
        |input: &mut serde_json::Value| input["target"] = json!("federated"),
    ] {
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, []);
        let error = handle(&ec2, &register(None), &config(), input(forge)).await.unwrap_err();
        assert!(matches!(&error, StepError::InvalidInput(_)), "{error:?}");
    }
}

#[tokio::test]
async fn for_an_onboarding_that_is_being_closed_nothing_is_made() {
    let account = Shared::default();
    let rules = rules(&account, everywhere());
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    let fenced = register(Some(json!({"closing": 1, "since": "2026-07-04T05:33:18Z"})));
    let error = handle(&ec2, &fenced, &config(), input(|_| ())).await.unwrap_err();
    let account = account.lock().unwrap();
    assert_eq!((error, account.endpoints.len(), account.groups.len()), (StepError::Closed, 0, 0));
}

#[tokio::test]
async fn what_ec2_refuses_says_who_acts() {
    for (code, message, name) in [
        ("InvalidServiceName", "", "Step.Customer"),
        ("InvalidParameter", "… does not support the availability zone of the subnet: subnet-0aa.", "Step.Operator"),
        ("InvalidParameter", "something else", "Step.Operator"),
        ("VpcEndpointLimitExceeded", "", "Step.Transient"),
        ("IdempotentParameterMismatch", "", "Step.Transient"),
        ("UnauthorizedOperation", "", "Step.Operator"),
        ("RequestLimitExceeded", "", "Step.Transient"),
        ("InvalidSubnetID.NotFound", "", "Step.Transient"),
        ("InvalidGroup.NotFound", "", "Step.Transient"),
    ] {
        let account = Shared::default();
        let mut rules = rules(&account, everywhere());
        rules.pop();
        rules.push(mock!(Client::create_vpc_endpoint).then_error(move || {
            CreateVpcEndpointError::generic(ErrorMetadata::builder().code(code).message(message).build())
        }));
        let rules: Vec<&Rule> = rules.iter().collect();
        let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
        let error = handle(&ec2, &register(None), &config(), input(|_| ())).await.unwrap_err();
        assert_eq!(error.name(), name, "{code} {message}: {error}");
    }
}
