//! What a ticket's thread tells: what we have asked, and what the customer has answered.

use std::collections::BTreeMap;

use help_desk::message::question::QUESTION;
use help_desk::zendesk::ThreadComment;
use help_desk::{Fact, Unreadable};
use shared::event::Ticket;
use shared::ids::TicketId;

/// What the customer answered to our questions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilledIn {
    /// The newest answer to each question.
    pub(crate) given: BTreeMap<Fact, String>,
    /// What cannot be meant, where nothing better was said.
    pub(crate) unreadable: BTreeMap<Fact, Unreadable>,
}

/// Reads the requester's public comments after our first question, under the labels that were asked for. A question is
/// ours only if it was written by `us`: anybody may quote one.
pub(crate) fn answers(ticket: &TicketId, us: &str, requester: &str, thread: &[ThreadComment]) -> FilledIn {
    let is_question = |comment: &ThreadComment| {
        let is_asked = |text: &str| is_question(ticket, text);
        comment.author_id == us && comment.public && (is_asked(&comment.body) || is_asked(&comment.html_body))
    };
    let mut asked: Vec<(Fact, &str)> = Vec::new();
    let mut answers = FilledIn::default();
    for comment in thread {
        if is_question(comment) {
            let labels = Fact::ALL.into_iter().filter_map(|fact| Some((fact, fact.label()?)));
            asked.extend(labels.filter(|(_, label)| comment.contains(&format!("{label}:"))));
        } else if comment.public && comment.author_id == requester {
            for (fact, said) in comment.body.lines().filter_map(|line| answer(&asked, line)) {
                match fact.read(&said) {
                    Ok(value) => {
                        answers.unreadable.remove(&fact);
                        answers.given.extend(value.map(|value| (fact, value)));
                    }
                    Err(_) if answers.given.contains_key(&fact) => {}
                    Err(unreadable) => {
                        answers.unreadable.insert(fact, unreadable);
                    }
                }
            }
        }
    }
    answers
}

/// Whether we have asked for something that this round lacks.
pub(crate) fn has_question(round: &Ticket, us: &str, thread: &[ThreadComment]) -> bool {
    let question = format!("Reference: {}/{QUESTION}", round.execution_name());
    thread.iter().any(|comment| comment.author_id == us && comment.contains(&question))
}

/// Whether the reference at the end of a comment is a question's, whichever the round:
/// `Reference: ticket-35436_2/details-0a1b2c3d.`
fn is_question(ticket: &TicketId, text: &str) -> bool {
    let Some((_, reference)) = text.rsplit_once(&format!("Reference: ticket-{ticket}")) else { return false };
    let Some((round, key)) = reference.split_once('/') else { return false };
    (round.is_empty() || round.starts_with('_')) && key.starts_with(QUESTION)
}

/// Reads a line such as `Atlas region: US_EAST_1`. Lines that an e-mail quotes are not the customer's own.
fn answer(asked: &[(Fact, &str)], line: &str) -> Option<(Fact, String)> {
    let line = line.trim().trim_start_matches(['-', '*', '•']).trim_start();
    let (label, said) = line.split_once(':')?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let (fact, _) = asked.iter().find(|(_, asked)| asked.eq_ignore_ascii_case(&label))?;
    let said = said.trim().trim_matches(['"', '\'', '`', '*']).trim();
    (!said.is_empty()).then(|| (*fact, said.to_owned()))
}

#[cfg(test)]
mod tests;
