//! What a person at the terminal is told of the weather.

use std::collections::BTreeMap;

use layout::say;

use super::party::Judged;
use super::plan::Plan;
use super::sky::Passed;

/// How many of the last lines of a history are shown.
const LAST: usize = 25;

/// What happened.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) faults: Vec<Passed>,
    pub(super) parties: Vec<Judged>,
    /// What is wrong with the stacks as a whole.
    pub(super) whole: Vec<String>,
}

impl Report {
    /// How much is wrong.
    pub(super) fn broken(&self) -> usize {
        self.whole.len() + self.parties.iter().filter(|party| !party.wrong.is_empty()).count()
    }

    /// Says it all, what is wrong at length.
    pub(super) fn print(&self, plan: &Plan) {
        for party in &self.parties {
            self.party(party);
        }
        for wrong in &self.whole {
            say(&format!("BROKEN: {wrong}"));
        }
        let mut outcomes = BTreeMap::<&str, usize>::new();
        for party in &self.parties {
            *outcomes.entry(&party.outcome).or_default() += 1;
        }
        let outcomes: Vec<_> = outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        let met = self.faults.iter().filter(|fault| fault.met > 0).count();
        let calls: u64 = self.faults.iter().map(|fault| fault.met).sum();
        let stops = self.parties.iter().filter(|party| party.stopped).count();
        say(&format!(
            "| {} | {} | {} of {} met, {calls} calls | {stops} | {} | {} |",
            plan.seed,
            self.parties.len(),
            met,
            self.faults.len(),
            outcomes.join(", "),
            self.broken()
        ));
    }

    fn party(&self, party: &Judged) {
        let rested = party.rested.map_or("never".to_owned(), |time| format!("{:.0} s", time.as_secs_f64()));
        let stopped = if party.stopped { ", stopped" } else { "" };
        let Judged { number, way, ticket, outcome, came, .. } = party;
        say(&format!(
            "{number}: ticket {ticket}, {way:?}{stopped}, from {:.0} s to {rested}: {outcome}",
            came.as_secs_f64()
        ));
        if party.trail.is_empty() {
            return;
        }
        let wrong =
            if party.wrong.is_empty() { "late".to_owned() } else { format!("BROKEN: {}", party.wrong.join(", ")) };
        say(&format!("   {wrong} ({})", party.execution));
        let of_its_time = |fault: &&Passed| {
            fault.met > 0 && fault.cloud.goes > party.came && party.rested.is_none_or(|end| fault.cloud.comes < end)
        };
        for fault in self.faults.iter().filter(of_its_time) {
            say(&format!("   fault: {}", fault.line()));
        }
        for line in party.trail.iter().skip(party.trail.len().saturating_sub(LAST)) {
            say(&format!("   history: {line}"));
        }
    }
}
