//! The register: one item of one table says where an onboarding stands, and others who has a place in which VPC.
//!
//! [`Onboarding`] is an onboarding's item. Each of its writes may come late, twice or in any order: [`Register::open`] makes
//! it, [`Register::show`] keeps what the page shows first if it is newer than what is there, [`Register::claim`] lets one of
//! many answers resume the execution, [`Register::hear`] keeps that a comment is answered, [`Register::deliver`] what became
//! of a message. What they add to the timeline and to the deliveries stays, whatever else is refused; but for
//! [`Register::fence`], behind which nothing but a closing writes. The other writes are each of one field, such as
//! [`Register::wish`], who wants it closed.

mod closing;
mod comments;
mod intermediate_vpc;
mod onboarding;
mod places;
mod rounds;
mod write;

pub use closing::Fenced;
pub use comments::{Bound, MOST_COMMENTS, MOST_WITH_ANSWERS};
pub use intermediate_vpc::Lease;
pub use onboarding::{
    Claim, Delivered, Delivery, Fence, Line, Onboarding, Order, Outcome, Shown, Wait, unix_milliseconds,
};
pub use places::Places;
pub use write::{Opened, Shows};

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
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
        self.get(&key(id)).await
    }

    async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StepError> {
        let get = self.client.get_item().table_name(&self.table).key("key", AttributeValue::S(key.to_owned()));
        let answer = get.consistent_read(true).send().await;
        let Some(item) = answer.map_err(|error| step_error("read the register", &error))?.item else {
            return Ok(None);
        };
        from_item(item, key).map(Some)
    }

    fn update(&self, key: String) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).key("key", AttributeValue::S(key))
    }
}

fn from_item<T: DeserializeOwned>(item: HashMap<String, AttributeValue>, key: &str) -> Result<T, StepError> {
    // The reader's message would quote the item, so it is not passed on.
    serde_dynamo::from_item(item)
        .map_err(|_| StepError::Operator(format!("the register's item {key} is not what its key says")))
}

/// False when the item is not as the condition has it.
async fn unless_refused(update: UpdateItemFluentBuilder) -> Result<bool, StepError> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => {
            Ok(false)
        }
        Err(error) => Err(step_error("write the register", &error)),
    }
}

fn value(of: &impl Serialize) -> Result<AttributeValue, StepError> {
    serde_dynamo::to_attribute_value(of).map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_dynamo::Error) -> StepError {
    StepError::Operator(format!("the register cannot be written: {error}"))
}

/// The key of an onboarding's item.
fn key(id: &OnboardingId) -> String {
    format!("onboarding/{id}")
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
