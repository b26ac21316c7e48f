//! What moto has of PrivateLink, before `edge` makes it AWS's.

use anyhow::{Context, Result};
use aws_sdk_ec2::types::{VpcEndpoint, VpcEndpointType};

use crate::emulators::Emulators;

struct Place {
    vpc: String,
    subnets: Vec<String>,
}

/// A VPC with two subnets, in one zone.
async fn place(emulators: &Emulators) -> Result<Place> {
    let vpc = emulators.ec2.create_vpc().cidr_block("10.0.0.0/16").send().await?;
    let vpc = vpc.vpc().and_then(|vpc| vpc.vpc_id()).context("no VPC")?.to_owned();
    let mut subnets = Vec::new();
    for range in ["10.0.0.0/24", "10.0.1.0/24"] {
        let subnet = emulators.ec2.create_subnet().vpc_id(&vpc).cidr_block(range).availability_zone("us-east-1a");
        let subnet = subnet.send().await?;
        subnets.push(subnet.subnet().and_then(|it| it.subnet_id()).context("no subnet")?.to_owned());
    }
    Ok(Place { vpc, subnets })
}

async fn endpoint(emulators: &Emulators, place: &Place, security_group: &str) -> Result<VpcEndpoint> {
    let create = emulators.ec2.create_vpc_endpoint().vpc_endpoint_type(VpcEndpointType::Interface).vpc_id(&place.vpc);
    let create = create.service_name("com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000").client_token("one");
    let create = create.set_subnet_ids(Some(place.subnets.clone())).security_group_ids(security_group);
    create.send().await?.vpc_endpoint.context("no endpoint")
}

pub(crate) async fn endpoints_are_available_at_once_of_any_service(emulators: &Emulators) -> Result<()> {
    // AWS has no such service, and refuses two subnets in one zone and the security group.
    let endpoint = endpoint(emulators, &place(emulators).await?, "sg-00000000000000000").await?;
    assert_eq!(endpoint.state().map(|state| state.as_str().to_lowercase()).as_deref(), Some("available"));
    let name = endpoint.dns_entries().first().and_then(|entry| entry.dns_name()).unwrap_or_default();
    assert!(!name.contains(".vpce-svc-00000000000000000."), "AWS names the service in {name}");
    Ok(())
}

pub(crate) async fn a_client_token_is_ignored(emulators: &Emulators) -> Result<()> {
    let place = place(emulators).await?;
    let first = endpoint(emulators, &place, "sg-00000000000000000").await?;
    let second = endpoint(emulators, &place, "sg-00000000000000000").await?;
    assert_ne!(first.vpc_endpoint_id(), second.vpc_endpoint_id());
    Ok(())
}

pub(crate) async fn a_deleted_endpoint_stays_in_the_list_and_an_unknown_one_is_no_error(
    emulators: &Emulators,
) -> Result<()> {
    let made = endpoint(emulators, &place(emulators).await?, "sg-00000000000000000").await?;
    let id = made.vpc_endpoint_id().context("no id")?;
    let deleted = emulators.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().await?;
    assert_eq!(deleted.unsuccessful().len(), 0);
    let listed = emulators.ec2.describe_vpc_endpoints().vpc_endpoint_ids(id).send().await?;
    let state = listed.vpc_endpoints().first().and_then(|it| it.state()).map(|it| it.as_str().to_lowercase());
    assert_eq!(state.as_deref(), Some("deleted"));

    let unknown = emulators.ec2.delete_vpc_endpoints().vpc_endpoint_ids("vpce-00000000000000000").send().await?;
    assert_eq!(unknown.unsuccessful().len(), 0, "AWS tells that it is unknown");
    Ok(())
}

pub(crate) async fn a_security_group_in_use_is_deleted(emulators: &Emulators) -> Result<()> {
    let place = place(emulators).await?;
    let group = emulators.ec2.create_security_group().vpc_id(&place.vpc).group_name("one").description("one");
    let group = group.send().await?.group_id.context("no group")?;
    endpoint(emulators, &place, &group).await?;
    emulators.ec2.delete_security_group().group_id(group).send().await?;
    emulators.ec2.delete_subnet().subnet_id(&place.subnets[0]).send().await?;
    Ok(())
}
