//! A cell of the matrix: a state, a call that it makes, and what goes wrong with it.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Too many calls, for longer than retries last.
    Throttled,
    /// The other side is broken, for longer than retries last.
    Broken,
    /// A permission is missing, for longer than retries last.
    Denied,
    /// A refusal that names something else, once.
    Refused,
    /// No answer comes, for longer than retries last.
    NoAnswer,
    /// The answer comes late, once.
    Slow,
    /// The connection is cut before anything happened, once.
    CutBefore,
    /// It happened, and the answer is lost, once.
    CutAfter,
    /// The answer is that of before, once.
    Stale,
    /// The answer cannot be read, once.
    Garbage,
    /// The call arrives twice, once.
    Twice,
    /// The function is killed while it works, once.
    Killed,
    /// The function is killed when it is done, once.
    KilledAfter,
    /// The function runs out of memory, once.
    OutOfMemory,
    /// The function was idle for weeks, and fails once.
    Inactive,
}

use Fault::{
    Broken, CutAfter, CutBefore, Denied, Garbage, Inactive, Killed, KilledAfter, NoAnswer, OutOfMemory, Refused, Slow,
    Stale, Throttled, Twice,
};

/// The faults of a call over a wire.
const AT_THE_WIRE: [Fault; 11] =
    [Throttled, Broken, Denied, Refused, NoAnswer, Slow, CutBefore, CutAfter, Stale, Garbage, Twice];
/// The faults of a function itself.
const OF_A_FUNCTION: [Fault; 5] = [Killed, KilledAfter, OutOfMemory, Inactive, Twice];
/// The faults of what Step Functions does itself.
const INSIDE: [Fault; 4] = [Throttled, Broken, Denied, CutAfter];

impl Fault {
    /// The name in the table, and of the counterparts' switch.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Throttled => "throttled",
            Broken => "broken",
            Denied => "denied",
            Refused => "refused",
            NoAnswer => "no-answer",
            Slow => "slow",
            CutBefore => "cut-before",
            CutAfter => "cut-after",
            Stale => "stale",
            Garbage => "garbage",
            Twice => "twice",
            Killed => "killed",
            KilledAfter => "killed-after",
            OutOfMemory => "out-of-memory",
            Inactive => "inactive",
        }
    }

    /// Whether it stays until it is cleared.
    pub(crate) fn lasts(self) -> bool {
        matches!(self, Throttled | Broken | Denied | NoAnswer)
    }
}

/// A call of a state, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// AWS's name of the service, `help-desk`, `lambda` for the function itself or `inside` for what Step Functions does.
    pub(crate) service: String,
    /// The service's own name of the action; the function's name for `lambda`.
    pub(crate) action: String,
}

impl Call {
    /// What can go wrong with it.
    pub(crate) fn faults(&self) -> &'static [Fault] {
        match self.service.as_str() {
            "lambda" => &OF_A_FUNCTION,
            "inside" => &INSIDE,
            _ => &AT_THE_WIRE,
        }
    }

    /// Whether the fault means anything here: only an answer that was asked for can be one of before.
    pub(crate) fn meets(&self, fault: Fault) -> bool {
        fault != Stale || ["Describe", "Get", "GET", "List"].iter().any(|read| self.action.starts_with(read))
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) state: String,
    pub(crate) call: Call,
    pub(crate) fault: Fault,
}

impl Cell {
    /// The switch that makes the fault, for the calls that hold the `mark`.
    pub(crate) fn switch(&self, mark: &str, canary: &str) -> Value {
        let mut switch = json!({
            "service": self.call.service,
            "action": self.call.action,
            "fault": self.fault.name(),
            "where": mark,
        });
        if !self.fault.lasts() {
            switch["times"] = json!(1);
        }
        // Functions that are in no state, whose calls may be about what states call about too.
        let is_outside = !self.state.contains(' ') && !["lambda", "inside", "help-desk"].contains(&&*self.call.service);
        if is_outside {
            switch["by"] = json!(self.state);
        }
        match self.fault {
            Refused if self.call.service == "help-desk" => switch["status"] = json!(422),
            Refused => switch["code"] = json!("ValidationException"),
            Slow => switch["seconds"] = json!(2),
            Garbage => switch["canary"] = json!(canary),
            _ => {}
        }
        switch
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {} {} / {}", self.state, self.call.service, self.call.action, self.fault.name())
    }
}

impl FromStr for Cell {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(" / ");
        let mut next = || parts.next().with_context(|| format!("\"{text}\" is not STATE / CALL / FAULT"));
        let (state, call, fault) = (next()?, next()?, next()?);
        let (service, action) = call.split_once(' ').with_context(|| format!("\"{call}\" is not SERVICE ACTION"))?;
        let call = Call { service: service.to_owned(), action: action.to_owned() };
        let known = call.faults().iter().find(|known| known.name() == fault);
        let fault = *known.with_context(|| format!("there is no fault \"{fault}\" of {service}"))?;
        Ok(Self { state: state.to_owned(), call, fault })
    }
}
