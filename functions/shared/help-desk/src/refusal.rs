//! Why the help desk did not do what it was asked, by what helps.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use step::StepError;

/// What an alarm looks for in the log: nothing reaches the help desk until somebody acts.
pub const STUCK: &str = "help-desk-stuck";

/// Why something did not reach the help desk. No text holds anything of an answer but its status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is away or busy, or the ticket changes all the time: time helps.
    #[error("{message}")]
    Away {
        /// What happened.
        message: String,
        /// How long it asks to be left alone.
        wait: Option<Duration>,
    },
    /// It refuses us, whatever the ticket: what we are there, or what we may do, is to be mended.
    #[error("{0}")]
    OfUs(String),
    /// It refuses this ticket, which is closed, merged, deleted or unknown: nothing helps.
    #[error("{0}")]
    ForGood(String),
    /// It was not asked, since something of ours failed before.
    #[error("{0}")]
    Ours(#[from] StepError),
}

impl Refusal {
    /// What an answer means that is no success. `doing` completes the sentence "could not …".
    pub(crate) fn of(doing: &str, answer: &reqwest::Response) -> Self {
        let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(wait);
        Self::of_status(doing, answer.status(), wait)
    }

    fn of_status(doing: &str, status: StatusCode, wait: Option<Duration>) -> Self {
        let message = format!("could not {doing}: the help desk answered {status}");
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => {
                Self::Away { message, wait }
            }
            _ if status.is_server_error() => Self::Away { message, wait },
            // Zendesk answers 422 to a change of a closed ticket, and a merged one is closed. What it finds malformed or
            // too long will not be otherwise the next time.
            StatusCode::NOT_FOUND
            | StatusCode::GONE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE => Self::ForGood(message),
            // Beside 401 and 403: what only another address or another release of ours can mend.
            _ => Self::of_us(message),
        }
    }

    /// What it means that there was no answer, or none that can be read. The error's own words are not passed on: they
    /// name the address, which may hold what is nobody's business.
    pub(crate) fn no_answer(doing: &str, error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::of_us(format!("could not {doing}: a request that cannot be made"));
        }
        let kind = if error.is_timeout() {
            "no answer within the time"
        } else if error.is_decode() || error.is_body() {
            "an answer that cannot be read"
        } else {
            "no connection"
        };
        Self::away(format!("could not {doing}: {kind}"))
    }

    /// Whoever asked, an alarm hears of it.
    pub(crate) fn of_us(message: String) -> Self {
        tracing::error!(alarm = STUCK, "{message}");
        Self::OfUs(message)
    }

    pub(crate) fn away(message: String) -> Self {
        Self::Away { message, wait: None }
    }

    /// The same where no ticket was asked for: an answer that it is unknown is then about us.
    pub(crate) fn about_us(self) -> Self {
        match self {
            Self::ForGood(message) => Self::of_us(message),
            other => other,
        }
    }
}

impl From<Refusal> for StepError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Away { message, .. } => Self::Transient(message),
            Refusal::OfUs(message) | Refusal::ForGood(message) => Self::Operator(message),
            Refusal::Ours(error) => error,
        }
    }
}

/// How long a header `Retry-After` asks to wait, in seconds or as a date.
fn wait(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    (until - OffsetDateTime::now_utc()).try_into().ok()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::http::http_client;

    fn refusal(status: u16) -> Refusal {
        Refusal::of_status("reply", StatusCode::from_u16(status).unwrap(), None)
    }

    #[test]
    fn a_refusal_is_known_by_its_status_alone() {
        for (expected, statuses) in [
            ("away", [408, 409, 429, 500, 503].as_slice()),
            ("of us", &[401, 403, 302]),
            ("for good", &[400, 404, 410, 413, 422]),
        ] {
            for status in statuses {
                let kind = match refusal(*status) {
                    Refusal::Away { .. } => "away",
                    Refusal::OfUs(_) => "of us",
                    Refusal::ForGood(_) => "for good",
                    Refusal::Ours(_) => "ours",
                };
                assert_eq!(kind, expected, "{status}");
            }
        }
        assert_eq!(refusal(422).to_string(), "could not reply: the help desk answered 422 Unprocessable Entity");
    }

    /// What a call of this address comes to.
    async fn call(url: &str) -> String {
        let http = http_client(Duration::from_secs(1)).unwrap();
        let answer = match http.get(url).send().await {
            Ok(answer) => answer.json::<serde_json::Value>().await.map(|_| ()),
            Err(error) => Err(error),
        };
        let refusal = Refusal::no_answer("reply", &answer.unwrap_err());
        assert!(!format!("{refusal} {refusal:?}").contains("canary"), "{refusal:?}");
        refusal.to_string()
    }

    #[tokio::test]
    async fn without_an_answer_neither_address_nor_bytes_are_told() {
        let (nobody, silent, garbled) = (listen().await, listen().await, listen().await);
        let url = |listener: &TcpListener| format!("http://{}/canary", listener.local_addr().unwrap());
        let closed = url(&nobody);
        drop(nobody);
        assert_eq!(call(&closed).await, "could not reply: no connection");
        assert_eq!(call(&url(&silent)).await, "could not reply: no answer within the time");
        assert_eq!(call("canary").await, "could not reply: a request that cannot be made");
        let address = url(&garbled);
        tokio::spawn(async move {
            let (mut stream, _) = garbled.accept().await.unwrap();
            assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"canary\"").await.unwrap();
        });
        assert_eq!(call(&address).await, "could not reply: an answer that cannot be read");
    }

    async fn listen() -> TcpListener {
        TcpListener::bind("127.0.0.1:0").await.unwrap()
    }

    #[test]
    fn how_long_the_help_desk_asks_to_be_left_alone_is_read_in_seconds_and_as_a_date() {
        assert_eq!(wait(" 93 "), Some(Duration::from_secs(93)));
        let later = OffsetDateTime::now_utc() + Duration::from_mins(10);
        let read = wait(&later.format(&Rfc2822).unwrap()).unwrap();
        assert!((590..=600).contains(&read.as_secs()), "{read:?}");
        for text in ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-1", ""] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
