//! An existing VPC, against an EC2 that has one. What needs places and intermediate VPCs is in `tests/places.rs`.

use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_sdk_ec2::operation::describe_subnets::DescribeSubnetsOutput;
use aws_sdk_ec2::operation::describe_vpc_attribute::DescribeVpcAttributeOutput;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsOutput;
use aws_sdk_ec2::types::{AttributeBooleanValue, Subnet, Tag, Vpc, VpcAttributeName};
use aws_smithy_mocks::{RuleMode, mock, mock_client};

use super::*;
use shared::left_out::Why;

const VPC: &str = "vpc-0123456789abcdef0";

/// The VPC of the account.
#[derive(Debug, Clone)]
struct Existing {
    allowed: Option<&'static str>,
    dns_hostnames: bool,
    subnets: Vec<Subnet>,
}

fn existing() -> Existing {
    let subnets = vec![subnet("subnet-0000000a", "us-east-1a", 250), subnet("subnet-0000000b", "us-east-1b", 250)];
    Existing { allowed: Some("true"), dns_hostnames: true, subnets }
}

fn subnet(id: &str, zone: &str, free: i32) -> Subnet {
    let subnet = Subnet::builder().subnet_id(id).availability_zone(zone).cidr_block("10.0.0.0/24");
    subnet.available_ip_address_count(free).build()
}

fn config() -> Config {
    Config {
        region: "us-east-1".parse().unwrap(),
        stack: "causeway".to_owned(),
        register: "register".to_owned(),
        existing_vpc_id: None,
        allow_any_vpc: false,
        intermediate_vpc_cidrs: Vec::new(),
        endpoints_per_vpc: 50,
    }
}

async fn ensure(existing: Existing, config: Config, vpc: Option<&str>) -> Result<Output, StepError> {
    let Existing { allowed, dns_hostnames, subnets } = existing;
    let vpcs = mock!(Client::describe_vpcs).then_compute_output(move |request| {
        let tags = allowed.map(|allowed| vec![Tag::builder().key("causeway:allowed").value(allowed).build()]);
        let vpc = Vpc::builder().vpc_id(VPC).set_tags(tags).build();
        let known = request.vpc_ids().iter().any(|id| id == VPC).then(|| vec![vpc]);
        DescribeVpcsOutput::builder().set_vpcs(known).build()
    });
    let attributes = mock!(Client::describe_vpc_attribute).then_compute_output(move |request| {
        let on = dns_hostnames || request.attribute() == Some(&VpcAttributeName::EnableDnsSupport);
        let value = || AttributeBooleanValue::builder().value(on).build();
        DescribeVpcAttributeOutput::builder().enable_dns_support(value()).enable_dns_hostnames(value()).build()
    });
    let subnets = mock!(Client::describe_subnets)
        .then_output(move || DescribeSubnetsOutput::builder().set_subnets(Some(subnets.clone())).build());
    let endpoints = mock!(Client::describe_vpc_endpoints).then_output(|| DescribeVpcEndpointsOutput::builder().build());
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, [&vpcs, &attributes, &subnets, &endpoints]);
    let get = mock!(aws_sdk_dynamodb::Client::get_item).then_output(|| GetItemOutput::builder().build());
    let take = mock!(aws_sdk_dynamodb::Client::update_item).then_output(|| UpdateItemOutput::builder().build());
    let register = Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&get, &take]), "register");
    let input = Input {
        onboarding: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        customer_id: "acme".to_owned(),
        vpc_id: vpc.map(|vpc| vpc.parse().unwrap()),
    };
    handle(&ec2, &register, &config, input).await
}

async fn network_of(existing: Existing) -> Network {
    match ensure(existing, config(), Some(VPC)).await.unwrap() {
        Output::Ready { network } => network,
        other => panic!("{other:?}"),
    }
}

async fn subnets_of(existing: Existing) -> Vec<String> {
    network_of(existing).await.subnet_ids.iter().map(ToString::to_string).collect()
}

async fn reason(existing: Existing, vpc: &str) -> String {
    match ensure(existing, config(), Some(vpc)).await.unwrap() {
        Output::Declined { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_ticket_may_name_only_a_vpc_that_is_open_to_its_customer() {
    for allowed in ["true", "acme"] {
        assert_eq!(subnets_of(Existing { allowed: Some(allowed), ..existing() }).await.len(), 2, "{allowed}");
    }
    for allowed in [None, Some("false"), Some("acme2"), Some("")] {
        let reason = reason(Existing { allowed, ..existing() }, VPC).await;
        assert!(reason.contains("Name none") && reason.contains("causeway:allowed"), "{reason}");
    }
    let closed = || Existing { allowed: None, ..existing() };
    let any = ensure(closed(), Config { allow_any_vpc: true, ..config() }, Some(VPC)).await.unwrap();
    let ours = || Config { existing_vpc_id: VPC.parse().ok(), ..config() };
    let configured = ensure(closed(), ours(), None).await.unwrap();
    let named_too = ensure(closed(), ours(), Some(VPC)).await.unwrap();
    assert!(matches!(any, Output::Ready { .. }));
    assert!(matches!((configured, named_too), (Output::Ready { .. }, Output::Ready { .. })));
}

#[tokio::test]
async fn an_unfit_vpc_is_declined_with_the_way_out() {
    let off = reason(Existing { dns_hostnames: false, ..existing() }, VPC).await;
    assert!(off.contains("enableDnsHostnames switched off"), "{off}");
    let unknown = reason(existing(), "vpc-0fedcba9876543210").await;
    assert!(unknown.contains("does not exist in us-east-1"), "{unknown}");
    let none = reason(Existing { subnets: vec![subnet("subnet-0000000a", "us-east-1a", 0)], ..existing() }, VPC).await;
    assert!(none.contains("no subnet with a free IPv4 address"), "{none}");
    // The operator's own is the operator's to mend.
    let ours = Config { existing_vpc_id: VPC.parse().ok(), ..config() };
    let error = ensure(Existing { dns_hostnames: false, ..existing() }, ours, None).await.unwrap_err();
    assert!(matches!(error, StepError::Operator(_)), "{error:?}");
}

#[tokio::test]
async fn of_each_zone_the_subnet_with_the_most_free_addresses_is_handed_out() {
    let only_ipv6 = Subnet::builder().subnet_id("subnet-00000006").availability_zone("us-east-1c").ipv6_native(true);
    let subnets = vec![
        subnet("subnet-0000000d", "us-east-1b", 7),
        subnet("subnet-0000000a", "us-east-1a", 3),
        subnet("subnet-0000000b", "us-east-1a", 200),
        subnet("subnet-0000000c", "us-east-1b", 7),
        subnet("subnet-0000000e", "us-east-1d", 0),
        only_ipv6.available_ip_address_count(0).build(),
    ];
    assert_eq!(subnets_of(Existing { subnets, ..existing() }).await, ["subnet-0000000b", "subnet-0000000c"]);
}

#[tokio::test]
async fn what_has_no_address_for_an_endpoint_is_left_out_and_told() {
    let only_ipv6 = |id: &str| Subnet::builder().subnet_id(id).availability_zone("us-east-1c");
    let subnets = vec![
        subnet("subnet-0000000a", "us-east-1a", 12),
        subnet("subnet-0000000b", "us-east-1b", 0),
        only_ipv6("subnet-00000006").ipv6_native(true).build(),
        // As some write it: without a range, or with an empty one.
        only_ipv6("subnet-00000007").build(),
        only_ipv6("subnet-00000008").cidr_block("").build(),
        // Another one of its zone is the better one; nothing is wrong with it.
        subnet("subnet-0000000c", "us-east-1a", 3),
    ];
    let network = network_of(Existing { subnets, ..existing() }).await;
    assert_eq!(network.subnet_ids.iter().map(ToString::to_string).collect::<Vec<_>>(), ["subnet-0000000a"]);
    let told: Vec<_> = network.left_out.iter().map(|left_out| (left_out.subnet_id.as_str(), left_out.why)).collect();
    let expected = [
        ("subnet-0000000b", Why::NoFreeAddress),
        ("subnet-00000006", Why::NoIpv4),
        ("subnet-00000007", Why::NoIpv4),
        ("subnet-00000008", Why::NoIpv4),
    ];
    assert_eq!(told, expected);

    let mut subnets: Vec<_> =
        (16..250).map(|number| subnet(&format!("subnet-000000{number:x}"), "us-east-1d", 0)).collect();
    subnets.push(subnet("subnet-0000000a", "us-east-1a", 12));
    let network = network_of(Existing { subnets, ..existing() }).await;
    assert_eq!((network.subnet_ids.len(), network.left_out.len()), (1, 8), "a state has a size");
}
