//! A list of faults that is never a wall: those of one kind are one entry with how many there are, the first kinds are
//! shown, and the others lie behind a click.

use std::fmt::Display;

use maud::{Markup, html};

use super::diagnosis::with_code;
use intake::{Code, Diagnostic};

/// How many kinds are shown at once. Who has more to mend begins with these.
const SHOWN: usize = 3;

/// The faults of one kind, the first one first.
pub(super) type Kind<'a, C> = Vec<&'a Diagnostic<C>>;

/// The faults by their kinds, in the order of the first ones.
pub(super) fn kinds<'a, C: Code>(faults: &[&'a Diagnostic<C>]) -> Vec<Kind<'a, C>> {
    let mut kinds: Vec<Kind<'a, C>> = Vec::new();
    for fault in faults {
        match kinds.iter_mut().find(|kind| kind.iter().any(|other| other.code.as_str() == fault.code.as_str())) {
            Some(kind) => kind.push(fault),
            None => kinds.push(vec![fault]),
        }
    }
    kinds
}

/// The list, numbered by kinds.
pub(super) fn list<C: Code>(kinds: &[Kind<'_, C>]) -> Markup {
    let (shown, others) = kinds.split_at(kinds.len().min(SHOWN));
    html! {
        ol .faults { @for kind in shown { (entry(kind)) } }
        @if !others.is_empty() {
            details #other-faults {
                summary { (counted(others.len(), "other fault")) }
                ol .faults start=(SHOWN + 1) { @for kind in others { (entry(kind)) } }
            }
        }
    }
}

fn entry<C: Code>(kind: &Kind<'_, C>) -> Markup {
    let Some((first, others)) = kind.split_first() else { return html! {} };
    html! {
        li {
            strong { (with_code(&first.message)) }
            @if let Some(hint) = &first.hint { " " (with_code(hint)) }
            @if !others.is_empty() {
                details {
                    summary { (others.len()) " more of this kind" }
                    ul { @for other in others { li { (with_code(&other.message)) } } }
                }
            }
        }
    }
}

/// `1 other fault`, `2 other faults`.
fn counted(number: usize, what: impl Display) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
