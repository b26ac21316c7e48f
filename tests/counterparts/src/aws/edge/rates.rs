//! How often each action can be called. As AWS has it, every action has a bucket of its own in each region of the account,
//! whose size goes by the kind of the action.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::time::Instant;

use super::bucket::{Bucket, Rate};
use super::refusal::Refusal;

/// The rates that are set, and what is left of them; a clone is the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    limits: Limits,
    /// By region and action.
    buckets: HashMap<(String, String), Bucket>,
}

/// The rate of each kind of action; one that is not given is no limit.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    /// Of all that only ask.
    looks: Option<Rate>,
    /// Of `CreateVpcEndpoint`, which AWS limits more than others.
    endpoints: Option<Rate>,
    /// Of all others.
    changes: Option<Rate>,
}

impl Limits {
    fn of(&self, action: &str) -> Option<Rate> {
        let is_look = ["Describe", "Get", "List", "Search"].iter().any(|verb| action.starts_with(verb));
        match action {
            "CreateVpcEndpoint" => self.endpoints,
            _ if is_look => self.looks,
            _ => self.changes,
        }
    }
}

impl Rates {
    /// Sets the rates; all buckets are full again.
    pub(super) fn set(&self, limits: Limits) {
        // Each change is whole, so that a panic elsewhere leaves nothing half done.
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { limits, ..State::default() };
    }

    /// Refuses a call that comes too soon.
    pub(super) fn check(&self, region: &str, action: &str, now: Instant) -> Result<(), Refusal> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rate) = state.limits.of(action) else { return Ok(()) };
        let bucket = state.buckets.entry((region.to_owned(), action.to_owned()));
        if bucket.or_insert_with(|| Bucket::full(rate, now)).take(now) {
            return Ok(());
        }
        Err(Refusal::ec2("RequestLimitExceeded", "Request limit exceeded."))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn rates(limits: serde_json::Value) -> Rates {
        let rates = Rates::default();
        rates.set(serde_json::from_value(limits).unwrap());
        rates
    }

    #[test]
    fn the_kind_of_an_action_gives_its_rate() {
        let rate = |burst: u32| json!({ "burst": burst, "perSecond": 0 });
        let rates = rates(json!({ "looks": rate(3), "endpoints": rate(1), "changes": rate(2) }));
        let now = Instant::now();
        let taken = |action| (0..10).filter(|_| rates.check("us-east-1", action, now).is_ok()).count();
        let actions = ["DescribeVpcs", "CreateVpcEndpoint", "CreateVpc", "DeleteVpcEndpoints"];
        assert_eq!(actions.map(taken), [3, 1, 2, 2]);
    }

    #[test]
    fn each_action_and_each_region_has_a_bucket_of_its_own() {
        let rates = rates(json!({ "looks": { "burst": 1, "perSecond": 0.5 } }));
        let now = Instant::now();
        let is_let_through = |region, action, now| rates.check(region, action, now).is_ok();
        assert!(is_let_through("us-east-1", "DescribeVpcs", now));
        assert!(!is_let_through("us-east-1", "DescribeVpcs", now));
        assert!(is_let_through("us-east-1", "DescribeSubnets", now));
        assert!(is_let_through("eu-west-1", "DescribeVpcs", now));
        assert!(is_let_through("us-east-1", "DescribeVpcs", now + Duration::from_secs(2)));
    }

    #[test]
    fn what_is_not_set_is_no_limit() {
        let now = Instant::now();
        for rates in [Rates::default(), rates(json!({ "looks": { "burst": 0, "perSecond": 0 } }))] {
            assert_eq!((0..1000).filter(|_| rates.check("us-east-1", "CreateVpc", now).is_ok()).count(), 1000);
        }
    }
}
