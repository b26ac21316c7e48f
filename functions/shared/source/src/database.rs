//! The database's name.

use crate::code::Code;
use crate::diagnostic::Diagnostic;

/// The name of a database as drivers take it.
pub(crate) fn database(name: String) -> Result<Option<String>, Diagnostic> {
    if name.contains(['/', '\\', ' ', '"', '$', '\0']) || name.len() > 63 {
        return Err(Diagnostic::new(Code::MalformedDatabase, "The database's name is not one that MongoDB takes.")
            .hint("It has at most 63 bytes and no blank, quotation mark, dollar sign, slash or backslash."));
    }
    Ok(Some(name).filter(|name| !name.is_empty()))
}
