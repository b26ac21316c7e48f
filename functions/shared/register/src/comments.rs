//! Which comments of the requester are answered: each once, a question once a day, and so many in all, of which the last
//! ones are kept for what somebody needs an answer to.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use crate::onboarding::{Line, Onboarding, unix_milliseconds};
use crate::write::with_line;
use crate::{Register, from_item, key, value};
use shared::ids::{CommentId, OnboardingId};
use shared::reference::Reference;
use step::StepError;
use step::aws::step_error;

/// How many comments of an onboarding are answered, whatever they say: more than people write, and the end of a talk with a
/// machine.
pub const MOST_COMMENTS: u32 = 12;
/// How many are answered in all: after the others, those that bring what was asked for, or a password.
pub const MOST_WITH_ANSWERS: u32 = 24;

/// How long no other question is answered, in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// What bounds whether a comment is answered: what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A question of where it stands, which is answered once a day.
    Question,
    /// What the onboarding waits for, or what must not stay where it is.
    Answer,
    /// Anything else.
    Other,
}

impl Register {
    /// Keeps that this comment is answered, with a line for what it said, and gives the onboarding; also when it was kept
    /// before. Nothing when it is not to be answered: the onboarding has ended or is being closed, too many others were
    /// answered, or it is another question of the same day.
    ///
    /// # Errors
    /// When `DynamoDB` refuses or the item is none.
    pub async fn hear(
        &self,
        id: &OnboardingId,
        comment: &CommentId,
        line: &Line,
        bound: Bound,
    ) -> Result<Option<Onboarding>, StepError> {
        let reference = Reference::Comment(comment.clone());
        let most = if bound == Bound::Answer { MOST_WITH_ANSWERS } else { MOST_COMMENTS };
        let mut set = "SET #timeline.#step = :line, #comments = if_not_exists(#comments, :none) + :one".to_owned();
        let mut condition = "attribute_exists(#key) AND attribute_not_exists(#timeline.#step) \
                             AND attribute_not_exists(#shown.#outcome) AND attribute_not_exists(#fence) \
                             AND attribute_not_exists(#wish) \
                             AND (attribute_not_exists(#comments) OR #comments < :most)"
            .to_owned();
        let mut update = with_line(self.update(key(id)), &reference, line)?
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#shown", "shown")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#fence", "fence")
            .expression_attribute_names("#wish", "wish")
            .expression_attribute_names("#comments", "comments")
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":most", value(&most)?);
        if bound == Bound::Question {
            let now = unix_milliseconds();
            set += ", #questioned = :now";
            condition += " AND (attribute_not_exists(#questioned) OR #questioned <= :before)";
            update = update
                .expression_attribute_names("#questioned", "questioned")
                .expression_attribute_values(":now", value(&now)?)
                .expression_attribute_values(":before", value(&now.saturating_sub(DAY))?);
        }
        let update = update
            .update_expression(set)
            .condition_expression(condition)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let there = match update.send().await {
            Ok(answer) => return from_item(answer.attributes.unwrap_or_default(), &key(id)).map(Some),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => refusal.item.clone(),
                _ => return Err(step_error("write the register", &error)),
            },
        };
        let Some(there) = there else { return Ok(None) };
        let onboarding: Onboarding = from_item(there, &key(id))?;
        Ok(onboarding.timeline.contains_key(&reference).then_some(onboarding))
    }
}
