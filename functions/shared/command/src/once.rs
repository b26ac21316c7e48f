//! Tells faults of one kind once, with how many there are: a wall of faults that are alike hides the others.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, quoted};
use intake::{MOST, Span};

/// How many tokens are named beside the first.
const MOST_NAMED: usize = 4;

/// One fault for each kind, in the order of the first ones. `pasted` is the text that the places are of.
pub(crate) fn each(faults: Vec<Diagnostic>, pasted: &str) -> Vec<Diagnostic> {
    let is_all = faults.len() < MOST;
    let mut kinds: Vec<(Diagnostic, Vec<Span>, usize)> = Vec::new();
    for fault in faults {
        if let Some((_, others, count)) = kinds.iter_mut().find(|(first, ..)| first.code == fault.code) {
            others.extend(fault.span);
            *count += 1;
        } else {
            kinds.push((fault, Vec::new(), 1));
        }
    }
    let told = |(mut first, others, count): (Diagnostic, Vec<Span>, usize)| {
        if count > 1 {
            let count = if is_all { count.to_string() } else { format!("at least {count}") };
            let message = &first.message;
            first.message = match also(first.code, &others, pasted) {
                Some(also) => format!("{message} The same goes for {also}: {count} in all."),
                None => format!("{message} It is the first of {count} such faults."),
            };
        }
        first
    };
    kinds.into_iter().map(told).collect()
}

/// The other tokens, where a message names its own; a line that is not understood is never repeated.
fn also(code: Code, others: &[Span], pasted: &str) -> Option<String> {
    let names_token = matches!(
        code,
        Code::UnknownFlag
            | Code::AbbreviatedFlag
            | Code::RefusedFlag
            | Code::RepeatedFlag
            | Code::MissingValue
            | Code::StrayWord
            | Code::BrokenLine
            | Code::Placeholder
            | Code::LookAlike
            | Code::SubnetMismatch
            | Code::VpcMismatch
    );
    if !names_token || others.is_empty() {
        return None;
    }
    let token = |span: &Span| -> String { pasted.chars().skip(span.start).take(span.end - span.start).collect() };
    let mut named: Vec<String> = others.iter().take(MOST_NAMED).map(|span| quoted(&token(span))).collect();
    if others.len() > MOST_NAMED {
        named.push(format!("{} more", others.len() - MOST_NAMED));
    }
    let last = named.pop()?;
    Some(if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) })
}
