//! What the step reports: the layers that passed, the one that did not, and what to do about it.

use std::collections::BTreeMap;
use std::time::Duration;

use shared::verification::{Layer, LayerReport, Verdict, Verification};
use source::Host;
use step::outside::excerpt;

const LAYERS: [Layer; 5] = [Layer::Dns, Layer::Ownership, Layer::Tcp, Layer::Tls, Layer::Mongodb];

/// How long a text may be, since servers that are not ours have a say in it. A list of hosts fits in.
const LONGEST: usize = 2000;

/// Why a layer failed.
#[derive(Debug)]
pub(crate) struct Stop {
    verdict: Verdict,
    evidence: String,
    problem: String,
    next_step: String,
    for_support: Option<String>,
}

impl Stop {
    pub(crate) fn not_yet(
        evidence: impl Into<String>,
        problem: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::NotYet,
            evidence: evidence.into(),
            problem: problem.into(),
            next_step: next_step.into(),
            for_support: None,
        }
    }

    pub(crate) fn ask_again(
        evidence: impl Into<String>,
        problem: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::AskAgain, ..Self::not_yet(evidence, problem, next_step) }
    }

    /// The support engineer gets a note: it is ours to mend.
    pub(crate) fn for_support(self, note: String) -> Self {
        Self { for_support: Some(note), ..self }
    }

    /// Something took longer than it may.
    pub(crate) fn slow(what: &str, limit: Duration) -> Self {
        Self::not_yet(
            format!("no answer within {} s: {what}", limit.as_secs()),
            format!("There was no answer within {} seconds from {what}.", limit.as_secs()),
            "Nothing yet: it is tried again. If it stays so, check in Atlas that the cluster is running and not paused.",
        )
    }

    /// The same for members that only the set itself names.
    pub(crate) fn of_members(self, hosts: &[Host]) -> Self {
        let hosts = by_name(hosts.iter().map(|host| (host, String::new())));
        Self {
            evidence: format!("the member {hosts}, which the set names: {}", self.evidence),
            problem: format!("The replica set names the member {hosts}. {}", self.problem),
            ..self
        }
    }
}

/// Collects the layers that passed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    layers: Vec<LayerReport>,
}

impl Report {
    /// The next layer passed.
    pub(crate) fn pass(&mut self, evidence: &str) {
        self.layers.extend(LAYERS.get(self.layers.len()).map(|name| LayerReport {
            name: *name,
            passed: true,
            evidence: excerpt(evidence, LONGEST),
        }));
    }

    pub(crate) fn finish(mut self, result: Result<(), Stop>) -> Verification {
        match result {
            Ok(()) => Verification {
                verdict: Verdict::Connected,
                layers: self.layers,
                problem: None,
                next_step: None,
                for_support: None,
            },
            Err(stop) => {
                let failed = LAYERS.get(self.layers.len()).copied().unwrap_or(Layer::Mongodb);
                let evidence = excerpt(&stop.evidence, LONGEST);
                self.layers.push(LayerReport { name: failed, passed: false, evidence });
                Verification {
                    verdict: stop.verdict,
                    layers: self.layers,
                    problem: Some(excerpt(&stop.problem, LONGEST)),
                    next_step: Some(excerpt(&stop.next_step, LONGEST)),
                    for_support: stop.for_support.map(|note| excerpt(&note, LONGEST)),
                }
            }
        }
    }
}

/// Every result, or the failure that matters most: one that the customer must mend comes before one that time mends.
pub(crate) fn all<T>(results: impl IntoIterator<Item = Result<T, Stop>>) -> Result<Vec<T>, Stop> {
    let (mut passed, mut worst) = (Vec::new(), None::<Stop>);
    for result in results {
        match result {
            Ok(value) => passed.push(value),
            Err(stop) => {
                let replaces = worst
                    .as_ref()
                    .is_none_or(|worst| worst.verdict == Verdict::NotYet && stop.verdict == Verdict::AskAgain);
                if replaces {
                    worst = Some(stop);
                }
            }
        }
    }
    worst.map_or(Ok(passed), Err)
}

/// What was seen of hosts, with the ports together of which the same is true: behind an endpoint one host has many.
pub(crate) fn by_name<'a>(seen: impl Iterator<Item = (&'a Host, String)>) -> String {
    let mut ports: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for (host, what) in seen {
        ports.entry((&host.name, what)).or_default().push(host.port.to_string());
    }
    let seen = ports.iter().map(|((name, what), ports)| format!("{name}:{}{what}", ports.join(",")));
    seen.collect::<Vec<_>>().join("; ")
}
