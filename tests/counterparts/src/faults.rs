//! Calls that go wrong on purpose, at every address of the local stack in the same way: what goes wrong is set under
//! `/_faults`, and each service answers as it does when it happens there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::routing::{delete, get, post};
use axum::{Router, middleware};
use serde_json::Value;

pub(crate) use self::asked::Invalid;
use self::calls::Calls;
pub(crate) use self::calls::Count;
use self::fault::Fault;
use self::memory::Memory;
pub(crate) use self::wire::Wire;

mod asked;
mod call;
mod calls;
mod control;
mod fault;
mod meet;
mod memory;
mod refusal;
mod wire;

/// The faults of one address; a clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    wire: Wire,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they were set; the first that fits meets a call.
    faults: Vec<Fault>,
    set: u64,
    calls: Calls,
    memory: Memory,
}

impl Faults {
    pub(crate) fn new(wire: Wire) -> Self {
        Self { wire, state: Arc::default() }
    }

    /// The routes under `/_faults`.
    pub(crate) fn control(&self) -> Router {
        Router::new()
            .route("/_faults", post(control::add).get(control::list).delete(control::clear))
            .route("/_faults/{id}", delete(control::remove))
            .with_state(self.clone())
            .merge(self.seen())
    }

    /// The route of the calls alone.
    pub(crate) fn seen(&self) -> Router {
        Router::new().route("/_faults/calls", get(control::calls)).with_state(self.clone())
    }

    /// Lets the calls of these routes meet their faults.
    pub(crate) fn before(&self, routes: Router) -> Router {
        routes.layer(middleware::from_fn_with_state(self.clone(), meet::meet))
    }

    /// Sets a fault as `POST /_faults` describes it, and gives its number.
    pub(crate) fn add(&self, asked: Value) -> Result<u64, Invalid> {
        let mut state = self.state();
        let id = self.wire.first_fault() + state.set;
        let fault = Fault::new(id, self.wire, asked)?;
        state.set += 1;
        state.faults.push(fault);
        Ok(id)
    }

    /// What was set and not taken back, with how often each was met and how often it will be.
    pub(crate) fn list(&self) -> Vec<Value> {
        self.state().faults.iter().map(Fault::to_json).collect()
    }

    pub(crate) fn clear(&self) {
        self.state().faults.clear();
    }

    /// Whether there was a fault with this number to take back.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.faults.len();
        state.faults.retain(|fault| fault.id != id);
        state.faults.len() < before
    }

    /// How often each action was called, in the order of each action's first call.
    pub(crate) fn counts(&self) -> Vec<Count> {
        self.state().calls.counts()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the lists whole: each change is a single push or removal.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
