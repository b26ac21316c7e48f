//! A fault that was set: which calls it meets, how often, and what then goes wrong.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::asked::{Asked, Invalid};
use super::call::Call;
use super::refusal::Refusal;
use super::wire::Wire;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The service says no, and does nothing.
    Refused(Refusal),
    /// The connection is held, and then closed.
    NoAnswer { after: Option<Duration> },
    /// The service does what it is asked, and answers late.
    Slow { after: Duration },
    /// The connection is closed before the service hears of the call.
    CutBefore,
    /// The connection is closed when the service has done what it was asked.
    CutAfter,
    /// The answer is one that was right before.
    Stale,
    /// The answer is none.
    Garbage { canary: String },
    /// The call arrives twice.
    Twice,
}

/// A fault, and what became of it.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) id: u64,
    asked: Asked,
    /// As it was asked for, to be shown again.
    shown: Value,
    kind: Kind,
    /// How many matching calls came, met or not.
    seen: u64,
    met: u64,
    /// Calls that are held wait for the end of this.
    held: watch::Sender<()>,
}

/// What a call meets.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) kind: Kind,
    /// What the kind is called.
    pub(super) name: String,
    /// Closed when the fault is taken back.
    pub(super) held: watch::Receiver<()>,
}

impl Fault {
    pub(super) fn new(id: u64, wire: Wire, shown: Value) -> Result<Self, Invalid> {
        let asked = Asked::read(&shown, wire)?;
        let kind = asked.kind(wire)?;
        Ok(Self { id, asked, shown, kind, seen: 0, met: 0, held: watch::Sender::new(()) })
    }

    /// Whether the fault has its turn with this call. Each matching call counts, whatever else it meets, so that one
    /// fault does not depend on the others.
    pub(super) fn has_its_turn(&mut self, call: &Call) -> bool {
        if !self.matches(call) {
            return false;
        }
        self.seen += 1;
        let falls = |chance| dice(self.asked.seed.unwrap_or_default(), self.seen) < chance;
        self.left() != Some(0) && self.seen > self.asked.skip && self.asked.chance.is_none_or(falls)
    }

    /// The call meets the fault.
    pub(super) fn meet(&mut self) -> Met {
        self.met += 1;
        let name = self.shown["fault"].as_str().unwrap_or_default().to_owned();
        Met { kind: self.kind.clone(), name, held: self.held.subscribe() }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut shown = self.shown.clone();
        shown["id"] = json!(self.id);
        shown["met"] = json!(self.met);
        shown["left"] = json!(self.left());
        shown
    }

    /// How often it will still be met, if there is an end.
    fn left(&self) -> Option<u64> {
        self.asked.times.map(|times| times.saturating_sub(self.met))
    }

    fn matches(&self, call: &Call) -> bool {
        let Asked { service, action, r#where, by, .. } = &self.asked;
        let is_by = |function: &String| {
            let field = format!("Function={function}");
            call.trace().is_some_and(|trace| trace.split(';').any(|known| known == field))
        };
        service.as_ref().is_none_or(|service| *service == call.service)
            && call.is_called(action)
            && (call.is_read() || self.kind != Kind::Stale)
            && r#where.as_ref().is_none_or(|text| call.holds(text))
            && by.as_ref().is_none_or(is_by)
    }
}

/// A number below 1 that depends on the seed and the call's number alone: `SplitMix64`, read at one place.
fn dice(seed: u64, number: u64) -> f64 {
    let mut mixed = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    f64::from(u32::try_from(mixed >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_fall_as_often_as_they_should_and_the_same_again() {
        let falls = |seed| (1..=10_000).filter(|number| dice(seed, *number) < 0.3).collect::<Vec<_>>();
        assert_eq!(falls(7), falls(7));
        assert_ne!(falls(7), falls(8));
        assert!((2800..3200).contains(&falls(7).len()), "{}", falls(7).len());
    }
}
