//! Which of the command's subnets the endpoint is made in: one in each zone of the service, each with a free address.
//!
//! That a subnet cannot be used is nobody's fault and no reason to ask again, as long as another one is left.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use crate::Input;
use shared::ids::SubnetId;
use shared::left_out::{LeftOut, Why, listed};
use step::StepError;
use step::aws::step_error;

/// The subnets of the command.
#[derive(Debug)]
pub(crate) struct Subnets {
    /// The zones of the service; none when EC2 does not tell them, and has the last word itself.
    offered: Vec<String>,
    usable: Vec<Usable>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug)]
struct Usable {
    id: SubnetId,
    zone: Option<String>,
    free_addresses: i32,
}

impl Subnets {
    /// The subnets as EC2 describes them now. It may refuse one nevertheless: addresses are taken meanwhile.
    pub(crate) async fn of(ec2: &Client, input: &Input, offered: Vec<String>) -> Result<Self, StepError> {
        let described = describe(ec2, &input.request.subnet_ids).await?;
        let mut subnets = Self { offered, usable: Vec::new(), left_out: Vec::new() };
        for id in &input.request.subnet_ids {
            let subnet = described.get(id.as_str());
            let zone = subnet.and_then(|subnet| subnet.availability_zone()).map(str::to_owned);
            // What EC2 does not tell it judges itself.
            let free_addresses = subnet.and_then(|subnet| subnet.available_ip_address_count()).unwrap_or(i32::MAX);
            let is_offered = zone.as_ref().is_none_or(|zone| subnets.offered.contains(zone));
            let why = match () {
                () if !subnets.offered.is_empty() && !is_offered => Some(Why::ZoneNotOffered),
                () if free_addresses <= 0 => Some(Why::NoFreeAddress),
                () => None,
            };
            match why {
                Some(why) => subnets.left_out.push(LeftOut::new(id.clone(), why)),
                None => subnets.usable.push(Usable { id: id.clone(), zone, free_addresses }),
            }
        }
        subnets.keep_one_per_zone();
        if subnets.usable.is_empty() { Err(subnets.none_left(input)) } else { Ok(subnets) }
    }

    /// Of each zone the subnet with the most free addresses, and of equals the first.
    fn keep_one_per_zone(&mut self) {
        let mut best: BTreeMap<String, (i32, Reverse<usize>)> = BTreeMap::new();
        for (place, subnet) in self.usable.iter().enumerate() {
            if let Some(zone) = &subnet.zone {
                let rank = (subnet.free_addresses, Reverse(place));
                best.entry(zone.clone()).and_modify(|best| *best = rank.max(*best)).or_insert(rank);
            }
        }
        for (place, subnet) in std::mem::take(&mut self.usable).into_iter().enumerate() {
            let is_best = subnet.zone.as_ref().is_none_or(|zone| best[zone].1 == Reverse(place));
            if is_best {
                self.usable.push(subnet);
            } else {
                self.left_out.push(LeftOut::new(subnet.id, Why::ZoneTaken));
            }
        }
    }

    /// Those that the endpoint is made in.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.usable.iter().map(|subnet| subnet.id.as_str().to_owned()).collect()
    }

    /// Those that it is made without.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Whether EC2 has refused them all.
    pub(crate) fn is_empty(&self) -> bool {
        self.usable.is_empty()
    }

    /// Leaves out the subnet that EC2 refuses, and says which it is. Nothing when that cannot be told.
    pub(crate) fn leave_out(&mut self, why: Why, said: &str) -> Option<SubnetId> {
        let words: Vec<&str> = said.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').collect();
        let is_named = |subnet: &Usable| {
            words.contains(&subnet.id.as_str()) || subnet.zone.as_deref().is_some_and(|zone| words.contains(&zone))
        };
        let place = match self.usable.iter().position(is_named) {
            Some(place) => place,
            None if self.usable.len() == 1 => 0,
            // Every zone is as likely as the other, where none is named.
            None if why == Why::ZoneNotOffered => return None,
            None => {
                let places = self.usable.iter().enumerate();
                places.min_by_key(|(place, subnet)| (subnet.free_addresses, Reverse(*place)))?.0
            }
        };
        let refused = self.usable.remove(place).id;
        self.left_out.push(LeftOut::new(refused.clone(), why));
        Some(refused)
    }

    /// That no subnet is left: the customer's to mend where others were handed out, and else ours, whose the VPC is.
    pub(crate) fn none_left(&self, input: &Input) -> StepError {
        let service = &input.request.service_name;
        let why = listed(&self.left_out);
        let offered = match self.offered.as_slice() {
            [] => String::new(),
            zones => format!(" The endpoint service {service} is offered in {}.", zones.join(", ")),
        };
        if input.names_all_subnets() {
            StepError::Operator(format!(
                "no subnet of {} is left for the endpoint: {why}.{offered} The VPC needs a subnet with free addresses in a zone \
                 of the service",
                input.network.vpc_id
            ))
        } else {
            StepError::Customer(format!(
                "No subnet of the command can be used: {why}.{offered} Give Atlas all subnets that we sent, then copy the \
                 command again."
            ))
        }
    }
}

async fn describe(
    ec2: &Client,
    subnets: &[SubnetId],
) -> Result<BTreeMap<String, aws_sdk_ec2::types::Subnet>, StepError> {
    let ids = subnets.iter().map(|subnet| subnet.as_str().to_owned()).collect();
    let answer = ec2
        .describe_subnets()
        .set_subnet_ids(Some(ids))
        .send()
        .await
        .map_err(|error| step_error("look at the subnets", &error))?;
    let described = answer.subnets.unwrap_or_default().into_iter();
    Ok(described.filter_map(|subnet| Some((subnet.subnet_id()?.to_owned(), subnet))).collect())
}
