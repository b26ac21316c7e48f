//! What a ticket's thread tells: how far its onboardings have come, and what the customer has answered.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use help_desk::Fact;
use help_desk::message::ENDS;
use help_desk::message::question::QUESTION;
use help_desk::zendesk::ThreadComment;
use shared::event::Ticket;
use shared::ids::TicketId;

/// The longest answer that is read, in bytes; longer ones are no region.
const ANSWER_LIMIT: usize = 60;

/// How far a ticket's onboardings have come.
#[derive(Debug)]
pub(crate) enum Standing<'a> {
    /// This round is not under way yet.
    Ahead(Ticket),
    /// An onboarding is under way.
    Running,
    /// The last one has ended as `key` says, with this comment; another would be this round.
    Ended { key: &'a str, last: &'a ThreadComment, next: Ticket },
}

/// Reads the references in the thread. The requester's comments are not asked: they may quote ours.
pub(crate) fn standing<'a>(ticket: &TicketId, requester: &str, thread: &'a [ThreadComment]) -> Standing<'a> {
    let round_of = |round| Ticket { id: ticket.clone(), round };
    let ours = thread.iter().filter(|comment| comment.author_id != requester);
    let references: Vec<(NonZeroU32, &str, &ThreadComment)> = ours
        .filter_map(|comment| {
            let (round, key) = reference(ticket, &comment.body).or_else(|| reference(ticket, &comment.html_body))?;
            Some((round, key, comment))
        })
        .collect();
    let Some(latest) = references.iter().map(|(round, ..)| *round).max() else {
        return Standing::Ahead(round_of(NonZeroU32::MIN));
    };
    let of_latest = || references.iter().filter(|(round, ..)| *round == latest);
    if let Some((_, key, last)) = of_latest().find(|(_, key, _)| ENDS.contains(key)) {
        Standing::Ended { key, last, next: round_of(latest.saturating_add(1)) }
    } else if of_latest().all(|(_, key, _)| key.starts_with(QUESTION)) {
        Standing::Ahead(round_of(latest))
    } else {
        Standing::Running
    }
}

/// The round and the key of the reference at the end of a comment.
fn reference<'a>(ticket: &TicketId, text: &'a str) -> Option<(NonZeroU32, &'a str)> {
    let (_, reference) = text.rsplit_once(&format!("Reference: ticket-{ticket}"))?;
    let (round, rest) = reference.split_once('/')?;
    let round = match round.strip_prefix('-') {
        Some(round) => round.parse().ok()?,
        None if round.is_empty() => NonZeroU32::MIN,
        None => return None,
    };
    Some((round, rest.split_once('.')?.0))
}

/// What the customer answered to our questions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilledIn {
    /// The newest answer to each question.
    pub(crate) given: BTreeMap<Fact, String>,
    /// What cannot be meant, where nothing better was said.
    pub(crate) unreadable: BTreeMap<Fact, String>,
}

/// Reads the requester's public comments after our first question, under the labels that were asked for.
pub(crate) fn answers(ticket: &TicketId, requester: &str, thread: &[ThreadComment]) -> FilledIn {
    let is_question = |comment: &ThreadComment| {
        comment.author_id != requester
            && comment.public
            && reference(ticket, &comment.body)
                .or_else(|| reference(ticket, &comment.html_body))
                .is_some_and(|(_, key)| key.starts_with(QUESTION))
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
                    Some(value) => {
                        answers.unreadable.remove(&fact);
                        answers.given.insert(fact, value);
                    }
                    None if answers.given.contains_key(&fact) => {}
                    None => {
                        answers.unreadable.insert(fact, said);
                    }
                }
            }
        }
    }
    answers
}

/// Reads a line such as `Atlas region: US_EAST_1`. Lines that an e-mail quotes are not the customer's own.
fn answer(asked: &[(Fact, &str)], line: &str) -> Option<(Fact, String)> {
    let line = line.trim().trim_start_matches(['-', '*', '•']).trim_start();
    let (label, said) = line.split_once(':')?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let (fact, _) = asked.iter().find(|(_, asked)| asked.eq_ignore_ascii_case(&label))?;
    let said = said.trim().trim_matches(['"', '\'', '`', '*']).trim();
    (!said.is_empty() && said.len() <= ANSWER_LIMIT).then(|| (*fact, said.to_owned()))
}

#[cfg(test)]
mod tests;
