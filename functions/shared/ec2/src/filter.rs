//! How resources are found.

use aws_sdk_ec2::types::Filter;

use shared::ids::OnboardingId;
use shared::tags;

/// What a Describe call is to answer: only what has this value.
#[must_use]
pub fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// Only what bears this tag.
#[must_use]
pub fn with_tag(key: &str, value: &str) -> Filter {
    filter(&format!("tag:{key}"), value)
}

/// Only what this onboarding made, also when a crash left it unrecorded.
#[must_use]
pub fn of_onboarding(onboarding: &OnboardingId) -> Filter {
    with_tag(tags::ONBOARDING, onboarding.as_str())
}
