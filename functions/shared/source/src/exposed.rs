//! Whether a text that many may read holds a password: a comment on a ticket. Nothing of it is kept or told.
//!
//! It is looked for as people write one, not as a program would: what is missed is not warned of, and what is taken for one
//! is warned of in vain.

use crate::placeholder::{Form, form};

/// What a text gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposed {
    /// A password, alone or in a connection string.
    Password,
    /// A connection string, without a password.
    ConnectionString,
}

/// The schemes of connection strings.
const SCHEMES: [&str; 2] = ["mongodb+srv://", "mongodb://"];

/// What people put before a password, the longer first.
const LABELS: [&str; 6] = ["passphrase", "password", "passwort", "passwd", "pwd", "pass"];

/// How many more words may stand behind a password on its line: with more it is a sentence.
const MOST_WORDS: usize = 3;

/// What a text gives away.
#[must_use]
pub fn exposed(text: &str) -> Option<Exposed> {
    // As JSON of some programs has it.
    let text = text.replace("\\/", "/");
    // As many bytes as before: places in it are places in the text.
    let lower = text.to_ascii_lowercase();
    let strings =
        || SCHEMES.iter().flat_map(|scheme| lower.match_indices(scheme)).map(|(at, scheme)| &text[at + scheme.len()..]);
    if strings().any(has_password) || is_labelled(&text, &lower) {
        return Some(Exposed::Password);
    }
    strings().next().map(|_| Exposed::ConnectionString)
}

/// Whether a connection string, from behind its scheme on, has a password.
fn has_password(rest: &str) -> bool {
    let string = rest.split(|ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'' | '`')).next().unwrap_or_default();
    if let Some((login, _)) = string.rsplit_once('@') {
        return login.split_once(':').is_some_and(|(_, password)| is_real(password));
    }
    // A blank in the password: what stands where a port would is none.
    let host = string.split(['/', '?', ',']).next().unwrap_or_default();
    let port = host.split_once(':').map(|(_, port)| port).unwrap_or_default();
    !port.bytes().all(|byte| byte.is_ascii_digit()) && is_real(port)
}

/// Whether something stands behind a label such as `Password:` or `--password`.
fn is_labelled(text: &str, lower: &str) -> bool {
    let labels = LABELS.iter().flat_map(|label| lower.match_indices(label));
    labels.into_iter().any(|(at, label)| {
        // `bypass: …` and `passport: …` are no labels.
        let is_apart = !lower[..at].ends_with(|ch: char| ch.is_alphanumeric());
        is_apart && is_given(&text[at + label.len()..], lower[..at].ends_with("--"))
    })
}

/// Whether what follows a label gives a password.
fn is_given(after: &str, is_flag: bool) -> bool {
    let rest = after.trim_start_matches(['"', '\'', '`', '*', '_', ' ', '\t']);
    if let Some(value) = rest.strip_prefix([':', '=']) {
        return is_value(value, false);
    }
    if is_flag && after.starts_with([' ', '\t']) {
        return is_value(after, false);
    }
    let word = rest.split_ascii_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let said = ["is", "ist", "->", "=>"].contains(&word.trim_end_matches(':')) && after.starts_with([' ', '\t']);
    said && is_value(&rest[word.len()..], !word.ends_with(':'))
}

/// Whether a text begins with a password; in a sentence only what looks like one is.
fn is_value(text: &str, in_sentence: bool) -> bool {
    // The value may stand on the next line.
    let is_margin = |ch: char| ch.is_whitespace() || matches!(ch, '*' | '_');
    let line = text.lines().map(|line| line.trim_start_matches(is_margin)).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let mut words = line.split_whitespace();
    let Some(first) = words.next() else { return false };
    let value = first.trim_matches(['"', '\'', '`', '*', ',', ';']);
    let is_quoted = first.len() > 2 && first.starts_with(['"', '\'', '`']);
    let is_mixed = value.len() > 5
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_short = words.count() <= MOST_WORDS;
    is_real(value) && (is_quoted || is_mixed || (is_short && !in_sentence && !is_word_of_sentence(value)))
}

/// A word that begins what is said of a password instead of giving it.
fn is_word_of_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', '!', '?']).to_ascii_lowercase();
    [
        "see", "as", "the", "a", "in", "on", "at", "by", "to", "not", "no", "none", "n/a", "will", "was", "it", "we",
        "you", "same", "attached", "sent", "given", "set", "changed", "reset", "rotated", "wrong", "ok", "done",
        "unknown", "tbd", "yes", "please", "how", "where", "what", "which", "can", "does", "is", "-",
    ]
    .contains(&word.as_str())
}

/// Whether it is there, and no placeholder.
fn is_real(password: &str) -> bool {
    !password.is_empty() && form(password) != Form::Placeholder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_however_people_write_it() {
        for text in [
            "mongodb+srv://app:S3cret@cluster0-pl-0.abcde.mongodb.net/",
            "Hi,\n\nMongoDB+SRV://app:p@ss@cluster0.abcde.mongodb.net\n\nThanks",
            "\"uri\": \"mongodb:\\/\\/app:hunter2@h1:27017,h2:27017\\/\"",
            "mongodb://app:two words@cluster0.abcde.mongodb.net",
            "mongodb+srv://app:<S3cretPw9>@cluster0.abcde.mongodb.net",
            "user: app\npassword: hunter2",
            "Password = hunter two",
            "**Password:** `hunter2`",
            "password:\n\n  hunter2\n",
            "the password is Tr0ub4dor&3, please use it for the user",
            "Das Passwort ist Sommer2026!",
            "mongosh \"mongodb+srv://cluster0.abcde.mongodb.net\" --username app --password hunter",
            "{\"username\": \"app\", \"password\": \"hunter\"}",
            "DB_PASS=hunter",
            "pwd: x7",
        ] {
            assert_eq!(exposed(text), Some(Exposed::Password), "{text}");
        }
    }

    #[test]
    fn a_string_without_a_password_is_one() {
        for text in [
            "mongodb+srv://cluster0-pl-0.abcde.mongodb.net",
            "It is mongodb://h1:27017,h2:27017/?replicaSet=rs0.",
            "mongodb+srv://<db_username>:<db_password>@cluster0.abcde.mongodb.net/",
            "mongodb+srv://app:****@cluster0.abcde.mongodb.net/",
            "mongodb+srv://app@cluster0.abcde.mongodb.net/",
        ] {
            assert_eq!(exposed(text), Some(Exposed::ConnectionString), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_passwords_is_none() {
        for text in [
            "",
            "Thanks!",
            "Where do I put the password?",
            "The password is wrong, I think.",
            "The password is on the page.",
            "Password: see the page",
            "Password: <password>",
            "password: ****",
            "Password: will be given on the page by Ann",
            "Password:",
            "We have reset the password.",
            "my passport: X1234567",
            "bypass: true7890",
            "aws ec2 create-vpc-endpoint --vpc-id vpc-0b1c2d3e",
        ] {
            assert_eq!(exposed(text), None, "{text}");
        }
    }
}
