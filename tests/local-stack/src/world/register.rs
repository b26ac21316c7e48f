//! The register's items.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::World;

impl World {
    /// An execution's item in the register; nothing while it has none.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn item(&self, execution: &str) -> Result<Option<Value>> {
        let key = AttributeValue::S(format!("onboarding/{}", self.onboarding(execution)));
        let get = self.dynamodb.get_item().table_name(&self.table).key("key", key).consistent_read(true);
        Ok(get.send().await?.item.map(serde_dynamo::from_item).transpose()?)
    }

    /// The id of the onboarding that an execution is.
    #[must_use]
    pub fn onboarding(&self, execution: &str) -> String {
        HEXLOWER.encode(&Sha256::digest(self.arn(execution))[..16])
    }

    /// Whether an onboarding is over: its execution has ended, the register knows how, and whoever looks at all that is open
    /// looks at it no more, since something became of each message to its ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn has_come_to_rest(&self, execution: &str) -> Result<bool> {
        let item = self.item(execution).await?.unwrap_or_default();
        let is_open = !item["shown"]["outcome"].is_object() || !item["open"].is_null();
        Ok(!is_open && self.has_ended(execution).await?)
    }

    /// Whether something became of each message of an execution to its ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn has_delivered_all(&self, execution: &str) -> Result<bool> {
        let Some(item) = self.item(execution).await? else { return Ok(false) };
        let timeline = item["timeline"].as_object().into_iter().flatten();
        let mut messages = timeline.filter(|(_, line)| line["forTicket"] == true);
        Ok(messages.all(|(reference, _)| item["deliveries"].get(reference).is_some()))
    }

    /// The onboardings that have a place in a VPC.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn places(&self, vpc: &str) -> Result<BTreeSet<String>> {
        let key = AttributeValue::S(format!("vpc/{vpc}"));
        let get = self.dynamodb.get_item().table_name(&self.table).key("key", key).consistent_read(true);
        let item = get.send().await?.item.unwrap_or_default();
        let places = item.get("places").map(AttributeValue::as_ss).transpose();
        let places = places.map_err(|other| anyhow!("the places of {vpc} are no set of texts: {other:?}"))?;
        Ok(places.into_iter().flatten().cloned().collect())
    }
}
