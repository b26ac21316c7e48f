//! What the customer gives: one of two forms, out of JSON or out of a page's form.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Refused};
use crate::secret_text::SecretText;

/// The longest connection string or field that is read, in bytes.
pub const LONGEST: usize = 4 * 1024;

/// The customer's answer as it came. A field that is absent and one that is empty are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Given {
    /// The whole connection string.
    pub connection_string: Option<SecretText>,
    /// One or several hosts, each with or without its port, separated by commas.
    #[serde(deserialize_with = "joined")]
    pub host: Option<String>,
    /// One or several ports, separated by commas, for the hosts that have none of their own.
    #[serde(deserialize_with = "joined")]
    pub port: Option<String>,
    /// The database user.
    pub username: Option<String>,
    /// The user's password, as it is: not percent-encoded.
    pub password: Option<SecretText>,
    /// The database to read from.
    pub database: Option<String>,
    /// Whether to use TLS; anything but yes is refused.
    #[serde(deserialize_with = "joined")]
    pub tls: Option<String>,
}

impl Given {
    /// Reads the body of a request in JSON.
    ///
    /// # Errors
    /// When it is not JSON or a field has another type. The parser's message would quote the body, so it is left out.
    pub fn from_json(body: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(body).map_err(|_| {
            Refused::only(Diagnostic::new(Code::Unreadable, "The body is not the JSON that is expected.").hint(
                "Send {\"connectionString\":\"mongodb+srv://…\"} or {\"host\",\"port\",\"username\",\"password\",\
                 \"database\",\"tls\"}.",
            ))
        })
    }

    /// Reads the fields of a page's form; fields of other names are none of ours.
    pub fn from_fields(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut given = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "connectionString" => given.connection_string = Some(value.into()),
                "host" => given.host = Some(value),
                "port" => given.port = Some(value),
                "username" => given.username = Some(value),
                "password" => given.password = Some(value.into()),
                "database" => given.database = Some(value),
                "tls" => given.tls = Some(value),
                _ => {}
            }
        }
        given
    }

    /// The same without the blanks that pasting brings. A password keeps its own.
    pub(crate) fn without_blanks(&self) -> Self {
        let trim =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let kept = |text: &Option<SecretText>| text.clone().filter(|text| !text.reveal().is_empty());
        let connection_string = self.connection_string.as_ref().map(|text| unquoted(text.reveal().trim()).to_owned());
        Self {
            connection_string: kept(&connection_string.map(SecretText::from)),
            host: trim(&self.host),
            port: trim(&self.port),
            username: trim(&self.username),
            password: kept(&self.password),
            database: trim(&self.database),
            tls: trim(&self.tls),
        }
    }

    /// Whether any of the single fields is there. A page's form sends `tls` in any case.
    pub(crate) fn has_fields(&self) -> bool {
        let texts = [&self.host, &self.port, &self.username, &self.database];
        texts.iter().any(|text| text.is_some()) || self.password.is_some()
    }

    pub(crate) fn too_long(&self) -> Option<Diagnostic> {
        let texts = [&self.host, &self.port, &self.username, &self.database, &self.tls];
        let texts = texts.into_iter().flatten().map(String::len);
        let secrets = [&self.connection_string, &self.password];
        let secrets = secrets.into_iter().flatten().map(|text| text.reveal().len());
        let longest = texts.chain(secrets).max().unwrap_or_default();
        let fault = || Diagnostic::new(Code::TooLong, format!("A text is longer than {LONGEST} bytes."));
        (longest > LONGEST).then(fault)
    }
}

/// People copy a string out of a command or a program with its quotation marks.
fn unquoted(text: &str) -> &str {
    let inner = |mark| text.strip_prefix(mark).and_then(|text: &str| text.strip_suffix(mark));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// A text, a number, true or false, or a list of those.
fn joined<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    fn text(value: Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Array(items) => items.into_iter().map(text).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
            Value::Null | Value::Object(_) => None,
        }
    }
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => text(value).map(Some).ok_or_else(|| serde::de::Error::custom("another type is expected")),
    }
}
