//! A comment of the requester while the ticket's onboarding runs: what it says goes on the bus, and nothing of its text but
//! what was read out of a command.

mod asks;
mod own;

use time::OffsetDateTime;

use crate::reply::Reply;
use crate::{Clients, Config, bus};
use ::command::{Accepted, is_meant, read_letter};
use asks::asks_where_it_stands;
use intake::Code;
use own::own_text;
use register::Onboarding;
use shared::answer::Answer;
use shared::comment::{CommentEvent, FaultCode, Said};
use shared::event::Ticket;
use shared::ids::CommentId;
use shared::network::Network;
use shared::reference::Reference;
use shared::state::State;
use shared::target::Target;
use source::{Exposed, exposed};
use step::StepError;

/// A public comment of the requester.
#[derive(Debug)]
pub(crate) struct Comment<'a> {
    pub(crate) id: CommentId,
    pub(crate) text: &'a str,
    /// When it was written, as far as the help desk says.
    pub(crate) at: Option<OffsetDateTime>,
    /// What we have written on the ticket, which it may quote.
    pub(crate) ours: Vec<&'a str>,
}

/// Passes on what the comment says to the onboarding.
///
/// # Errors
/// When the bus is away, or when the onboarding is between two waits for what the comment brings: it will be in the next
/// one when the help desk delivers again.
pub(crate) async fn take(
    clients: &Clients,
    config: &Config,
    ticket: Ticket,
    onboarding: &Onboarding,
    comment: Comment<'_>,
) -> Result<Reply, StepError> {
    let Comment { id, text, at, ours } = comment;
    if onboarding.timeline.contains_key(&Reference::Comment(id.clone())) {
        return Ok(Reply::heard());
    }
    let facts = &onboarding.shown.facts;
    let Some(said) = said(&own_text(text, &ours), facts.network.as_ref(), facts.target) else {
        return Ok(Reply::ignored("running", "The ticket's onboarding is under way, and the comment is not about it."));
    };
    let is_command = matches!(said, Said::Command { .. } | Said::CommandRefused { .. });
    let wait = onboarding.shown.wait.as_ref().filter(|wait| wait.answer == Answer::Command);
    if is_command && wait.is_none() && onboarding.state() == State::AwaitingCommand {
        return Err(StepError::Transient("a reminder is being told, and the next wait begins in a moment".to_owned()));
    }
    let wait = wait.filter(|_| !is_older(at, onboarding)).map(|_| onboarding.shown.order.into());
    let event = CommentEvent { ticket, comment: id, wait, said };
    bus::pass_on(clients, config, &event).await?;
    Ok(Reply::heard())
}

/// What the text says, if an onboarding is to hear of it. A password first: whatever stands beside it is not taken.
fn said(text: &str, network: Option<&Network>, target: Option<Target>) -> Option<Said> {
    match exposed(text) {
        Some(Exposed::Password) => return Some(Said::Password),
        Some(Exposed::ConnectionString) if !is_meant(text) => return Some(Said::ConnectionString),
        _ => {}
    }
    if is_meant(text) {
        return Some(network.map_or_else(early, |network| command(text, network, target)));
    }
    asks_where_it_stands(text).then_some(Said::Question)
}

fn command(text: &str, network: &Network, target: Option<Target>) -> Said {
    let refused = match read_letter(text, network, target) {
        Ok(Accepted { request, .. }) => return Said::Command { request },
        Err(refused) => refused,
    };
    // What is corrected is accepted as it is.
    let corrected = refused.corrected.and_then(|corrected| ::command::read(&corrected, network, target).ok());
    let mut codes: Vec<FaultCode> = Vec::new();
    for code in refused.diagnostics.iter().map(|fault| FaultCode::cut(fault.code.as_str())) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Said::CommandRefused { codes, corrected: corrected.map(|accepted| accepted.request) }
}

/// A command before anything was handed out to compare it with. None is awaited then, which is what is told.
fn early() -> Said {
    Said::CommandRefused { codes: Vec::new(), corrected: None }
}

/// Whether an answer was taken after the comment was written: what is awaited now is something else.
fn is_older(written: Option<OffsetDateTime>, onboarding: &Onboarding) -> bool {
    let taken = onboarding.claim.as_ref().filter(|claim| claim.order < onboarding.shown.order);
    taken.zip(written).is_some_and(|(claim, written)| i128::from(claim.at) * 1_000_000 > written.unix_timestamp_nanos())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4";

    fn network() -> Network {
        let network = json!({
            "region": "us-east-1", "vpcId": "vpc-0b1c2d3e4f5a6b7c8", "subnetIds": ["subnet-0aa11bb22cc33dd44"],
        });
        serde_json::from_value(network).unwrap()
    }

    fn read(text: &str) -> Value {
        serde_json::to_value(said(text, Some(&network()), None)).unwrap()
    }

    #[test]
    fn a_command_is_read_as_the_page_reads_it() {
        let command = format!(
            "Hi,\n\nhere it is:\n\naws ec2 create-vpc-endpoint --vpc-id vpc-0b1c2d3e4f5a6b7c8 --region us-east-1 \
             --service-name {SERVICE} --vpc-endpoint-type Interface --subnet-ids subnet-0aa11bb22cc33dd44\n\nThanks,\nAnn"
        );
        let request = json!({"serviceName": SERVICE, "subnetIds": ["subnet-0aa11bb22cc33dd44"]});
        assert_eq!(read(&command), json!({"kind": "command", "request": request}));
        assert_eq!(read(&format!("Morning!\n{SERVICE}\nann")), json!({"kind": "command", "request": request}));
        let other = command.replace("vpc-0b1c2d3e4f5a6b7c8", "vpc-00000000000000000");
        let refused = json!({"kind": "command-refused", "codes": ["vpc-mismatch"], "corrected": request});
        assert_eq!(read(&other), refused);
        let early = said(&command, None, None);
        assert_eq!(early, Some(Said::CommandRefused { codes: Vec::new(), corrected: None }));
    }

    #[test]
    fn nothing_beside_a_password_is_taken_and_nothing_of_it_is_told() {
        let text = format!("{SERVICE}\nmongodb+srv://app:hunter2@c.abcde.mongodb.net");
        assert_eq!(read(&text), json!({"kind": "password"}));
        assert_eq!(read("mongodb+srv://c-pl-0.abcde.mongodb.net"), json!({"kind": "connection-string"}));
        assert_eq!(read("Where do we stand?"), json!({"kind": "question"}));
        assert_eq!(read("Thank you!"), json!(null));
    }
}
