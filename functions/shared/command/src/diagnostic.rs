//! A remark on a command, and how it quotes a token.

use crate::code::Code;

/// One remark on the pasted text.
pub type Diagnostic = intake::Diagnostic<Code>;
/// A command that was refused.
pub type Refused = intake::Refused<Code>;
/// What was found in the pasted text so far.
pub(crate) type Findings = intake::Findings<Code>;

/// A token as messages show it: in backticks, without characters that do not show, cut where it is long.
pub(crate) fn quoted(token: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String =
        token.chars().take(LONGEST).map(|ch| if ch.is_control() { '\u{fffd}' } else { ch }).collect();
    if token.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    if shown.contains('`') { format!("“{shown}”") } else { format!("`{shown}`") }
}
