//! A remark on a source, without anything that was secret in it.

use crate::code::Code;

/// One remark on the customer's source. It never quotes a user name, a password or a whole connection string; its place is
/// only ever behind the credentials.
pub type Diagnostic = intake::Diagnostic<Code>;
/// A source that was refused. A corrected string would hold the password, so none is given.
pub type Refused = intake::Refused<Code>;
/// What was found in the source so far.
pub(crate) type Findings = intake::Findings<Code>;

/// A host's or an option's name as messages show it: in backticks and cut where it is long; nothing where it does not
/// look like one, since it may then be a piece of a password.
pub(crate) fn quoted(name: &str) -> String {
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '.' | '-' | '_' | ':');
    if name.is_empty() || !name.chars().all(is_name) {
        return String::new();
    }
    let shown: String = name.chars().take(100).collect();
    let more = if name.len() > shown.len() { "…" } else { "" };
    format!(" `{shown}{more}`")
}
