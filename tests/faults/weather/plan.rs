//! What a seed decides: who comes when, what goes wrong when, and when somebody stops an execution or deploys.

use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::people::Way;

/// An onboarding to come.
#[derive(Debug, PartialEq)]
pub(super) struct Planned {
    pub(super) way: Way,
    /// When its ticket is filed.
    pub(super) comes: Duration,
    /// When somebody stops its execution.
    pub(super) is_stopped: Option<Duration>,
    /// Whether somebody stops its first closing.
    pub(super) closing_is_stopped: bool,
}

/// A fault to come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cloud {
    pub(super) comes: Duration,
    pub(super) goes: Duration,
    /// As the switch takes it.
    pub(super) fault: Value,
}

/// All that is decided.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) length: Duration,
    pub(super) onboardings: Vec<Planned>,
    pub(super) clouds: Vec<Cloud>,
    pub(super) deploys: Duration,
}

/// Every way is walked before one is walked again; the first are the more likely ones to be many.
const WAYS: [Way; 11] = [
    Way::Connected,
    Way::Mistaken,
    Way::Tagged,
    Way::Cancelled,
    Way::Expired,
    Way::Again,
    Way::Federated,
    Way::Declined,
    Way::Regretted,
    Way::Failed,
    Way::Withdrawn,
];

/// Services with their actions; `*` is any.
const SERVICES: [(&str, &[&str]); 10] = [
    ("help-desk", &["*"]),
    (
        "ec2",
        &["*", "CreateVpcEndpoint", "DescribeVpcEndpoints", "DeleteVpcEndpoints", "CreateSecurityGroup", "CreateVpc"],
    ),
    ("secretsmanager", &["*", "GetSecretValue", "PutSecretValue"]),
    ("dynamodb", &["*", "GetItem", "UpdateItem"]),
    ("sqs", &["*"]),
    ("states", &["*", "SendTaskSuccess", "DescribeExecution", "StartExecution"]),
    ("events", &["*"]),
    ("atlas", &["*"]),
    ("mongodb", &["*"]),
    ("inside", &["events:putEvents", "states:startExecution"]),
];

const AT_THE_WIRE: [&str; 8] =
    ["throttled", "broken", "denied", "no-answer", "slow", "cut-before", "cut-after", "garbage"];
const INSIDE: [&str; 4] = ["throttled", "broken", "denied", "cut-after"];

const FUNCTIONS: [&str; 15] = [
    "await-answer",
    "check-eligibility",
    "check-endpoint",
    "clean-up",
    "create-endpoint",
    "customer-portal",
    "ensure-network",
    "mark-closing",
    "open-record",
    "receive-ticket",
    "reply-ticket",
    "start-closing",
    "start-onboarding",
    "tell",
    "verify-source",
];
const OF_A_FUNCTION: [&str; 5] = ["killed", "killed-after", "out-of-memory", "inactive", "twice"];

/// On average one fault begins so often, and functions are killed so often.
const BETWEEN_CLOUDS: f64 = 4.0;
const BETWEEN_KILLS: f64 = 2.0;

impl Plan {
    pub(super) fn new(seed: u64, length: Duration, onboardings: usize) -> Self {
        let mut dice = Dice::new(seed);
        let whole = length.as_secs_f64();
        let offset = usize::try_from(seed).unwrap_or_default();
        let onboardings = (0..onboardings).map(|number| {
            // Early, so that the weather meets all of the way.
            let comes = Duration::from_secs_f64(dice.from(0.0, 0.7 * whole));
            // The dice fall the same number of times whatever they say.
            let (is_stopped, after) = (dice.falls(0.3), Duration::from_secs_f64(dice.from(1.0, 30.0)));
            Planned {
                way: WAYS[(number + offset) % WAYS.len()],
                comes,
                is_stopped: is_stopped.then_some(comes + after),
                closing_is_stopped: dice.falls(0.3),
            }
        });
        let onboardings = onboardings.collect();
        let mut clouds = Vec::new();
        let mut time = 0.0;
        while time < whole {
            clouds.push(cloud(&mut dice, time, whole, clouds.len(), seed));
            time += dice.from(0.0, 2.0 * BETWEEN_CLOUDS);
        }
        time = 0.0;
        while time < whole {
            clouds.push(kill(&mut dice, time, whole));
            time += dice.from(0.0, 2.0 * BETWEEN_KILLS);
        }
        let deploys = Duration::from_secs_f64(dice.from(0.3, 0.7) * whole);
        Self { seed, length, onboardings, clouds, deploys }
    }
}

/// What the functions' calls hold, and those of people and tests do not.
fn r#where(service: &str) -> Option<String> {
    match service {
        "help-desk" => Some(BASE64.encode(b"causeway@example.com/token:local")),
        "atlas" => None,
        _ => Some("Function=".to_owned()),
    }
}

fn cloud(dice: &mut Dice, comes: f64, whole: f64, number: usize, seed: u64) -> Cloud {
    let (service, actions) = *dice.pick(&SERVICES);
    let kinds: &[&str] = if service == "inside" { &INSIDE } else { &AT_THE_WIRE };
    let (action, kind) = (*dice.pick(actions), *dice.pick(kinds));
    let mut fault = json!({"service": service, "action": action, "fault": kind});
    let (flickers, chance, roll) = (dice.falls(0.6), dice.from(0.2, 0.7), dice.number());
    if service != "inside" {
        if let Some(text) = r#where(service) {
            fault["where"] = json!(text);
        }
        if flickers {
            fault["chance"] = json!(chance);
            fault["seed"] = json!(roll);
        }
        match kind {
            "slow" => fault["seconds"] = json!(2),
            "garbage" => fault["canary"] = json!(format!("{CANARY}-{seed}-{number}-sings")),
            _ => {}
        }
    }
    let goes = (comes + dice.from(5.0, 40.0)).min(whole);
    Cloud { comes: Duration::from_secs_f64(comes), goes: Duration::from_secs_f64(goes), fault }
}

/// What every answer begins with that nobody can read.
pub(super) const CANARY: &str = "canary-of-the-weather";

fn kill(dice: &mut Dice, comes: f64, whole: f64) -> Cloud {
    let mut fault = json!({
        "service": "lambda",
        "action": dice.pick(&FUNCTIONS),
        "fault": dice.pick(&OF_A_FUNCTION),
        "times": 1 + dice.number() % 4,
    });
    let seconds = dice.from(0.01, 0.3);
    if fault["fault"] == "killed" {
        fault["seconds"] = json!(seconds);
    }
    let goes = (comes + dice.from(5.0, 20.0)).min(whole);
    Cloud { comes: Duration::from_secs_f64(comes), goes: Duration::from_secs_f64(goes), fault }
}
