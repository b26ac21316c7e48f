//! Reads the subnets of a command: separated by blanks or commas, or as a JSON list.

use crate::arguments::Given;
use crate::code::Code;
use crate::cursor::Word;
use crate::diagnostic::{Diagnostic, Findings};
use crate::rules;
use intake::Span;
use shared::ids::SubnetId;
use shared::network::Network;

/// The subnets of `--subnet-ids`, each once, in their order; none when one of them is at fault.
pub(crate) fn subnets(given: &Given, network: &Network, findings: &mut Findings) -> Vec<SubnetId> {
    let mut subnet_ids: Vec<SubnetId> = Vec::new();
    let (mut is_sound, mut is_split, mut is_duplicate) = (true, false, false);
    for word in &given.values {
        let parts = parts(word);
        if !is_split && parts.len() > 1 {
            is_split = true;
            let note = "Subnets that stand in one word were read one by one.";
            findings.push(Diagnostic::new(Code::SplitSubnets, note).at(word.span));
        }
        if word.is_faulty {
            is_sound = false;
            continue;
        }
        for (id, span) in parts {
            if findings.is_full() {
                is_sound = false;
                break;
            }
            match rules::subnet(&id, network) {
                Ok(id) if !subnet_ids.contains(&id) => subnet_ids.push(id),
                Ok(id) if !is_duplicate => {
                    is_duplicate = true;
                    let note = format!("`{id}` is named twice and counts once.");
                    findings.push(Diagnostic::new(Code::DuplicateSubnet, note).at(span));
                }
                Ok(_) => {}
                Err(fault) => {
                    is_sound = false;
                    findings.push(fault.at(span));
                }
            }
        }
    }
    if is_sound && subnet_ids.is_empty() && !given.values.is_empty() {
        let diagnostic = Diagnostic::new(Code::MissingValue, "`--subnet-ids` names no subnet.")
            .hint("Copy the command from Atlas again, to its end.")
            .label("no subnet");
        findings.push(diagnostic.at(given.span));
    }
    if is_sound { subnet_ids } else { Vec::new() }
}

/// The IDs in a word, and where each of them stands.
fn parts(word: &Word) -> Vec<(String, Span)> {
    if word.text.trim_start().starts_with('[')
        && let Ok(ids) = serde_json::from_str::<Vec<String>>(&word.text)
    {
        return ids.into_iter().map(|id| (id, word.span)).collect();
    }
    // Quotes and escapes make the pasted text longer than the word; then the whole word is marked.
    let is_plain = word.span.end - word.span.start == word.text.chars().count();
    let mut parts = Vec::new();
    let mut at = word.span.start;
    for part in word.text.split([',', ' ', '\t', '\n']) {
        let length = part.chars().count();
        if !part.is_empty() {
            let span = if is_plain { Span { start: at, end: at + length } } else { word.span };
            parts.push((part.to_owned(), span));
        }
        at += length + 1;
    }
    parts
}
