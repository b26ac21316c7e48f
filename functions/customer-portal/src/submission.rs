//! What a POST brings: a form from the page, or JSON from a script.

use lambda_http::Request;
use lambda_http::http::header;
use percent_encoding::percent_decode;
use serde::de::IgnoredAny;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::problem::Problem;
use shared::answer::Answer;

/// The longest body that is read, in bytes: the longest command with every byte escaped by a form.
const LONGEST: usize = 64 * 1024;

/// The field of a form that asks for the text back in the form, for the customer to read and to send.
pub(crate) const FILL_IN: &str = "fill-in";

/// What a POST brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    Command,
    Source,
    /// The wish to cancel.
    Cancel,
}

impl From<Answer> for Post {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Command => Self::Command,
            Answer::Source => Self::Source,
        }
    }
}

/// The body of a POST.
#[derive(Debug)]
pub(crate) enum Submission<'a> {
    Form(&'a [u8]),
    Json(&'a [u8]),
}

impl<'a> Submission<'a> {
    /// Checks a POST before anything is read out of it.
    ///
    /// There is no form token, since there is nothing that it would protect: no cookie or other credential goes with a
    /// request by itself. The link is the capability. Who has its key of 160 bits may act, from wherever; who lacks it cannot
    /// name an address to post to. That a browser's request comes from our own page is checked nonetheless.
    pub(crate) fn read(config: &Config, request: &'a Request, post: Post) -> Result<Self, Problem> {
        if !is_from_our_page(config, request) {
            return Err(Problem::foreign_page());
        }
        if request.body().len() > LONGEST {
            return Err(Problem::too_large(post));
        }
        let content_type = header(request, header::CONTENT_TYPE.as_str()).to_ascii_lowercase();
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json" => match serde_json::from_slice::<IgnoredAny>(request.body()) {
                Ok(_) => Ok(Self::Json(request.body())),
                Err(_) => Err(Problem::not_json(post)),
            },
            "application/x-www-form-urlencoded" => Ok(Self::Form(request.body())),
            // Nothing needs to be said with it.
            "" if post == Post::Cancel && request.body().is_empty() => Ok(Self::Json(b"{}")),
            _ => Err(Problem::content_type(post)),
        }
    }

    /// One field. The bytes of a form's field are kept as they came, so that the intake can judge them.
    pub(crate) fn field(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            Self::Json(body) => {
                let body: Value = serde_json::from_slice(body).ok()?;
                Some(body.get(name)?.as_str()?.as_bytes().to_vec())
            }
            Self::Form(body) => pairs(body).find(|(field, _)| field == name.as_bytes()).map(|(_, value)| value),
        }
    }

    /// The fields of a form, as text.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (String, String)> {
        let text = |bytes| {
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        };
        let body = if self.is_form() { self.body() } else { &[] };
        pairs(body).map(move |(name, value)| (text(name), text(value)))
    }

    /// All of it, as it came.
    pub(crate) fn body(&self) -> &'a [u8] {
        match self {
            Self::Json(body) | Self::Form(body) => body,
        }
    }

    /// Whether the page's form sent it: what follows is then a page of its own, which can be loaded again.
    pub(crate) fn is_form(&self) -> bool {
        matches!(self, Self::Form(_))
    }
}

/// Browsers name the page that a POST comes from; scripts need not.
fn is_from_our_page(config: &Config, request: &Request) -> bool {
    let is_ours = |origin: &str| {
        // A link from before the portal got a domain of its own leads to the API's address.
        let own = request.uri().authority().map(|authority| format!("https://{authority}"));
        origin.eq_ignore_ascii_case(&config.portal_url) || own.is_some_and(|own| origin.eq_ignore_ascii_case(&own))
    };
    let headers = request.headers();
    let origin = !headers.contains_key(header::ORIGIN) || is_ours(header(request, header::ORIGIN.as_str()));
    origin && matches!(header(request, "sec-fetch-site"), "" | "same-origin" | "none")
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    // A header that is no text is none of ours, and not absent either.
    request.headers().get(name).map_or("", |value| value.to_str().unwrap_or("?"))
}

/// Not by `form_urlencoded`, which puts other characters in the place of bytes that are no text.
fn pairs(body: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let plain = |part: &[u8]| -> Vec<u8> {
        let spaced = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&Zeroizing::<Vec<u8>>::new(spaced)).collect()
    };
    body.split(|byte| *byte == b'&').filter_map(move |pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        Some((plain(parts.next()?), plain(parts.next().unwrap_or_default())))
    })
}
