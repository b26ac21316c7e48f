//! What is wrong with a command: every fault, marked where it is, and the correction where there is one.

use maud::{Markup, html};

use super::faults;
use crate::submission::FILL_IN;
use command::{Diagnostic, Refused, is_unseen};
use intake::{Severity, Span};

/// The summary above the form.
pub(super) fn of(refused: &Refused, pasted: &str, link: &str) -> Markup {
    let (faults, notes): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        refused.diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    let kinds = faults::kinds(&faults);
    let places = kinds.iter().zip(1..).flat_map(|(kind, number)| kind.iter().map(move |fault| (number, fault.span)));
    let places: Vec<(usize, Span)> = places.filter_map(|(number, span)| span.map(|span| (number, span))).collect();
    html! {
        div #error-summary .box .bad role="alert" tabindex="-1" autofocus {
            h3 {
                "This was not accepted; nothing was created."
                @if kinds.len() > 1 { " It has " (kinds.len()) " faults." }
            }
            @for note in notes {
                p { (with_code(&note.message)) }
            }
            (faults::list(&kinds))
            @if !places.is_empty() {
                p #pasted-name { "What you sent, with the " @if places.len() > 1 { "faults" } @else { "fault" } " marked:" }
                pre #pasted tabindex="0" role="region" aria-labelledby="pasted-name" { (marked(pasted, places)) }
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

/// Up to so many characters, all that was sent is shown; of more, only what is around the faults.
const WHOLE: usize = 800;
/// So many characters are shown on either side of a fault, and of a fault that goes over more than twice as many.
const AROUND: usize = 120;

/// The text with each fault's token marked, numbered as in the list. Of tokens that overlap the first is marked.
fn marked(pasted: &str, mut places: Vec<(usize, Span)>) -> Markup {
    places.sort_by_key(|(_, span)| span.start);
    let characters: Vec<char> = pasted.chars().collect();
    let keep = |before: bool, after: bool| Keep { before, after, is_all: characters.len() <= WHOLE };
    let part = |start: usize, end: usize, keep: Keep| {
        let end = end.min(characters.len());
        shown(&characters, start.min(end), end, keep)
    };
    let mut at = 0;
    html! {
        @for (number, span) in places {
            @if span.start >= at {
                (part(at, span.start, keep(at > 0, true)))
                mark {
                    (part(span.start, span.end, keep(true, true)))
                    sup { span .unseen { " (fault " } (number) span .unseen { ") " } }
                }
                ({ at = span.end; "" })
            }
        }
        (part(at, characters.len(), keep(true, false)))
    }
}

/// What of a part stays when it is long: its beginning, its end, or both.
#[derive(Clone, Copy)]
struct Keep {
    before: bool,
    after: bool,
    is_all: bool,
}

/// The characters from `start` to `end`, with `…` for what is left out.
fn shown(characters: &[char], start: usize, end: usize, keep: Keep) -> String {
    let text =
        |start: usize, end: usize| -> String { (start..end).filter_map(|at| visible(characters.get(at..)?)).collect() };
    let kept = AROUND * (usize::from(keep.before) + usize::from(keep.after));
    if keep.is_all || end - start <= kept {
        return text(start, end);
    }
    let before = if keep.before { text(start, start + AROUND) } else { String::new() };
    let after = if keep.after { text(end - AROUND, end) } else { String::new() };
    format!("{before} … {after}")
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
