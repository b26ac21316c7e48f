//! Makes the planned faults come and go, and knows what was met when.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::Grounds;
use super::plan::{Cloud, Plan};
use crate::switches::set;

/// The time of the weather.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sky {
    pub(super) begun: Instant,
    length: Duration,
}

/// A fault that was there.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) cloud: Cloud,
    /// How many calls it met.
    pub(super) met: u64,
}

impl Sky {
    pub(super) fn new(begun: Instant, plan: &Plan) -> Self {
        Self { begun, length: plan.length }
    }

    /// How long it is since the weather has begun.
    pub(super) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// For how long all has been clear.
    pub(super) fn clear_for(&self) -> Option<Duration> {
        self.now().checked_sub(self.length)
    }

    /// Lets all faults come and go.
    pub(super) async fn play(&self, plan: &Plan, grounds: &Grounds) -> Result<Vec<Passed>> {
        try_join_all(plan.clouds.iter().map(|cloud| self.pass(cloud, grounds))).await
    }

    async fn pass(&self, cloud: &Cloud, grounds: &Grounds) -> Result<Passed> {
        sleep_until(self.begun + cloud.comes).await;
        let met = if cloud.fault["service"] == "mongodb" {
            self.away(cloud, grounds).await
        } else {
            let mut faults = Vec::new();
            for ground in grounds.all() {
                faults.push(set(&ground.stack.addresses, &cloud.fault).await?);
            }
            sleep_until(self.begun + cloud.goes).await;
            let mut met = 0;
            for fault in faults {
                met += fault.take_back().await?["met"].as_u64().unwrap_or_default();
            }
            met
        };
        Ok(Passed { cloud: cloud.clone(), met })
    }

    /// Databases know one fault: they are away.
    async fn away(&self, cloud: &Cloud, grounds: &Grounds) -> u64 {
        let mut before = 0;
        for ground in grounds.all() {
            ground.stack.deployments.be_away(true).await;
            before += ground.stack.deployments.connections().await;
        }
        sleep_until(self.begun + cloud.goes).await;
        let mut after = 0;
        for ground in grounds.all() {
            after += ground.stack.deployments.connections().await;
            ground.stack.deployments.be_away(false).await;
        }
        u64::try_from(after - before).unwrap_or_default()
    }
}

impl Passed {
    /// The fault in one line.
    pub(super) fn line(&self) -> String {
        let text = |name: &str| self.cloud.fault[name].as_str().unwrap_or_default();
        let chance = match &self.cloud.fault["chance"] {
            Value::Null => String::new(),
            chance => format!(" in {:.0} of 100", 100.0 * chance.as_f64().unwrap_or_default()),
        };
        let (comes, goes) = (self.cloud.comes.as_secs_f64(), self.cloud.goes.as_secs_f64());
        format!(
            "{comes:.1} s to {goes:.1} s: {} {} {}{chance}, met {} times",
            text("service"),
            text("action"),
            text("fault"),
            self.met
        )
    }
}
