//! A token bucket, by which AWS limits calls.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};
use tokio::time::Instant;

/// How many calls can come at once, and how many a second in the long run.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rate {
    /// How many tokens the bucket holds.
    burst: u32,
    /// How many flow in, as long as there is room.
    #[serde(deserialize_with = "not_negative")]
    per_second: f64,
}

/// What is left of the tokens.
#[derive(Debug)]
pub(super) struct Bucket {
    rate: Rate,
    tokens: f64,
    counted: Instant,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: f64::from(rate.burst), counted: now }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let inflow = now.saturating_duration_since(self.counted).as_secs_f64() * self.rate.per_second;
        self.tokens = (self.tokens + inflow).min(f64::from(self.rate.burst));
        self.counted = self.counted.max(now);
        let has_one = self.tokens >= 1.0;
        if has_one {
            self.tokens -= 1.0;
        }
        has_one
    }
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    let is_right = number.is_finite() && number >= 0.0;
    if is_right { Ok(number) } else { Err(D::Error::invalid_value(Unexpected::Float(number), &"0 or more")) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    /// How many of ten calls get a token after each of these times.
    fn taken(rate: &serde_json::Value, after: &[f64]) -> Vec<usize> {
        let begun = Instant::now();
        let mut bucket = Bucket::full(Rate::deserialize(rate).unwrap(), begun);
        let takes = after.iter().map(|seconds| {
            let now = begun + Duration::from_secs_f64(*seconds);
            (0..10).filter(|_| bucket.take(now)).count()
        });
        takes.collect()
    }

    #[test]
    fn a_bucket_gives_what_it_holds_and_then_what_flows_in() {
        let rate = json!({ "burst": 4, "perSecond": 0.5 });
        assert_eq!(taken(&rate, &[0.0, 1.0, 2.0, 3.0, 4.0]), [4, 0, 1, 0, 1]);
    }

    #[test]
    fn a_refused_call_takes_nothing() {
        let rate = json!({ "burst": 1, "perSecond": 0.25 });
        assert_eq!(taken(&rate, &[0.0, 1.0, 2.0, 3.0, 4.0]), [1, 0, 0, 0, 1]);
    }

    #[test]
    fn a_bucket_never_holds_more_than_at_first() {
        let rate = json!({ "burst": 3, "perSecond": 2 });
        assert_eq!(taken(&rate, &[0.0, 3600.0, 3600.5]), [3, 3, 1]);
    }

    #[test]
    fn a_call_that_was_overtaken_adds_no_time() {
        let rate = json!({ "burst": 2, "perSecond": 1 });
        assert_eq!(taken(&rate, &[0.0, 8.0, 7.0, 8.0]), [2, 2, 0, 0]);
    }

    #[test]
    fn nothing_flows_out() {
        let refusal = Rate::deserialize(json!({ "burst": 2, "perSecond": -1 })).unwrap_err();
        assert_eq!(refusal.to_string(), "invalid value: floating point `-1.0`, expected 0 or more");
    }
}
