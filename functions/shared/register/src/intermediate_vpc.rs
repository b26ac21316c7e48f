//! Which VPC an intermediate VPC is, by its number, and whose turn it is to make it.

use serde::Deserialize;

use crate::onboarding::unix_milliseconds;
use crate::{Register, unless_refused, value};
use shared::network::Network;
use step::StepError;

/// An intermediate VPC's item. Once it is made it stays as it is.
#[derive(Debug, Deserialize)]
struct IntermediateVpc {
    #[serde(default)]
    network: Option<Network>,
}

/// The right to make an intermediate VPC, which ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    number: usize,
    /// In milliseconds of Unix time.
    until: u64,
}

impl Lease {
    /// How long nobody else makes it: twice the time that the maker may run, in milliseconds.
    pub const HOLDS: u64 = 60_000;
}

impl Register {
    /// The network of the intermediate VPC with this number; nothing before it is made.
    ///
    /// # Errors
    /// When `DynamoDB` refuses or the item is none.
    pub async fn intermediate_vpc(&self, number: usize) -> Result<Option<Network>, StepError> {
        Ok(self.get::<IntermediateVpc>(&key(number)).await?.and_then(|item| item.network))
    }

    /// Leases the making of an intermediate VPC: of many at once, one has it. Nothing when somebody else has it, or when it
    /// is made.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn lease(&self, number: usize) -> Result<Option<Lease>, StepError> {
        let now = unix_milliseconds();
        let lease = Lease { number, until: now + Lease::HOLDS };
        let update = self
            .update(key(number))
            .expression_attribute_names("#network", "network")
            .expression_attribute_names("#until", "leasedUntil")
            .expression_attribute_values(":until", value(&lease.until)?)
            .expression_attribute_values(":now", value(&now)?)
            .update_expression("SET #until = :until")
            .condition_expression(
                "attribute_not_exists(#network) AND (attribute_not_exists(#until) OR #until <= :now)",
            );
        Ok(unless_refused(update).await?.then_some(lease))
    }

    /// Ends a lease before its time, so that the next try need not wait for it.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn end_lease(&self, lease: Lease) -> Result<(), StepError> {
        let update = self
            .update(key(lease.number))
            .expression_attribute_names("#until", "leasedUntil")
            .expression_attribute_values(":until", value(&lease.until)?)
            .update_expression("REMOVE #until")
            .condition_expression("#until = :until");
        unless_refused(update).await.map(|_| ())
    }

    /// Says which VPC it is. Of two who made one, since a lease had ended too early, the first has it; answers the network
    /// that counts.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn settle(&self, number: usize, network: Network) -> Result<Network, StepError> {
        let update = self
            .update(key(number))
            .expression_attribute_names("#network", "network")
            .expression_attribute_names("#until", "leasedUntil")
            .expression_attribute_values(":network", value(&network)?)
            .update_expression("SET #network = :network REMOVE #until")
            .condition_expression("attribute_not_exists(#network)");
        if unless_refused(update).await? {
            return Ok(network);
        }
        self.intermediate_vpc(number)
            .await?
            .ok_or_else(|| StepError::Transient(format!("the intermediate VPC {number} was forgotten meanwhile")))
    }
}

/// The key of an intermediate VPC's item.
fn key(number: usize) -> String {
    format!("intermediate-vpc/{number}")
}
