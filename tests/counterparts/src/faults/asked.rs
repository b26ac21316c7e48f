//! A fault as it is asked for, and that nothing is asked for that has no meaning.

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::call::is_read;
use super::fault::Kind;
use super::refusal::{Refusal, Sort};
use super::wire::Wire;

/// Longer than anything waits.
const LONGEST: f64 = 3600.0;

/// What cannot be set, in words for who tried.
#[derive(Debug)]
pub(crate) struct Invalid(String);

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The body of `POST /_faults`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) service: Option<String>,
    pub(super) action: String,
    fault: Name,
    pub(super) times: Option<u64>,
    /// How many matching calls are let through first.
    #[serde(default)]
    pub(super) skip: u64,
    pub(super) r#where: Option<String>,
    /// The function that calls, as the trace says.
    pub(super) by: Option<String>,
    pub(super) chance: Option<f64>,
    pub(super) seed: Option<u64>,
    seconds: Option<f64>,
    code: Option<String>,
    status: Option<u16>,
    message: Option<String>,
    retry_after: Option<u32>,
    canary: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Throttled,
    Broken,
    Denied,
    Refused,
    NoAnswer,
    Slow,
    CutBefore,
    CutAfter,
    Stale,
    Garbage,
    Twice,
}

impl Asked {
    pub(super) fn read(asked: &Value, wire: Wire) -> Result<Self, Invalid> {
        let asked = Self::deserialize(asked).map_err(|error| Invalid(error.to_string()))?;
        wire.check(asked.service.as_deref(), &asked.action).map_err(Invalid)?;
        check(asked.times != Some(0), "`times` is at least 1; without it, the fault stays until it is taken back")?;
        check(asked.chance.is_none_or(|chance| chance > 0.0 && chance <= 1.0), "`chance` is above 0 and at most 1")?;
        check(asked.chance.is_some() || asked.seed.is_none(), "`seed` goes with a `chance`")?;
        Ok(asked)
    }

    /// What goes wrong.
    pub(super) fn kind(&self, wire: Wire) -> Result<Kind, Invalid> {
        use Name::{Broken, CutAfter, CutBefore, Denied, Garbage, NoAnswer, Refused, Slow, Stale, Throttled, Twice};
        let name = self.fault;
        let is_said = matches!(name, Broken | Denied | Refused | Throttled);
        let says = self.code.is_some() || self.status.is_some() || self.message.is_some() || self.retry_after.is_some();
        check(is_said || !says, "`code`, `status`, `message` and `retryAfter` go with what a service says itself")?;
        check(matches!(name, NoAnswer | Slow) || self.seconds.is_none(), "`seconds` goes with no-answer and slow")?;
        check(name == Garbage || self.canary.is_none(), "`canary` goes with garbage")?;
        let after = self.seconds.map(duration).transpose()?;
        Ok(match name {
            Throttled => self.refusal(Sort::Throttled, wire)?,
            Broken => self.refusal(Sort::Broken, wire)?,
            Denied => self.refusal(Sort::Denied, wire)?,
            Refused => self.refusal(Sort::Refused, wire)?,
            NoAnswer => Kind::NoAnswer { after },
            Slow => Kind::Slow { after: wanted(after, "slow wants `seconds`")? },
            CutBefore => Kind::CutBefore,
            CutAfter => Kind::CutAfter,
            Stale => {
                check(is_read(&self.action), "only an action that reads can be stale")?;
                Kind::Stale
            }
            Garbage => Kind::Garbage { canary: wanted(self.canary.clone(), "garbage wants a `canary`")? },
            Twice => Kind::Twice,
        })
    }

    fn refusal(&self, sort: Sort, wire: Wire) -> Result<Kind, Invalid> {
        let is_told = self.code.is_some() || (wire == Wire::HelpDesk && self.status.is_some());
        check(
            sort != Sort::Refused || is_told,
            "refused wants the `code` of the error, at the help desk its `status`",
        )?;
        let least = if sort == Sort::Broken { 500 } else { 400 };
        let status = self.status.map(|status| {
            let status = StatusCode::from_u16(status).ok().filter(|_| (least..600).contains(&status));
            wanted(status, &format!("`status` is from {least} to 599"))
        });
        let (code, message) = (self.code.clone(), self.message.clone());
        Ok(Kind::Refused(Refusal { sort, code, status: status.transpose()?, message, retry_after: self.retry_after }))
    }
}

fn check(holds: bool, otherwise: &str) -> Result<(), Invalid> {
    if holds { Ok(()) } else { Err(Invalid(otherwise.to_owned())) }
}

fn wanted<T>(given: Option<T>, otherwise: &str) -> Result<T, Invalid> {
    given.ok_or_else(|| Invalid(otherwise.to_owned()))
}

fn duration(seconds: f64) -> Result<Duration, Invalid> {
    let bounded = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= LONGEST);
    wanted(bounded, &format!("`seconds` is from 0 to {LONGEST}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_meaning_is_refused_in_words() {
        let said = |wire, asked| Asked::read(&asked, wire).and_then(|asked| asked.kind(wire)).unwrap_err().to_string();
        for (asked, expected) in [
            (json!({"action": "X", "fault": "slow"}), "slow wants `seconds`"),
            (json!({"action": "X", "fault": "slow", "seconds": -1}), "`seconds` is from 0 to 3600"),
            (json!({"action": "X", "fault": "twice", "seconds": 1}), "`seconds` goes with no-answer and slow"),
            (json!({"action": "X", "fault": "garbage"}), "garbage wants a `canary`"),
            (json!({"action": "X", "fault": "twice", "canary": "c"}), "`canary` goes with garbage"),
            (
                json!({"action": "X", "fault": "twice", "code": "c"}),
                "`code`, `status`, `message` and `retryAfter` go with what a service says itself",
            ),
            (
                json!({"action": "X", "fault": "refused", "status": 400}),
                "refused wants the `code` of the error, at the help desk its `status`",
            ),
            (json!({"action": "X", "fault": "broken", "status": 404}), "`status` is from 500 to 599"),
            (json!({"action": "X", "fault": "denied", "status": 200}), "`status` is from 400 to 599"),
            (json!({"action": "CreateVpc", "fault": "stale"}), "only an action that reads can be stale"),
            (
                json!({"action": "X", "fault": "twice", "times": 0}),
                "`times` is at least 1; without it, the fault stays until it is taken back",
            ),
            (json!({"action": "X", "fault": "twice", "chance": 2}), "`chance` is above 0 and at most 1"),
            (json!({"action": "X", "fault": "twice", "seed": 2}), "`seed` goes with a `chance`"),
            (json!({"action": "", "fault": "twice"}), "`action` is the name of an action, or *"),
            (json!({"service": "sqs", "action": "X", "fault": "twice"}), "here is ec2 and no other `service`"),
        ] {
            assert_eq!(said(Wire::Ec2, asked.clone()), expected, "{asked}");
        }
        assert!(said(Wire::Ec2, json!({"action": "X", "fault": "cut"})).starts_with("unknown variant `cut`, expected"));
        assert!(said(Wire::Ec2, json!({"action": "X", "fault": "twice", "x": 1})).starts_with("unknown field `x`"));
        let method = json!({"action": "tickets", "fault": "twice"});
        assert_eq!(said(Wire::Atlas, method), "`action` is a method, a method and a path, or *");
        let nowhere = json!({"action": "X", "fault": "twice"});
        assert_eq!(said(Wire::Aws, nowhere), "`service` is AWS's signing name, such as secretsmanager or states");
    }
}
