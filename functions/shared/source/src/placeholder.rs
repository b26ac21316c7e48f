//! Tells a placeholder that was left in from a password that was put between the placeholder's brackets.
//!
//! What is neither is a password, however odd: it is never called what it is not.

/// What stands in the place of a user name or a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Something to be replaced: `<db_password>`, `${DB_PASS}`, `****`.
    Placeholder,
    /// Something real between the brackets of a placeholder: `<S3cretPw9x>`.
    Bracketed,
    /// Anything else.
    Plain,
}

/// The brackets of placeholders, the longer first.
const BRACKETS: [(&str, &str); 10] = [
    ("{{", "}}"),
    ("<%=", "%>"),
    ("${", "}"),
    ("#{", "}"),
    ("$(", ")"),
    ("<", ">"),
    ("[", "]"),
    ("{", "}"),
    ("%", "%"),
    ("__", "__"),
];

/// Words that name what is to be put in; one of them must be there.
const NAMES: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pass",
    "pwd",
    "pw",
    "secret",
    "user",
    "username",
    "usr",
    "uname",
    "name",
    "login",
    "credential",
    "credentials",
    "redacted",
    "hidden",
    "masked",
];

/// Words that stand beside those.
const OTHERS: [&str; 35] = [
    "db",
    "database",
    "dbuser",
    "dbpassword",
    "your",
    "my",
    "the",
    "a",
    "of",
    "for",
    "here",
    "mongo",
    "mongodb",
    "mdb",
    "atlas",
    "cluster",
    "admin",
    "app",
    "root",
    "value",
    "insert",
    "enter",
    "put",
    "replace",
    "change",
    "me",
    "with",
    "key",
    "env",
    "var",
    "local",
    "data",
    "secrets",
    "vars",
    "encoded",
];

/// Whether a text that is not percent-encoded, or no longer, can only be a placeholder. Brackets alone prove nothing there.
pub(crate) fn is_left_in(text: &str) -> bool {
    let in_brackets = BRACKETS.iter().any(|(open, close)| {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| is_named(inner) || is_mask(inner))
    });
    let is_bracketed = BRACKETS.iter().any(|(open, close)| text.starts_with(open) && text.ends_with(close));
    in_brackets || (!is_bracketed && form(text) == Form::Placeholder)
}

/// What a text is, as it stands in the string.
pub(crate) fn form(text: &str) -> Form {
    if is_mask(text) || text == "%s" {
        return Form::Placeholder;
    }
    for (open, close) in BRACKETS {
        let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) else { continue };
        let is_template = matches!(open, "{{" | "<%=" | "${" | "#{" | "$(");
        let is_number = open == "{" && inner.bytes().all(|byte| byte.is_ascii_digit());
        return if is_named(inner) || is_mask(inner) || is_template || is_number || inner.is_empty() {
            Form::Placeholder
        } else if matches!(open, "<" | "[" | "{") {
            Form::Bracketed
        } else {
            Form::Plain
        };
    }
    // The real password was written behind the placeholder.
    if text.strip_prefix('<').and_then(|rest| rest.split_once('>')).is_some_and(|(inner, _)| is_named(inner)) {
        return Form::Placeholder;
    }
    let variable = text.strip_prefix('$').or_else(|| text.strip_prefix('%')).is_some_and(is_named);
    // Without brackets a name is only sure in the capitals of a variable, or when it says whose it is.
    let is_loud = text.len() > 3 && !text.contains(|ch: char| ch.is_ascii_lowercase());
    let is_yours = text.to_ascii_lowercase().starts_with("your");
    if variable || ((is_loud || is_yours) && is_named(text)) { Form::Placeholder } else { Form::Plain }
}

/// `****`, `xxxx`, `…`: one character again and again.
fn is_mask(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let least = if first == '…' { 1 } else { 3 };
    matches!(first, '*' | 'x' | 'X' | '.' | '…' | '•' | '●' | '_' | '#' | '?')
        && text.chars().count() >= least
        && text.chars().all(|ch| ch == first)
}

/// Whether all words are those of a placeholder.
fn is_named(text: &str) -> bool {
    let words = words(text);
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let known = |word: &String| {
        let word = word.trim_end_matches(|ch: char| ch.is_ascii_digit());
        is_number(word) || NAMES.contains(&word) || OTHERS.contains(&word)
    };
    let names = |word: &String| {
        let word = word.trim_end_matches(|ch: char| ch.is_ascii_digit());
        NAMES.contains(&word) || matches!(word, "dbuser" | "dbpassword")
    };
    words.iter().all(known) && words.iter().any(names)
}

/// The words of `db_password`, `DB-PASS`, `dbPassword` and `your password`, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lowercase = false;
    for ch in text.chars() {
        if !ch.is_alphanumeric() || (was_lowercase && ch.is_uppercase()) {
            words.push(String::new());
        }
        if ch.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(ch.to_lowercase());
        }
        was_lowercase = ch.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_in_any_brackets() {
        for text in [
            "<password>",
            "<db_password>",
            "<DB_PASS_1>",
            "<your password>",
            "<dbPassword>",
            "$PASSWORD",
            "$DB_PASS",
            "${DB_PASS}",
            "${var.mongo}",
            "****",
            "xxxx",
            "XXX",
            "[PASSWORD]",
            "[YOUR-PASSWORD]",
            "{password}",
            "{{password}}",
            "{{ .Values.x }}",
            "PASSWORD",
            "YOUR_PASSWORD",
            "DB_PASSWORD",
            "your-password",
            "%PASSWORD%",
            "%s",
            "...",
            "•••••",
            "<redacted>",
            "<****>",
            "$(get secret)",
            "__PASSWORD__",
            "<>",
            "{0}",
            "<db_password>S3cret",
            "<user>",
            "<db_username>",
            "#{db_pass}",
            "<Enter your password here>",
        ] {
            assert_eq!(form(text), Form::Placeholder, "{text}");
        }
    }

    #[test]
    fn a_password_between_brackets_is_told_apart() {
        for text in ["<S3cretPw9x>", "[S3cretPw9x]", "{hunter2}", "<Passw0rd!>", "<a>"] {
            assert_eq!(form(text), Form::Bracketed, "{text}");
        }
    }

    #[test]
    fn odd_passwords_are_passwords() {
        for text in [
            "",
            "secret",
            "password",
            "Password1",
            "$ECRET1",
            "p<a>",
            "x",
            "xX",
            "**",
            "PASSW0RD-7f",
            "my-pass",
            "QWERTY",
            "<a",
            "a>",
        ] {
            assert_eq!(form(text), Form::Plain, "{text}");
        }
    }
}
