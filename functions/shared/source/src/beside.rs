//! What a shell command says about the login beside its connection string: `mongosh "mongodb+srv://…" --username ana`.

use zeroize::Zeroizing;

use crate::secret_text::SecretText;

/// User name, password and way to log in, as far as flags name them.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The user, when exactly one is named.
    pub(crate) username: Option<String>,
    /// The password, when exactly one is named. It is not percent-encoded.
    pub(crate) password: Option<SecretText>,
    /// The mechanism.
    pub(crate) mechanism: Option<String>,
}

impl Beside {
    /// Reads the flags of MongoDB's shell and tools.
    pub(crate) fn read(command: &str) -> Self {
        let words = words(command);
        Self {
            username: only(&words, &["--username", "-u"]),
            password: only(&words, &["--password", "-p"]).map(SecretText::from),
            mechanism: only(&words, &["--authenticationMechanism"]).or_else(|| {
                let certificate = only(&words, &["--tlsCertificateKeyFile", "--sslPEMKeyFile"]);
                certificate.filter(|_| !words.iter().any(|word| is_user(word))).map(|_| "MONGODB-X509".to_owned())
            }),
        }
    }
}

fn is_user(word: &str) -> bool {
    word.split('=').next().is_some_and(|name| matches!(name, "--username" | "-u"))
}

/// The value of a flag that is given once.
fn only(words: &[Zeroizing<String>], names: &[&str]) -> Option<String> {
    let mut values = words.iter().enumerate().filter_map(|(at, word)| {
        let (name, inline) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        if !names.contains(&name) {
            return None;
        }
        let next = words.get(at + 1).map(|next| next.as_str()).filter(|next| !next.starts_with('-'));
        inline.or(next).filter(|value| !value.is_empty()).map(str::to_owned)
    });
    let value = values.next()?;
    values.all(|other| other == value).then_some(value)
}

/// The words of a shell, without their quotation marks. Only what a quotation mark holds together matters here.
fn words(command: &str) -> Vec<Zeroizing<String>> {
    let mut words = Vec::new();
    let mut word = Zeroizing::new(String::new());
    let mut mark = None;
    for ch in command.chars() {
        match mark {
            Some(open) if open == ch => mark = None,
            None if matches!(ch, '"' | '\'') => mark = Some(ch),
            None if ch.is_whitespace() => words.push(std::mem::take(&mut word)),
            _ => word.push(ch),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty() && word.as_str() != "\\");
    words
}
