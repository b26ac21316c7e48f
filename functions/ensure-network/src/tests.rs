//! The step against an EC2 that computes its answers from what was made.

use std::sync::{Arc, Mutex};

use aws_sdk_ec2::operation::create_subnet::CreateSubnetOutput;
use aws_sdk_ec2::operation::create_vpc::CreateVpcOutput;
use aws_sdk_ec2::operation::describe_availability_zones::DescribeAvailabilityZonesOutput;
use aws_sdk_ec2::operation::describe_subnets::DescribeSubnetsOutput;
use aws_sdk_ec2::operation::describe_vpc_attribute::DescribeVpcAttributeOutput;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsOutput;
use aws_sdk_ec2::operation::modify_vpc_attribute::ModifyVpcAttributeOutput;
use aws_sdk_ec2::types::{AttributeBooleanValue, AvailabilityZone, Subnet, Tag, Vpc, VpcEndpoint};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

use super::*;

/// What exists in the account.
#[derive(Default)]
struct Account {
    vpcs: Vec<(String, usize)>,
    subnets: Vec<(String, String, String)>,
    endpoints: usize,
}

type Shared = Arc<Mutex<Account>>;

fn config() -> Config {
    Config {
        region: "us-east-1".parse().unwrap(),
        stack: "causeway".to_owned(),
        existing_vpc_id: None,
        intermediate_vpc_cidrs: vec!["10.201.0.0/16".parse().unwrap(), "10.202.0.0/16".parse().unwrap()],
        endpoints_per_vpc: 2,
    }
}

fn vpc_id(number: usize) -> String {
    format!("vpc-{number:017x}")
}

fn rules(account: &Shared) -> Vec<Rule> {
    let [described, made, listed, cut, counted] = std::array::from_fn(|_| account.clone());
    vec![
        mock!(Client::describe_vpcs).then_compute_output(move |request| {
            let ids = request.vpc_ids().to_vec();
            let vpcs =
                described.lock().unwrap().vpcs.clone().into_iter().filter(|(id, _)| ids.is_empty() || ids.contains(id));
            let described = vpcs.map(|(id, number)| {
                let tag = Tag::builder().key("causeway:intermediate-vpc").value(number.to_string()).build();
                Vpc::builder().vpc_id(id).tags(tag).build()
            });
            DescribeVpcsOutput::builder().set_vpcs(Some(described.collect())).build()
        }),
        mock!(Client::create_vpc).then_compute_output(move |_| {
            let mut account = made.lock().unwrap();
            let number = account.vpcs.len() + 1;
            account.vpcs.push((vpc_id(number), number));
            CreateVpcOutput::builder().vpc(Vpc::builder().vpc_id(vpc_id(number)).build()).build()
        }),
        mock!(Client::modify_vpc_attribute).then_output(|| ModifyVpcAttributeOutput::builder().build()),
        mock!(Client::describe_availability_zones).then_output(|| {
            let zones = ["us-east-1b", "us-east-1a", "us-east-1c"];
            let described = zones.map(|zone| AvailabilityZone::builder().zone_name(zone).build());
            DescribeAvailabilityZonesOutput::builder().set_availability_zones(Some(described.into())).build()
        }),
        mock!(Client::describe_subnets).then_compute_output(move |_| {
            let described = listed.lock().unwrap().subnets.clone().into_iter().map(|(id, zone, cidr)| {
                Subnet::builder().subnet_id(id).availability_zone(zone).cidr_block(cidr).build()
            });
            DescribeSubnetsOutput::builder().set_subnets(Some(described.collect())).build()
        }),
        mock!(Client::create_subnet).then_compute_output(move |request| {
            let mut account = cut.lock().unwrap();
            let id = format!("subnet-{:017x}", account.subnets.len() + 1);
            let zone = request.availability_zone().unwrap().to_owned();
            let cidr = request.cidr_block().unwrap().to_owned();
            account.subnets.push((id.clone(), zone.clone(), cidr.clone()));
            let subnet = Subnet::builder().subnet_id(id).availability_zone(zone).cidr_block(cidr).build();
            CreateSubnetOutput::builder().subnet(subnet).build()
        }),
        mock!(Client::describe_vpc_endpoints).then_compute_output(move |request| {
            let first = request.filters().iter().any(|filter| filter.values().contains(&vpc_id(1)));
            let count = if first { counted.lock().unwrap().endpoints } else { 0 };
            let endpoints = vec![VpcEndpoint::builder().build(); count];
            DescribeVpcEndpointsOutput::builder().set_vpc_endpoints(Some(endpoints)).build()
        }),
    ]
}

async fn ensure(account: &Shared) -> Output {
    let rules = rules(account);
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    handle(&ec2, &config(), Input { vpc_id: None }).await.unwrap()
}

#[tokio::test]
async fn an_intermediate_vpc_is_made_once_with_a_subnet_in_every_zone() {
    let account = Shared::default();
    let first = ensure(&account).await;
    assert_eq!(first, ensure(&account).await);
    assert_eq!(first.subnet_ids.len(), 3);
    let ranges: Vec<String> = first.subnet_cidrs.iter().map(ToString::to_string).collect();
    assert_eq!(ranges, ["10.201.0.0/20", "10.201.16.0/20", "10.201.32.0/20"]);
    let account = account.lock().unwrap();
    assert_eq!((account.vpcs.len(), account.subnets.len()), (1, 3));
    assert_eq!(account.subnets[0].1, "us-east-1a");
}

#[tokio::test]
async fn a_run_that_was_cut_is_completed() {
    let account = Shared::default();
    account.lock().unwrap().vpcs.push((vpc_id(1), 1));
    let taken = ("subnet-0000000000000000a".to_owned(), "us-east-1b".to_owned(), "10.201.0.0/20".to_owned());
    account.lock().unwrap().subnets.push(taken);
    assert_eq!(ensure(&account).await.subnet_ids.len(), 3);
    let account = account.lock().unwrap();
    assert_eq!(account.vpcs.len(), 1);
    let ranges: Vec<&str> = account.subnets.iter().map(|(_, _, cidr)| cidr.as_str()).collect();
    assert_eq!(ranges, ["10.201.0.0/20", "10.201.16.0/20", "10.201.32.0/20"]);
}

#[tokio::test]
async fn a_full_vpc_is_followed_by_the_next() {
    let account = Shared::default();
    account.lock().unwrap().vpcs.push((vpc_id(1), 1));
    account.lock().unwrap().endpoints = 2;
    assert_eq!(ensure(&account).await.vpc_id.as_str(), vpc_id(2));
}

#[tokio::test]
async fn an_existing_vpc_without_dns_hostnames_is_refused_and_the_customer_told() {
    let account = Shared::default();
    account.lock().unwrap().vpcs.push((vpc_id(7), 7));
    let mut rules = rules(&account);
    rules.push(mock!(Client::describe_vpc_attribute).then_compute_output(|request| {
        let on = request.attribute().map(aws_sdk_ec2::types::VpcAttributeName::as_str) == Some("enableDnsSupport");
        let value = || AttributeBooleanValue::builder().value(on).build();
        DescribeVpcAttributeOutput::builder().enable_dns_support(value()).enable_dns_hostnames(value()).build()
    }));
    let rules: Vec<&Rule> = rules.iter().collect();
    let ec2 = mock_client!(aws_sdk_ec2, RuleMode::MatchAny, rules.as_slice());
    let asked = |vpc: &str| Input { vpc_id: Some(vpc.parse().unwrap()) };
    let error = handle(&ec2, &config(), asked(&vpc_id(7))).await.unwrap_err();
    assert!(matches!(&error, StepError::Customer(message) if message.contains("enableDnsHostnames")), "{error:?}");
    let error = handle(&ec2, &config(), asked(&vpc_id(8))).await.unwrap_err();
    assert!(matches!(&error, StepError::Customer(message) if message.contains("does not exist")), "{error:?}");
}
