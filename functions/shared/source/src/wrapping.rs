//! Takes the one connection string out of what people keep it in: `KEY=…`, YAML, JSON, Terraform, a whole shell command.
//!
//! A password may hold anything, also quotation marks and blanks. So a text is only cut where nothing behind the cut can
//! belong to the credentials: no `@` follows, and what follows looks like the rest of a file or a command.

use crate::beside::Beside;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::secret_text::SecretText;
use zeroize::Zeroizing;

/// The schemes of connection strings, the longer first.
const SCHEMES: [&str; 2] = ["mongodb+srv://", "mongodb://"];

/// A connection string without its wrapping.
pub(crate) struct Unwrapped {
    /// From its scheme on, which is in lower case.
    pub(crate) text: SecretText,
    /// How many characters stand before it.
    pub(crate) offset: usize,
    /// Whether anything was left out or read in another case.
    pub(crate) is_changed: bool,
    /// What the command that it stands in says about the login.
    pub(crate) beside: Beside,
}

/// The one string in a text; nothing when there is none.
pub(crate) fn unwrap(pasted: &str) -> Result<Option<Unwrapped>, Diagnostic> {
    let Some((start, scheme)) = find_scheme(pasted) else { return without_escapes(pasted) };
    let (before, rest) = pasted.split_at(start);
    let body = rest.get(scheme.len()..).unwrap_or_default();
    let margin = without_jdbc(before);
    // A link of Markdown has its address twice.
    let is_mark = |mark: &char| matches!(mark, '"' | '\'' | '`' | '<') || (*mark == '[' && body.contains("]("));
    let mark = margin.chars().next_back().filter(is_mark);
    let has_key = !margin.trim().is_empty();
    let (body, after) = match mark {
        Some(mark) => quoted(body, mark).ok_or_else(unclosed)?,
        None => bare(body, has_key),
    };
    if let Some((other, other_scheme)) = find_scheme(after) {
        let again =
            after.get(other + other_scheme.len()..).is_some_and(|rest| rest.starts_with(body)) && !body.is_empty();
        if !again {
            return Err(several());
        }
    }
    let text = SecretText::from([scheme, &plain_options(body)].concat());
    let is_changed = text.reveal() != pasted;
    let command = Zeroizing::new([margin.trim_end_matches(['"', '\'', '`', '<']), " ", after].concat());
    Ok(Some(Unwrapped {
        is_changed,
        offset: before.chars().count(),
        text,
        beside: if is_changed { Beside::read(&command) } else { Beside::default() },
    }))
}

/// The one string in JSON of programs that escape the slash.
fn without_escapes(pasted: &str) -> Result<Option<Unwrapped>, Diagnostic> {
    if !pasted.contains(":\\/\\/") {
        return Ok(None);
    }
    let plain = Zeroizing::new(pasted.replace("\\/", "/"));
    Ok(unwrap(&plain)?.map(|unwrapped| Unwrapped { is_changed: true, ..unwrapped }))
}

/// Where the first scheme begins, in any case of its letters.
fn find_scheme(text: &str) -> Option<(usize, &'static str)> {
    let separators = text.match_indices("://").map(|(at, _)| at);
    separators.into_iter().find_map(|at| {
        SCHEMES.into_iter().find_map(|scheme| {
            let start = (at + "://".len()).checked_sub(scheme.len())?;
            let found = text.get(start..at + "://".len())?;
            found.eq_ignore_ascii_case(scheme).then_some((start, scheme))
        })
    })
}

/// The string up to the mark that closes it, and what follows. With an `@` behind it the mark may be a part of the password.
fn quoted(body: &str, mark: char) -> Option<(&str, &str)> {
    let close = match mark {
        '<' => '>',
        '[' => ']',
        mark => mark,
    };
    // A placeholder in angle brackets may stand in a string in angle brackets.
    let (string, after) = if mark == '<' { body.rsplit_once(close)? } else { body.split_once(close)? };
    // A quotation mark in a text of JSON has a backslash before it.
    let is_command = !string.contains('@') && after.trim_start().starts_with('-');
    (is_command || !may_be_login(after)).then(|| (string.trim_end_matches('\\'), after))
}

/// The string up to a blank behind which something else begins, and what follows.
fn bare(body: &str, has_key: bool) -> (&str, &str) {
    let whole = (body, "");
    let Some(at) = body.find(char::is_whitespace) else { return (without_ends(body), "") };
    let (string, after) = body.split_at(at);
    let is_whole = string.contains('@') || !body.contains('@');
    let ends = find_scheme(after).is_some() || (!after.contains('@') && begins_something(after, has_key));
    // A flag may give a password with an `@`, but only to a string without any.
    let is_command = !string.contains('@') && has_key && after.trim_start().starts_with('-');
    if (is_whole && ends) || is_command { (without_ends(string), after) } else { whole }
}

/// Whether there is an `@` that may belong to the string's credentials.
fn may_be_login(after: &str) -> bool {
    find_scheme(after).is_none() && after.contains('@')
}

/// What ends a value in a list or a sentence and never a string.
fn without_ends(string: &str) -> &str {
    string.trim_end_matches([',', ';', '"', '\'', '`', ')', '}', '\\'])
}

/// Whether what follows a blank is a flag, a comment, a bracket or another key, and not the rest of the string.
fn begins_something(after: &str, has_key: bool) -> bool {
    let rest = after.trim_start();
    let mut words = rest.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_mark =
        |ch: char| !ch.is_alphanumeric() && !matches!(ch, '%' | '&' | '=' | '/' | '?' | ',' | ';' | ':' | '.');
    let is_name = |key: &str| !key.is_empty() && !key.contains(['/', '?', '&', '%', ':', ',', ';']);
    // Without a key of its own, the string may just as well be broken in the middle of its options.
    let is_key = has_key
        && (first.strip_suffix(':').is_some_and(is_name)
            || first.split_once('=').is_some_and(|(key, _)| is_name(key))
            || matches!(second, "=" | ":" | "=>"));
    // No string is broken by an empty line.
    let is_apart =
        after.split('\n').take(3).count() > 2 && after.split('\n').take(2).all(|line| line.trim().is_empty());
    rest.is_empty() || is_apart || rest.starts_with(is_mark) || is_key
}

/// The text without what Java puts before the scheme.
fn without_jdbc(before: &str) -> &str {
    let end = before.len().saturating_sub("jdbc:".len());
    match before.get(end..) {
        Some(prefix) if prefix.eq_ignore_ascii_case("jdbc:") => before.get(..end).unwrap_or_default(),
        _ => before,
    }
}

/// What JSON and HTML write for the `&` between options; a password is left as it is.
fn plain_options(body: &str) -> Zeroizing<String> {
    let (login, rest) = body.split_at(body.rfind('@').unwrap_or(0));
    Zeroizing::new([login, &rest.replace("\\u0026", "&").replace("&amp;", "&")].concat())
}

fn unclosed() -> Diagnostic {
    Diagnostic::new(Code::NotAConnectionString, "Where the string ends in the text cannot be told.")
        .hint("Give the part from `mongodb+srv://` or `mongodb://` on alone, without quotation marks.")
}

fn several() -> Diagnostic {
    Diagnostic::new(Code::SeveralStrings, "There are several connection strings in the text.")
        .hint("Give one: the string that Atlas shows for the private endpoint.")
}
