//! What EC2 refuses of the subnets and of the service: whatever another subnet or a minute mends costs the customer nothing.

use super::*;

const NO_ADDRESS: &str = "InsufficientFreeAddressesInSubnet";
const SAME_ZONE: &str = "DuplicateSubnetsInSameZone";

fn zone_of(subnet: &str) -> String {
    format!("The VPC endpoint service {SERVICE} does not support the availability zone of the subnet: {subnet}.")
}

/// EC2 takes no subnets among which this one is.
fn refusing(subnet: &'static str, code: &'static str, message: &str) -> Rule {
    let message = message.to_owned();
    mock!(Client::create_vpc_endpoint)
        .match_requests(move |request| request.subnet_ids().iter().any(|id| id == subnet))
        .then_error(move || {
            let metadata = ErrorMetadata::builder().code(code).message(message.clone());
            CreateVpcEndpointError::generic(metadata.build())
        })
}

/// EC2 describes the subnets so, by zone and free addresses.
fn described(subnets: &'static [(&'static str, &'static str, i32)]) -> Rule {
    mock!(Client::describe_subnets).then_output(move || {
        let subnet = |(id, zone, free): &(&str, &str, i32)| {
            let subnet = Subnet::builder().subnet_id(*id).availability_zone(*zone);
            subnet.available_ip_address_count(*free).build()
        };
        DescribeSubnetsOutput::builder().set_subnets(Some(subnets.iter().map(subnet).collect())).build()
    })
}

/// The step at an EC2 where these rules come before the usual ones.
async fn run(account: &Shared, before: Vec<Rule>, input: Input) -> Result<Output, StepError> {
    let rules: Vec<Rule> = before.into_iter().chain(rules(account, everywhere())).collect();
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    handle(&ec2, &register(None), &config(), input).await
}

/// The subnets of the only endpoint, and what was told of the others.
fn without(account: &Shared, output: Output) -> (Vec<String>, Vec<(String, Why)>) {
    let account = account.lock().unwrap();
    let [(.., request)] = account.endpoints.as_slice() else { panic!("there is one endpoint") };
    let told = made(output).left_out.into_iter().map(|left_out| (left_out.subnet_id.to_string(), left_out.why));
    (request.subnet_ids().to_vec(), told.collect())
}

#[tokio::test]
async fn a_subnet_that_ec2_refuses_is_left_out_and_told() {
    for (code, message, left, why) in [
        ("InvalidParameter", zone_of(SUBNET_A), SUBNET_B, Why::ZoneNotOffered),
        // By its zone, and in other letters.
        (
            "InvalidParameter",
            "The service is not there in Availability Zone us-east-1a".to_owned(),
            SUBNET_B,
            Why::ZoneNotOffered,
        ),
        (NO_ADDRESS, format!("Insufficient free addresses in subnet '{SUBNET_A}'"), SUBNET_B, Why::NoFreeAddress),
        (
            SAME_ZONE,
            format!("Found another VPC endpoint subnet in the availability zone of {SUBNET_A}"),
            SUBNET_B,
            Why::ZoneTaken,
        ),
    ] {
        let account = Shared::default();
        let output = run(&account, vec![refusing(SUBNET_A, code, &message)], input(|_| ())).await.unwrap();
        assert_eq!(without(&account, output), (vec![left.to_owned()], vec![(SUBNET_A.to_owned(), why)]), "{message}");
    }
}

#[tokio::test]
async fn where_ec2_does_not_say_which_the_one_with_the_fewest_addresses_is_left_out() {
    for (subnets, left) in [
        (&[(SUBNET_A, "us-east-1a", 1), (SUBNET_B, "us-east-1b", 9)] as &'static [_], SUBNET_B),
        (&[(SUBNET_A, "us-east-1a", 9), (SUBNET_B, "us-east-1b", 1)], SUBNET_A),
    ] {
        let refused = if left == SUBNET_A { SUBNET_B } else { SUBNET_A };
        let account = Shared::default();
        let before = vec![described(subnets), refusing(refused, NO_ADDRESS, "There are not enough free addresses.")];
        let output = run(&account, before, input(|_| ())).await.unwrap();
        assert_eq!(without(&account, output).0, [left]);
    }
}

#[tokio::test]
async fn what_ec2_would_refuse_is_not_asked_for() {
    for (subnets, left, why) in [
        (&[(SUBNET_A, "us-east-1a", 0), (SUBNET_B, "us-east-1b", 9)] as &'static [_], SUBNET_B, Why::NoFreeAddress),
        (&[(SUBNET_A, "us-east-1b", 3), (SUBNET_B, "us-east-1b", 9)], SUBNET_B, Why::ZoneTaken),
        (&[(SUBNET_A, "us-east-1b", 9), (SUBNET_B, "us-east-1b", 9)], SUBNET_A, Why::ZoneTaken),
        (&[(SUBNET_A, "us-east-1c", 9), (SUBNET_B, "us-east-1b", 9)], SUBNET_B, Why::ZoneNotOffered),
    ] {
        let account = Shared::default();
        let output = run(&account, vec![described(subnets)], input(|_| ())).await.unwrap();
        let other = if left == SUBNET_A { SUBNET_B } else { SUBNET_A };
        assert_eq!(without(&account, output), (vec![left.to_owned()], vec![(other.to_owned(), why)]), "{subnets:?}");
    }
}

#[tokio::test]
async fn only_when_no_subnet_is_left_somebody_must_act() {
    let refusals = || {
        let full = |subnet| format!("Insufficient free addresses in subnet '{subnet}'");
        vec![refusing(SUBNET_A, NO_ADDRESS, &full(SUBNET_A)), refusing(SUBNET_B, NO_ADDRESS, &full(SUBNET_B))]
    };
    let all = run(&Shared::default(), refusals(), input(|_| ())).await.unwrap_err();
    let one = input(|input| input["request"]["subnetIds"] = json!([SUBNET_A]));
    let one = run(&Shared::default(), refusals(), one).await.unwrap_err();
    assert!(matches!(&all, StepError::Operator(text) if text.contains(SUBNET_A) && text.contains(SUBNET_B)), "{all:?}");
    assert!(matches!(&one, StepError::Customer(text) if text.contains("all subnets that we sent")), "{one:?}");

    let full: &[_] = &[(SUBNET_A, "us-east-1a", 0), (SUBNET_B, "us-east-1b", 0)];
    let account = Shared::default();
    let error = run(&account, vec![described(full)], input(|_| ())).await.unwrap_err();
    assert!(matches!(&error, StepError::Operator(text) if text.contains("no free address")), "{error:?}");
    assert!(account.lock().unwrap().groups.is_empty(), "nothing is made where nothing can come of it");
}

#[tokio::test]
async fn what_is_read_otherwise_when_it_runs_again_makes_no_second_endpoint() {
    let account = Shared::default();
    let plenty: &[_] = &[(SUBNET_A, "us-east-1a", 1), (SUBNET_B, "us-east-1b", 9)];
    run(&account, vec![described(plenty)], input(|_| ())).await.unwrap();
    // The answer was lost, the endpoint is not visible yet, and has taken the last address itself.
    let blind = mock!(Client::describe_vpc_endpoints).then_output(|| DescribeVpcEndpointsOutput::builder().build());
    let full: &[_] = &[(SUBNET_A, "us-east-1a", 0), (SUBNET_B, "us-east-1b", 8)];
    run(&account, vec![described(full), blind], input(|_| ())).await.unwrap();
    let account = account.lock().unwrap();
    let tokens: Vec<_> = account.endpoints.iter().map(|(.., request)| request.client_token()).collect();
    assert_eq!(tokens[0], tokens[1], "EC2 makes one of it, or says that another was made");
}

#[tokio::test]
async fn what_a_run_beside_it_has_made_meanwhile_is_taken() {
    let account = Shared::default();
    let beside = account.clone();
    let full = mock!(Client::create_vpc_endpoint)
        .match_requests(move |request| {
            // The other run comes just before, and finds an address.
            let made = ("vpce-0000000000000beef".to_owned(), "pendingAcceptance".to_owned(), request.clone());
            beside.lock().unwrap().endpoints.push(made);
            true
        })
        .then_error(|| {
            let message = format!("Insufficient free addresses in subnet '{SUBNET_A}'");
            CreateVpcEndpointError::generic(ErrorMetadata::builder().code(NO_ADDRESS).message(message).build())
        });
    let output = made(run(&account, vec![full], input(|_| ())).await.unwrap());
    assert_eq!((output.endpoint_id.as_str(), output.left_out.len()), ("vpce-0000000000000beef", 0));
}

#[tokio::test]
async fn an_endpoint_that_is_found_again_tells_what_it_does_without() {
    let account = Shared::default();
    let refusal = || vec![refusing(SUBNET_A, "InvalidParameter", &zone_of(SUBNET_A))];
    run(&account, refusal(), input(|_| ())).await.unwrap();
    let again = run(&account, refusal(), input(|_| ())).await.unwrap();
    assert_eq!(without(&account, again).1, [(SUBNET_A.to_owned(), Why::Unknown)]);
}

#[tokio::test]
async fn a_service_that_ec2_does_not_know_is_waited_for_where_the_definition_can() {
    let unseen = || {
        mock!(Client::describe_vpc_endpoint_services).then_error(|| {
            let metadata = ErrorMetadata::builder().code("InvalidServiceName").build();
            DescribeVpcEndpointServicesError::generic(metadata)
        })
    };
    // As when one part of EC2 knows it before the other.
    let half = || refusing(SUBNET_A, "InvalidServiceName", "The Vpc Endpoint Service does not exist");
    let nothing = || {
        mock!(Client::describe_vpc_endpoint_services)
            .then_output(|| DescribeVpcEndpointServicesOutput::builder().build())
    };
    for rule in [unseen, half, nothing] {
        let waiting = run(&Shared::default(), vec![rule()], input(|input| input["waits"] = json!(true))).await.unwrap();
        let waiting = serde_json::to_value(waiting).unwrap();
        assert_eq!(waiting["verdict"], "service-unknown");
        assert!(waiting["problem"].as_str().unwrap().contains(SERVICE), "{waiting}");
        // A definition of before takes it for an endpoint otherwise.
        let error = run(&Shared::default(), vec![rule()], input(|_| ())).await.unwrap_err();
        assert!(matches!(&error, StepError::Customer(text) if text.contains(SERVICE)), "{error:?}");
    }
}
