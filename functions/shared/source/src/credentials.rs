//! User name and password: there, replaced, and plain.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Findings};
use crate::secret_text::SecretText;

/// User name and password, once they are plain.
pub(crate) fn credentials(username: String, password: String, findings: &mut Findings) -> Option<(String, SecretText)> {
    let password = SecretText::from(password);
    if username.is_empty() || password.reveal().is_empty() {
        findings.push(no_credentials());
        return None;
    }
    for (what, text) in [("user name", username.as_str()), ("password", password.reveal())] {
        if is_placeholder(text) {
            findings.push(
                Diagnostic::new(Code::Placeholder, format!("The {what} is a placeholder that was not replaced."))
                    .hint("Put in the database user's own; Atlas lists users under Database Access."),
            );
            return None;
        }
        if text.contains('\0') {
            findings.push(Diagnostic::new(Code::Whitespace, format!("The {what} holds a character that cannot be.")));
            return None;
        }
    }
    Some((username, password))
}

pub(crate) fn no_credentials() -> Diagnostic {
    Diagnostic::new(Code::NoCredentials, "There is no user name, or no password.")
        .hint("Give a database user of Atlas that may read the data, as `mongodb+srv://user:password@host/`.")
}

/// `<password>`, `<db_password>`, `${PASSWORD}`, or a masked one.
fn is_placeholder(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let inner = inner.or_else(|| text.strip_prefix("${").and_then(|text| text.strip_suffix('}')));
    let is_word = |inner: &str| inner.chars().all(|ch| ch.is_ascii_alphabetic() || matches!(ch, '_' | '-' | ' '));
    inner.is_some_and(is_word) || (text.len() >= 3 && text.chars().all(|ch| ch == '*'))
}
