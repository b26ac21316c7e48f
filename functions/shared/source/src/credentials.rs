//! User name and password: there, replaced, and plain.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Findings};
use crate::placeholder::is_left_in;
use crate::secret_text::SecretText;

/// User name and password, once they are plain.
pub(crate) fn credentials(username: String, password: String, findings: &mut Findings) -> Option<(String, SecretText)> {
    let password = SecretText::from(password);
    if username.is_empty() || password.reveal().is_empty() {
        findings.push(no_credentials());
        return None;
    }
    for (what, text) in [("user name", username.as_str()), ("password", password.reveal())] {
        if is_left_in(text) {
            findings.push(placeholder(what));
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

/// The fault of what still has to be replaced.
pub(crate) fn placeholder(what: &str) -> Diagnostic {
    Diagnostic::new(Code::Placeholder, format!("The {what} is a placeholder that was not replaced."))
        .hint("Put in the database user's own; Atlas lists users under Database Access.")
}

/// The fault of a password that was put between the brackets.
pub(crate) fn bracketed(what: &str) -> Diagnostic {
    Diagnostic::new(Code::Bracketed, format!("The {what} stands between brackets, which belong to Atlas's placeholder."))
        .hint(
            "Leave the brackets out. If they are a part of it, percent-encode them: < is %3C, > is %3E, [ is %5B, ] is %5D, { is \
             %7B, } is %7D.",
        )
}
