//! Closing: the fence behind which closings alone write, their numbers, who wants one, and which onboardings are open.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use time::OffsetDateTime;

use crate::onboarding::{Fence, Onboarding, Order, unix_milliseconds};
use crate::{Register, from_item, key, unless_refused, value, written};
use shared::ids::OnboardingId;
use shared::reference::Reference;
use shared::wish::Wish;
use step::StepError;
use step::aws::step_error;

/// The index of open items, its partition key, and that key's only value: an item that lacks it is in no index.
pub(crate) const OPEN: &str = "open";
/// The index's sort key, in milliseconds of Unix time.
pub(crate) const LOOKED_AT: &str = "lookedAt";

/// What a closing with this number, or 0, the onboarding's own execution, may still write.
pub(crate) const OPEN_TO_CLOSING: &str = "(attribute_not_exists(#fence) OR #fence.#closing <= :closing)";

/// What is to be closed is looked at until it is, also when an earlier release has made its item, which is in no index.
const OPENS: &str = "#open = :open, #at = if_not_exists(#at, :now)";

/// What came of [`Register::fence`].
#[derive(Debug)]
pub enum Fenced {
    /// From here on only this closing writes, or a later one.
    Now(Box<Onboarding>),
    /// It has ended.
    Ended(Box<Onboarding>),
    /// There is no such onboarding.
    Nothing,
}

impl Register {
    /// Fences an onboarding for the closing with this number; run again, the fence stays.
    ///
    /// # Errors
    /// When `DynamoDB` refuses; [`StepError::Closed`] when a later closing has the onboarding.
    pub async fn fence(&self, id: &OnboardingId, closing: u32) -> Result<Fenced, StepError> {
        let fence = Fence { closing, since: written(OffsetDateTime::now_utc())? };
        let update = fenced(self.update(key(id)), closing)?
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#open", OPEN)
            .expression_attribute_names("#at", LOOKED_AT)
            .expression_attribute_values(":open", AttributeValue::S(OPEN.to_owned()))
            .expression_attribute_values(":now", value(&unix_milliseconds())?)
            .expression_attribute_values(":fence", value(&fence)?)
            .update_expression(format!("SET #fence = :fence, {OPENS}"))
            .condition_expression(format!(
                "attribute_exists(#key) AND attribute_not_exists(#shown.#outcome) AND {OPEN_TO_CLOSING}"
            ))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let refusal = match update.send().await {
            Ok(answer) => {
                return Ok(Fenced::Now(Box::new(from_item(answer.attributes.unwrap_or_default(), &key(id))?)));
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => refusal.item.clone(),
                _ => return Err(step_error("write the register", &error)),
            },
        };
        let Some(item) = refusal else { return Ok(Fenced::Nothing) };
        let onboarding: Onboarding = from_item(item, &key(id))?;
        if onboarding.has_ended() { Ok(Fenced::Ended(Box::new(onboarding))) } else { Err(StepError::Closed) }
    }

    /// Takes the fence of this closing away, so that the onboarding goes on.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn lift_fence(&self, id: &OnboardingId, closing: u32) -> Result<(), StepError> {
        let update = fenced(self.update(key(id)), closing)?;
        let update = update.update_expression("REMOVE #fence").condition_expression("#fence.#closing = :closing");
        unless_refused(update).await.map(|_| ())
    }

    /// Takes the number of the next closing: of many at once, one has it.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn number_closing(&self, id: &OnboardingId, number: u32) -> Result<bool, StepError> {
        let update = self
            .update(key(id))
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#closings", "closings")
            .expression_attribute_values(":number", value(&number)?)
            .update_expression("SET #closings = :number")
            .condition_expression(
                "attribute_exists(#key) AND (attribute_not_exists(#closings) OR #closings < :number)",
            );
        unless_refused(update).await
    }

    /// Keeps that somebody wants the onboarding closed; the first wish stays. False when it has ended, has a wish already, or
    /// `at` is given and the page shows something else meanwhile.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn wish(&self, id: &OnboardingId, wish: &Wish, at: Option<Order>) -> Result<bool, StepError> {
        let mut condition =
            "attribute_exists(#key) AND attribute_not_exists(#shown.#outcome) AND attribute_not_exists(#wish)"
                .to_owned();
        let mut update = self
            .update(key(id))
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#wish", "wish")
            .expression_attribute_names("#open", OPEN)
            .expression_attribute_names("#at", LOOKED_AT)
            .expression_attribute_values(":open", AttributeValue::S(OPEN.to_owned()))
            .expression_attribute_values(":now", value(&unix_milliseconds())?)
            .expression_attribute_values(":wish", value(wish)?)
            .update_expression(format!("SET #wish = :wish, {OPENS}"));
        if let Some(order) = at {
            condition += " AND #shown.#order = :order";
            update = update
                .expression_attribute_names("#order", "order")
                .expression_attribute_values(":order", value(&order)?);
        }
        unless_refused(update.condition_expression(condition)).await
    }

    /// The onboardings that have not come to rest, at most so many, and first those that nobody has looked at for longest.
    ///
    /// # Errors
    /// When `DynamoDB` refuses, or an item's key is none of an onboarding.
    pub async fn open_onboardings(&self, most: i32) -> Result<Vec<OnboardingId>, StepError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(OPEN)
            .key_condition_expression("#open = :open")
            .expression_attribute_names("#open", OPEN)
            .expression_attribute_values(":open", AttributeValue::S(OPEN.to_owned()))
            .limit(most)
            .send()
            .await
            .map_err(|error| step_error("read which onboardings are open", &error))?;
        let id = |item: &HashMap<String, AttributeValue>| {
            let key = item.get("key").and_then(|key| key.as_s().ok()).map_or("", String::as_str);
            let id = key.strip_prefix("onboarding/").and_then(|id| id.parse().ok());
            id.ok_or_else(|| StepError::Operator(format!("{key} is open, and no onboarding")))
        };
        answer.items().iter().map(id).collect()
    }

    /// Puts an open onboarding behind all others.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn looked_at(&self, id: &OnboardingId) -> Result<(), StepError> {
        let update = self
            .update(key(id))
            .expression_attribute_names("#open", OPEN)
            .expression_attribute_names("#at", LOOKED_AT)
            .expression_attribute_values(":now", value(&unix_milliseconds())?)
            .update_expression("SET #at = :now")
            .condition_expression("attribute_exists(#open)");
        unless_refused(update).await.map(|_| ())
    }

    /// The message that tells the end was put into the queue again, which is done once: what it says is kept no more.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn put_again(&self, id: &OnboardingId, message: &Reference) -> Result<(), StepError> {
        let update = self
            .update(key(id))
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#toldBy", "toldBy")
            .expression_attribute_names("#message", "message")
            .expression_attribute_values(":reference", value(message)?)
            .update_expression("REMOVE #shown.#outcome.#message")
            .condition_expression("#shown.#outcome.#toldBy = :reference");
        unless_refused(update).await.map(|_| ())
    }

    /// An onboarding that has ended and was told is looked at no more.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn come_to_rest(&self, id: &OnboardingId) -> Result<(), StepError> {
        let update = self
            .update(key(id))
            .expression_attribute_names("#open", OPEN)
            .expression_attribute_names("#at", LOOKED_AT)
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#outcome", "outcome")
            .update_expression("REMOVE #open, #at")
            .condition_expression("attribute_exists(#shown.#outcome)");
        unless_refused(update).await.map(|_| ())
    }
}

/// The names and values of [`OPEN_TO_CLOSING`].
pub(crate) fn fenced(update: UpdateItemFluentBuilder, closing: u32) -> Result<UpdateItemFluentBuilder, StepError> {
    Ok(update
        .expression_attribute_names("#fence", "fence")
        .expression_attribute_names("#closing", "closing")
        .expression_attribute_values(":closing", value(&closing)?))
}
