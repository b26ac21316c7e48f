//! Who has a place in a VPC: an interface endpoint that it may still take, promised before it is made.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

use crate::onboarding::unix_milliseconds;
use crate::{Register, unless_refused, value};
use shared::ids::{OnboardingId, VpcId};
use step::StepError;

/// For how long a VPC that looked full is not set right against EC2 again, in milliseconds: two hundred tickets at once must
/// not use up what EC2 answers, and whoever finds no place must find out within the minute that it comes again.
const PAUSE: u64 = 15_000;

/// A VPC's item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Places {
    /// The onboardings that have a place.
    #[serde(default)]
    pub places: BTreeSet<OnboardingId>,
    /// How many endpoints there were beyond one for each place when EC2 was asked last: what somebody else made, or what an
    /// attempt has left.
    #[serde(default)]
    pub others: usize,
}

impl Places {
    /// How many places there are to be had, when the VPC takes so many endpoints.
    #[must_use]
    pub fn room(&self, endpoints_per_vpc: usize) -> usize {
        endpoints_per_vpc.saturating_sub(self.others)
    }
}

impl Register {
    /// Reads who has a place in a VPC, always fresh.
    ///
    /// # Errors
    /// When `DynamoDB` refuses or the item is none.
    pub async fn places(&self, vpc: &VpcId) -> Result<Places, StepError> {
        Ok(self.get(&key(vpc)).await?.unwrap_or_default())
    }

    /// Takes a place in a VPC that has so many; whoever has one keeps it. False when there is none left.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn take_place(&self, vpc: &VpcId, id: &OnboardingId, room: usize) -> Result<bool, StepError> {
        let mut update = self
            .of_places(vpc, id)
            .update_expression("ADD #places :ids")
            .expression_attribute_values(":id", AttributeValue::S(id.as_str().to_owned()));
        let mut free = "contains(#places, :id)".to_owned();
        if room > 0 {
            free += " OR attribute_not_exists(#places) OR size(#places) < :room";
            update = update.expression_attribute_values(":room", value(&room)?);
        }
        unless_refused(update.condition_expression(free)).await
    }

    /// Gives a place back; that it is not had is as it should be.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn give_place_back(&self, vpc: &VpcId, id: &OnboardingId) -> Result<(), StepError> {
        let update = self.of_places(vpc, id).update_expression("DELETE #places :ids");
        unless_refused(update.expression_attribute_names("#key", "key").condition_expression("attribute_exists(#key)"))
            .await
            .map(|_| ())
    }

    /// Whether a VPC that looks full is to be set right against EC2 now: of many who ask, one, every quarter of a minute. It is told since
    /// when it is at work.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn may_set_right(&self, vpc: &VpcId) -> Result<Option<u64>, StepError> {
        let now = unix_milliseconds();
        let update = self
            .update(key(vpc))
            .expression_attribute_names("#at", "setRightAt")
            .expression_attribute_values(":now", value(&now)?)
            .expression_attribute_values(":before", value(&now.saturating_sub(PAUSE))?)
            .update_expression("SET #at = :now")
            .condition_expression("attribute_not_exists(#at) OR #at <= :before");
        Ok(unless_refused(update).await?.then_some(now))
    }

    /// Lets the next who asks set the VPC right, since who was at work could not.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn could_not_set_right(&self, vpc: &VpcId, since: u64) -> Result<(), StepError> {
        let update = self
            .update(key(vpc))
            .expression_attribute_names("#at", "setRightAt")
            .expression_attribute_values(":since", value(&since)?)
            .update_expression("REMOVE #at")
            .condition_expression("#at = :since");
        unless_refused(update).await.map(|_| ())
    }

    /// Keeps how many endpoints are there beyond one for each place.
    ///
    /// # Errors
    /// When `DynamoDB` refuses.
    pub async fn count_others(&self, vpc: &VpcId, others: usize) -> Result<(), StepError> {
        let update = self
            .update(key(vpc))
            .expression_attribute_names("#others", "others")
            .expression_attribute_values(":others", value(&others)?)
            .update_expression("SET #others = :others");
        unless_refused(update).await.map(|_| ())
    }

    fn of_places(&self, vpc: &VpcId, id: &OnboardingId) -> UpdateItemFluentBuilder {
        self.update(key(vpc))
            .expression_attribute_names("#places", "places")
            .expression_attribute_values(":ids", AttributeValue::Ss(vec![id.as_str().to_owned()]))
    }
}

/// The key of a VPC's item.
fn key(vpc: &VpcId) -> String {
    format!("vpc/{vpc}")
}
