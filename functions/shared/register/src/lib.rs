//! The register: one item of one table says where an onboarding stands.
//!
//! [`Onboarding`] is the item. Four writes make it, each of which may come late, twice or in any order: [`Register::open`]
//! makes it, [`Register::show`] keeps what the page shows first if it is newer than what is there, [`Register::claim`]
//! lets one of many answers resume the execution, [`Register::deliver`] keeps what became of a message. What
//! they add to the timeline and to the deliveries stays, whatever else is refused.

mod onboarding;
mod write;

pub use onboarding::{Claim, Delivered, Delivery, Line, Onboarding, Order, Outcome, Shown, Wait, unix_milliseconds};
pub use write::{Opened, Shows};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use shared::ids::OnboardingId;
use step::StepError;
use step::aws::step_error;

/// The register of a stack.
#[derive(Debug, Clone)]
pub struct Register {
    client: Client,
    table: String,
}

impl Register {
    /// The register in this table.
    #[must_use]
    pub fn new(config: &aws_types::SdkConfig, table: String) -> Self {
        Self { client: Client::new(config), table }
    }

    /// The register behind this client.
    #[must_use]
    pub fn with_client(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// Reads where an onboarding stands, always fresh; nothing when there is no such onboarding.
    ///
    /// # Errors
    /// When `DynamoDB` refuses or the item is none.
    pub async fn read(&self, id: &OnboardingId) -> Result<Option<Onboarding>, StepError> {
        let answer = self.client.get_item().table_name(&self.table).key("key", key(id)).consistent_read(true).send();
        let Some(item) = answer.await.map_err(|error| step_error("read the register", &error))?.item else {
            return Ok(None);
        };
        // The reader's message would quote the item, so it is not passed on.
        serde_dynamo::from_item(item)
            .map(Some)
            .map_err(|_| StepError::Operator("the register's item is no onboarding".to_owned()))
    }
}

/// The key of an onboarding's item.
fn key(id: &OnboardingId) -> AttributeValue {
    AttributeValue::S(format!("onboarding/{id}"))
}

/// A time as the register writes it: RFC 3339, UTC, to the millisecond.
///
/// # Errors
/// When the time lies outside of years with four digits.
pub fn written(time: OffsetDateTime) -> Result<String, StepError> {
    let time = time.replace_millisecond(time.millisecond()).unwrap_or(time);
    time.format(&Rfc3339).map_err(|error| StepError::Operator(format!("a time cannot be written: {error}")))
}

#[cfg(test)]
mod tests;
