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
    let in_brackets = are_in_brackets(&given.values);
    let mut is_split = false;
    let mut all = Vec::new();
    for word in &given.values {
        let parts = parts(word, in_brackets);
        if !is_split && (parts.len() > 1 || in_brackets) {
            is_split = true;
            let note = "Subnets that stand in one word or in brackets were read one by one.";
            findings.push(Diagnostic::new(Code::SplitSubnets, note).at(word.span));
        }
        if !word.is_faulty {
            all.extend(parts);
        }
    }
    let is_sound = given.values.iter().all(|word| !word.is_faulty);
    if is_sound && all.is_empty() && !given.values.is_empty() {
        let diagnostic = Diagnostic::new(Code::MissingValue, "`--subnet-ids` names no subnet.")
            .hint("Copy the command from Atlas again, to its end.")
            .label("no subnet");
        findings.push(diagnostic.at(given.span));
    }
    let subnet_ids = handed_out(all, network, findings);
    if is_sound { subnet_ids } else { Vec::new() }
}

/// Those subnets, each once, in their order; none when one of them is at fault. However many were not handed out, they
/// are one fault.
pub(crate) fn handed_out(named: Vec<(String, Span)>, network: &Network, findings: &mut Findings) -> Vec<SubnetId> {
    let mut subnet_ids: Vec<SubnetId> = Vec::new();
    let mut foreign: Option<Diagnostic> = None;
    let (mut foreign_count, mut is_sound, mut is_duplicate) = (0_usize, true, false);
    let count = named.len();
    for (id, span) in named {
        if let Some(ours) = network.subnet_ids.iter().find(|ours| ours.as_str() == id) {
            if !subnet_ids.contains(ours) {
                subnet_ids.push(ours.clone());
            } else if !is_duplicate {
                is_duplicate = true;
                let note = format!("`{id}` is named twice and counts once.");
                findings.push(Diagnostic::new(Code::DuplicateSubnet, note).at(span));
            }
            continue;
        }
        is_sound = false;
        if foreign.is_some() {
            foreign_count += 1;
        } else if let Err(fault) = rules::subnet(&id, network) {
            let fault = fault.at(span);
            if fault.code == Code::SubnetMismatch {
                foreign_count = 1;
                foreign = Some(fault);
            } else {
                findings.push(fault);
            }
        }
    }
    if let Some(mut fault) = foreign {
        if foreign_count > 1 {
            fault.message =
                format!("{} {foreign_count} of the {count} subnets are not; this is the first.", fault.message);
        }
        findings.push(fault);
    }
    if is_sound { subnet_ids } else { Vec::new() }
}

/// `[subnet-…,subnet-…]`, also with blanks behind the commas, as programs print lists.
fn are_in_brackets(words: &[Word]) -> bool {
    let (first, last) = (words.first(), words.last());
    first.is_some_and(|word| word.text.starts_with('[')) && last.is_some_and(|word| word.text.ends_with(']'))
}

/// The IDs in a word, and where each of them stands.
fn parts(word: &Word, in_brackets: bool) -> Vec<(String, Span)> {
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
        let id = if in_brackets { part.trim_matches(['[', ']', '"', '\'']) } else { part };
        if !id.is_empty() {
            let span = if is_plain { Span { start: at, end: at + length } } else { word.span };
            parts.push((id.to_owned(), span));
        }
        at += length + 1;
    }
    parts
}
