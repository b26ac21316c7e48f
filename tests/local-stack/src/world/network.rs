//! VPCs, interface endpoints and security groups.

use anyhow::{Context, Result};
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, IpPermission, Tag, VpcEndpoint};

use super::World;

impl World {
    /// The VPCs that the stack has made.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn networks(&self) -> Result<Vec<String>> {
        let ours = Filter::builder().name("tag-key").values("causeway:intermediate-vpc").build();
        let answer = self.ec2.describe_vpcs().filters(ours).send().await?;
        Ok(answer.vpcs().iter().filter_map(|vpc| vpc.vpc_id().map(str::to_owned)).collect())
    }

    /// The state and the ports of each of the ticket's endpoints that is not about to vanish.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn endpoints(&self, ticket: &str) -> Result<Vec<(String, u16, u16)>> {
        let answer = self.ec2.describe_vpc_endpoints().filters(of(ticket)).send().await?;
        let mut found = Vec::new();
        let is_deleting = |endpoint: &&VpcEndpoint| {
            endpoint.state().is_some_and(|state| state.as_str().eq_ignore_ascii_case("deleting"))
        };
        for endpoint in answer.vpc_endpoints().iter().filter(|endpoint| !is_deleting(endpoint)) {
            let group = endpoint.groups().first().and_then(|group| group.group_id()).context("no security group")?;
            let group = self.ec2.describe_security_groups().group_ids(group).send().await?;
            let rules: Vec<&IpPermission> =
                group.security_groups().iter().flat_map(|group| group.ip_permissions()).collect();
            anyhow::ensure!(rules.len() == 1, "the security group has {} rules", rules.len());
            let port = |port: Option<i32>| u16::try_from(port.unwrap_or_default());
            let state = endpoint.state().map(|state| state.as_str().to_owned()).unwrap_or_default();
            found.push((state, port(rules[0].from_port())?, port(rules[0].to_port())?));
        }
        Ok(found)
    }

    /// Deletes the ticket's endpoints, as their owner would.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn delete_endpoints(&self, ticket: &str) -> Result<()> {
        let answer = self.ec2.describe_vpc_endpoints().filters(of(ticket)).send().await?;
        let ids: Vec<String> =
            answer.vpc_endpoints().iter().filter_map(VpcEndpoint::vpc_endpoint_id).map(str::to_owned).collect();
        if !ids.is_empty() {
            self.ec2.delete_vpc_endpoints().set_vpc_endpoint_ids(Some(ids)).send().await?;
        }
        Ok(())
    }

    /// Deletes the networks that the stack made, with what is left in them and what the register knows of them, so that the
    /// next onboarding makes one.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn delete_networks(&self) -> Result<()> {
        for vpc in self.networks().await? {
            let within = Filter::builder().name("vpc-id").values(&vpc).build();
            let endpoints = self.ec2.describe_vpc_endpoints().filters(within.clone()).send().await?;
            let ids: Vec<_> = endpoints.vpc_endpoints().iter().filter_map(VpcEndpoint::vpc_endpoint_id).collect();
            if !ids.is_empty() {
                let delete = self.ec2.delete_vpc_endpoints();
                delete.set_vpc_endpoint_ids(Some(ids.into_iter().map(str::to_owned).collect())).send().await?;
            }
            let groups = self.ec2.describe_security_groups().filters(within.clone()).send().await?;
            for group in groups.security_groups().iter().filter(|group| group.group_name() != Some("default")) {
                self.ec2.delete_security_group().set_group_id(group.group_id().map(str::to_owned)).send().await?;
            }
            for subnet in self.ec2.describe_subnets().filters(within).send().await?.subnets() {
                self.ec2.delete_subnet().set_subnet_id(subnet.subnet_id().map(str::to_owned)).send().await?;
            }
            self.ec2.delete_vpc().vpc_id(vpc).send().await?;
        }
        let items: Vec<_> = self
            .dynamodb
            .scan()
            .table_name(&self.table)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await?;
        for key in items.iter().filter_map(|item| item.get("key")) {
            if key.as_s().is_ok_and(|key| key.starts_with("vpc/") || key.starts_with("intermediate-vpc/")) {
                self.dynamodb.delete_item().table_name(&self.table).key("key", key.clone()).send().await?;
            }
        }
        Ok(())
    }

    /// How many security groups the ticket's onboarding has.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn security_groups(&self, ticket: &str) -> Result<usize> {
        Ok(self.ec2.describe_security_groups().filters(of(ticket)).send().await?.security_groups().len())
    }

    /// The VPC of an endpoint.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn vpc_of(&self, endpoint: &str) -> Result<String> {
        let answer = self.ec2.describe_vpc_endpoints().vpc_endpoint_ids(endpoint).send().await?;
        let vpc = answer.vpc_endpoints().first().and_then(VpcEndpoint::vpc_id);
        vpc.map(str::to_owned).context("the endpoint has no VPC")
    }

    /// Makes a VPC with two subnets, as an operator would have.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn make_vpc(&self, dns_hostnames: bool, allowed: Option<&str>) -> Result<String> {
        let answer = self.ec2.create_vpc().cidr_block("127.0.0.0/16").send().await?;
        let vpc = answer.vpc().and_then(|vpc| vpc.vpc_id()).context("no VPC was made")?.to_owned();
        if let Some(allowed) = allowed {
            let tag = Tag::builder().key("causeway:allowed").value(allowed).build();
            self.ec2.create_tags().resources(&vpc).tags(tag).send().await?;
        }
        let value = AttributeBooleanValue::builder().value(dns_hostnames).build();
        self.ec2.modify_vpc_attribute().vpc_id(&vpc).enable_dns_hostnames(value).send().await?;
        for (zone, cidr) in [("us-east-1a", "127.0.0.0/24"), ("us-east-1b", "127.0.1.0/24")] {
            self.add_subnet(&vpc, zone, cidr).await?;
        }
        Ok(vpc)
    }

    /// Makes a subnet in a VPC.
    ///
    /// # Errors
    /// When EC2 refuses.
    pub async fn add_subnet(&self, vpc: &str, zone: &str, cidr: &str) -> Result<String> {
        let answer = self.ec2.create_subnet().vpc_id(vpc).availability_zone(zone).cidr_block(cidr).send().await?;
        Ok(answer.subnet().and_then(|subnet| subnet.subnet_id()).context("no subnet was made")?.to_owned())
    }
}

fn of(ticket: &str) -> Filter {
    Filter::builder().name("tag:causeway:ticket").values(ticket).build()
}
