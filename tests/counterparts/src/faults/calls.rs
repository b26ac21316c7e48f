//! The calls that were seen.

use std::collections::VecDeque;

use axum::http::StatusCode;
use serde::Serialize;

use super::call::Call;

/// How many calls are kept; older ones are forgotten.
const KEPT: usize = 5000;

/// The calls of one address.
#[derive(Debug, Default)]
pub(super) struct Calls {
    seen: VecDeque<Seen>,
    number: u64,
    counts: Vec<Count>,
}

/// One call.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Seen {
    number: u64,
    service: String,
    action: String,
    trace: Option<String>,
    /// None while there is no answer, so for good when the connection was closed without one.
    status: Option<u16>,
    /// The kind of the fault that the call met.
    fault: Option<String>,
}

/// How often an action was called.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Count {
    action: String,
    count: u64,
}

impl Calls {
    /// Notes a call that has just come in, and gives its number.
    pub(super) fn note(&mut self, call: &Call, fault: Option<String>) -> u64 {
        match self.counts.iter_mut().find(|known| known.action == call.action) {
            Some(known) => known.count += 1,
            None => self.counts.push(Count { action: call.action.clone(), count: 1 }),
        }
        self.number += 1;
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        let (service, action) = (call.service.clone(), call.action.clone());
        self.seen.push_back(Seen { number: self.number, service, action, trace: call.trace(), status: None, fault });
        self.number
    }

    /// Notes how a call was answered.
    pub(super) fn answered(&mut self, number: u64, status: StatusCode) {
        // The newest are the likeliest.
        if let Some(seen) = self.seen.iter_mut().rev().find(|seen| seen.number == number) {
            seen.status = Some(status.as_u16());
        }
    }

    pub(super) fn after(&self, number: u64) -> Vec<Seen> {
        self.seen.iter().filter(|seen| seen.number > number).cloned().collect()
    }

    pub(super) fn counts(&self) -> Vec<Count> {
        self.counts.clone()
    }
}
