//! What is wrong with a command: every fault, marked where it is, and the correction where there is one.

use maud::{Markup, html};

use crate::submission::FILL_IN;
use command::{Diagnostic, Refused, is_unseen};
use intake::{Severity, Span};

/// The summary above the form.
pub(super) fn of(refused: &Refused, pasted: &str, link: &str) -> Markup {
    let (faults, notes): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        refused.diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    html! {
        div #error-summary .box .bad role="alert" tabindex="-1" autofocus {
            h3 {
                "The command was not accepted; nothing was created."
                @if faults.len() > 1 { " It has " (faults.len()) " faults." }
            }
            @for note in notes {
                p { (with_code(&note.message)) }
            }
            ol .faults {
                @for fault in &faults {
                    li { strong { (with_code(&fault.message)) } @if let Some(hint) = &fault.hint { " " (with_code(hint)) } }
                }
            }
            @if faults.iter().any(|fault| fault.span.is_some()) {
                p #pasted-name { "What you sent, with the " @if faults.len() > 1 { "faults" } @else { "fault" } " marked:" }
                pre #pasted tabindex="0" role="region" aria-labelledby="pasted-name" {
                    (marked(pasted, faults.iter().map(|fault| fault.span)))
                }
            }
            @if let Some(corrected) = &refused.corrected {
                p #corrected-name { "With what we handed out to you, it would be:" }
                pre #corrected tabindex="0" role="region" aria-labelledby="corrected-name" { (corrected) }
                form #correction-form method="post" action=(format!("{link}/command")) {
                    input type="hidden" name="command" value=(corrected);
                    button #take-over .second name=(FILL_IN) value="yes" { "Fill in the corrected command" }
                    span .hint { " It is not sent yet." }
                }
            }
        }
    }
}

/// A message with what stands in backticks set as code.
pub(super) fn with_code(message: &str) -> Markup {
    let parts: Vec<&str> = message.split('`').collect();
    html! {
        // An odd number of backticks is none of ours.
        @if parts.len().is_multiple_of(2) { (message) } @else {
            @for (number, part) in parts.iter().enumerate() {
                @if !number.is_multiple_of(2) { code { (part) } } @else { (part) }
            }
        }
    }
}

/// The text with each fault's token marked, numbered as in the list. Of tokens that overlap the first is marked.
fn marked(pasted: &str, spans: impl Iterator<Item = Option<Span>>) -> Markup {
    let mut spans: Vec<(usize, Span)> =
        spans.enumerate().filter_map(|(number, span)| span.map(|span| (number + 1, span))).collect();
    spans.sort_by_key(|(_, span)| span.start);
    let characters: Vec<char> = pasted.chars().collect();
    let part = |start: usize, end: usize| -> String {
        let end = end.min(characters.len());
        (start.min(end)..end).filter_map(|at| visible(characters.get(at..)?)).collect()
    };
    let mut at = 0;
    html! {
        @for (number, span) in spans {
            @if span.start >= at {
                (part(at, span.start))
                mark { (part(span.start, span.end)) sup { span .unseen { " (fault " } (number) span .unseen { ") " } } }
                ({ at = span.end; "" })
            }
        }
        (part(at, characters.len()))
    }
}

/// The first of these characters; one that does not show by its number.
fn visible(characters: &[char]) -> Option<String> {
    let first = *characters.first()?;
    // Browsers send every line end of a form as these two.
    if characters.starts_with(&['\r', '\n']) {
        return None;
    }
    Some(if is_unseen(first) { format!("[U+{:04X}]", u32::from(first)) } else { first.to_string() })
}
