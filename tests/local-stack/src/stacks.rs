//! The stacks of one test program, each started when the first test asks for it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use tokio::sync::Mutex;

use crate::stack::{Options, Stack};

/// How long a stack waits for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As [`Options::patient`].
    Patient,
    /// As [`Options::hurried`].
    Hurried,
}

/// A stack that was asked for, or why there is none: it is not tried again for every test.
type Started = Result<Arc<Stack>, String>;

/// The stacks of the test program with this name.
#[derive(Debug)]
pub struct Stacks {
    name: &'static str,
    timeout_scale: f64,
    endpoints_per_vpc: Option<u32>,
    /// One is started after the other: each takes all of a small machine.
    started: Mutex<Vec<(Pace, Started)>>,
}

impl Stacks {
    /// None yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, timeout_scale: 1.0, endpoints_per_vpc: None, started: Mutex::default() }
    }

    /// None yet; for hundreds of onboardings whose endpoints are deleted when they have ended: a VPC has so many places.
    /// States and functions have their time multiplied by this, while the windows for the customer stay as long.
    #[must_use]
    pub fn for_many(name: &'static str, timeout_scale: f64, endpoints_per_vpc: u32) -> Self {
        Self { name, timeout_scale, endpoints_per_vpc: Some(endpoints_per_vpc), started: Mutex::default() }
    }

    /// The stack of this pace, started if need be.
    ///
    /// # Errors
    /// When it did not start.
    pub async fn get(&self, pace: Pace) -> Result<Arc<Stack>> {
        let mut started = self.started.lock().await;
        let known = started.iter().find(|(known, _)| *known == pace).map(|(_, stack)| stack.clone());
        let stack = if let Some(stack) = known {
            stack
        } else {
            let stack = self.start(pace).await.map(Arc::new).map_err(|error| format!("{error:#}"));
            started.push((pace, stack.clone()));
            stack
        };
        stack.map_err(|error| anyhow!("the local stack did not start: {error}"))
    }

    async fn start(&self, pace: Pace) -> Result<Stack> {
        let mut options = match pace {
            Pace::Patient => Options::patient(self.name)?,
            Pace::Hurried => Options::hurried(self.name)?,
        };
        options.timeout_scale = self.timeout_scale;
        options.parameters.extend(self.endpoints_per_vpc.map(|places| ("EndpointsPerVpc", places.to_string())));
        options.answer_window = options.answer_window.div_f64(self.timeout_scale);
        Stack::start(&options, |_| ()).await
    }

    /// Those that were started.
    pub async fn running(&self) -> Vec<Arc<Stack>> {
        self.started.lock().await.iter().filter_map(|(_, stack)| stack.clone().ok()).collect()
    }

    /// Stops those that were started and that nobody uses any more.
    pub async fn stop(&self) {
        let started = std::mem::take(&mut *self.started.lock().await);
        for stack in started.into_iter().filter_map(|(_, stack)| stack.ok()) {
            if let Ok(stack) = Arc::try_unwrap(stack) {
                stack.stop().await;
            }
        }
    }
}
