//! The writes of an onboarding's item, each of which may come late, twice or in any order.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::closing::{LOOKED_AT, OPEN, OPEN_TO_CLOSING, fenced};
use crate::onboarding::{Claim, Delivered, Delivery, Line, Onboarding, Order, Shown, unix_milliseconds};
use crate::{Register, from_item, key, unless_refused, unwritable, value, written};
use shared::event;
use shared::facts::Facts;
use shared::ids::{OnboardingId, TicketId};
use shared::reference::Reference;
use shared::state::State;
use step::StepError;
use step::aws::step_error;

/// For how long after its end an onboarding that did not connect is kept.
const KEPT: Duration = Duration::days(365);

/// The timeline's first line.
const RECEIVED: &str = "Your ticket was received and is being checked";

/// What an onboarding begins with.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The execution that it is.
    pub execution_arn: String,
    /// The ticket that it answers; a malformed event may name none.
    pub ticket: Option<TicketId>,
    /// Who asked, as the ticket names them.
    pub customer: Option<String>,
}

impl Opened {
    /// What an onboarding begins with that is this execution, started by this neutral event, malformed or not.
    #[must_use]
    pub fn of(execution_arn: String, event: &Value) -> Self {
        Self { execution_arn, ticket: event::ticket_id(event), customer: event::customer_name(event) }
    }
}

/// What came of [`Register::show`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// It is what the page shows first.
    This,
    /// Something newer, or the same, or the end is there already.
    Newer,
    /// There is no such onboarding.
    Nothing,
}

impl Register {
    /// Makes the item; one that is there stays as it is.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn open(&self, id: &OnboardingId, opened: Opened) -> Result<(), StepError> {
        let at = written(OffsetDateTime::now_utc())?;
        let order = Order::new(0, 0, 0);
        let onboarding = Onboarding {
            execution_arn: opened.execution_arn,
            ticket: opened.ticket,
            customer: opened.customer,
            link: 1,
            shown: Shown {
                order,
                state: State::Checking,
                held_at: None,
                since: at.clone(),
                error: None,
                wait: None,
                pause: None,
                facts: Facts::default(),
                outcome: None,
            },
            claim: None,
            fence: None,
            closings: 0,
            comments: 0,
            wish: None,
            refused: None,
            timeline: [(order.reference(), Line { at, what: RECEIVED.to_owned(), for_ticket: false })].into(),
            deliveries: [].into(),
        };
        let made = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(serde_dynamo::to_item(onboarding).map_err(|error| unwritable(&error))?))
            .item("key", AttributeValue::S(key(id)))
            .item(OPEN, AttributeValue::S(OPEN.to_owned()))
            .item(LOOKED_AT, value(&unix_milliseconds())?)
            .condition_expression("attribute_not_exists(#key)")
            .expression_attribute_names("#key", "key")
            .send()
            .await;
        match made {
            Err(error)
                if !error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Err(step_error("make the onboarding's item", &error))
            }
            _ => Ok(()),
        }
    }

    /// Has the page show this first, unless what is there is newer, or is the end and this is none. The line, if there is
    /// one, is kept in any case; the first one of a reference stays.
    ///
    /// # Errors
    /// When `DynamoDB` refuses; [`StepError::Closed`] when a later closing has the onboarding, and nothing was written.
    pub async fn show(
        &self,
        id: &OnboardingId,
        shown: &Shown,
        line: Option<(&Reference, &Line)>,
    ) -> Result<Shows, StepError> {
        let closing = shown.order.closing();
        let mut update = fenced(self.update(key(id)), closing)?
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#order", "order")
            .expression_attribute_values(":shown", value(shown)?)
            .expression_attribute_values(":order", value(&shown.order)?)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut condition = format!("#shown.#order < :order AND {OPEN_TO_CLOSING}");
        // An end that was told and is told again, since its answer got lost, may be held in between.
        if shown.outcome.is_none() {
            update = update.expression_attribute_names("#outcome", "outcome");
            condition += " AND attribute_not_exists(#shown.#outcome)";
        }
        update = update.condition_expression(condition);
        let mut set = vec!["#shown = :shown"];
        if let Some((reference, line)) = line {
            update = with_line(update, reference, line)?;
            set.push(LINE);
        }
        if shown.outcome.is_some() && shown.state != State::Connected {
            let expires = (OffsetDateTime::now_utc() + KEPT).unix_timestamp();
            update = update
                .expression_attribute_names("#expires", "expires")
                .expression_attribute_values(":expires", AttributeValue::N(expires.to_string()));
            set.push("#expires = :expires");
        }
        match update.update_expression(format!("SET {}", set.join(", "))).send().await {
            Ok(_) => return Ok(Shows::This),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => match &refusal.item {
                    None => return Ok(Shows::Nothing),
                    Some(item) => {
                        let there: Onboarding = from_item(item.clone(), &key(id))?;
                        if there.fence.is_some_and(|fence| fence.closing > closing) {
                            return Err(StepError::Closed);
                        }
                    }
                },
                _ => return Err(step_error("write the register", &error)),
            },
        }
        if let Some((reference, line)) = line {
            let update = with_line(self.update(key(id)), reference, line)?;
            if_there(update.update_expression(format!("SET {LINE}"))).await?;
        }
        Ok(Shows::Newer)
    }

    /// Claims to answer what is asked: of many at once, one has it. It is had again by the same answer, and by another
    /// once it holds no more; false if it cannot be had, or something else is asked.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn claim(&self, id: &OnboardingId, claim: &Claim) -> Result<bool, StepError> {
        let free = claim.at.saturating_sub(Claim::HOLDS);
        let update = self
            .update(key(id))
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#order", "order")
            .expression_attribute_names("#claim", "claim")
            .expression_attribute_names("#digest", "digest")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":claim", value(claim)?)
            .expression_attribute_values(":order", value(&claim.order)?)
            .expression_attribute_values(":digest", value(&claim.digest)?)
            .expression_attribute_values(":free", value(&free)?)
            .expression_attribute_names("#fence", "fence")
            .expression_attribute_names("#wish", "wish")
            .update_expression("SET #claim = :claim")
            .condition_expression(
                "#shown.#order = :order AND attribute_not_exists(#fence) AND attribute_not_exists(#wish) AND (attribute_not_exists(#claim) OR #claim.#order <> :order \
                 OR #claim.#digest = :digest OR #claim.#at <= :free)",
            );
        unless_refused(update).await
    }

    /// Keeps that an answer was refused now because of a fault that is not the customer's.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn refuse(&self, id: &OnboardingId) -> Result<(), StepError> {
        let update = self
            .update(key(id))
            .expression_attribute_names("#refused", "refused")
            .expression_attribute_values(":now", value(&written(OffsetDateTime::now_utc())?)?)
            .update_expression("SET #refused = :now");
        if_there(update).await
    }

    /// Keeps what became of a message, and the date that it named. That it was posted stays, whatever is said of it later;
    /// one that was given up can still be posted.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn deliver(
        &self,
        id: &OnboardingId,
        message: &Reference,
        what: Delivered,
        until: Option<OffsetDateTime>,
    ) -> Result<(), StepError> {
        let delivery =
            Delivery { at: written(OffsetDateTime::now_utc())?, what, until: until.map(written).transpose()? };
        let update = self
            .update(key(id))
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#deliveries", "deliveries")
            .expression_attribute_names("#message", message.to_string())
            .expression_attribute_names("#what", "what")
            .expression_attribute_values(":delivery", value(&delivery)?)
            .expression_attribute_values(":posted", value(&Delivered::Posted)?)
            .update_expression("SET #deliveries.#message = :delivery")
            .condition_expression(
                "attribute_exists(#key) AND (attribute_not_exists(#deliveries.#message) \
                 OR #deliveries.#message.#what <> :posted)",
            );
        unless_refused(update).await.map(|_| ())
    }
}

/// The first line of a step stays.
const LINE: &str = "#timeline.#step = if_not_exists(#timeline.#step, :line)";

pub(crate) fn with_line(
    update: UpdateItemFluentBuilder,
    step: &Reference,
    line: &Line,
) -> Result<UpdateItemFluentBuilder, StepError> {
    Ok(update
        .expression_attribute_names("#timeline", "timeline")
        .expression_attribute_names("#step", step.to_string())
        .expression_attribute_values(":line", value(line)?))
}

/// An update of an item that may be gone, which is then as it should be.
async fn if_there(update: UpdateItemFluentBuilder) -> Result<(), StepError> {
    let update = update.condition_expression("attribute_exists(#key)").expression_attribute_names("#key", "key");
    unless_refused(update).await.map(|_| ())
}
