//! What a POST brings: a form from the page, or JSON from a script.

use crate::Config;
use crate::problem::Problem;
use lambda_http::Request;
use lambda_http::http::header;
use percent_encoding::percent_decode;
use serde_json::Value;

/// The longest body that is read, in bytes: the longest command with every byte escaped by a form.
const LONGEST: usize = 64 * 1024;

/// The body of a POST.
#[derive(Debug)]
pub(crate) enum Submission<'a> {
    Form(&'a [u8]),
    Json(Value),
}

impl<'a> Submission<'a> {
    /// Checks a POST before anything is read out of it.
    ///
    /// There is no form token, since there is nothing that it would protect: no cookie or other credential goes with a
    /// request by itself. The link is the capability. Who has its 128 bits may act, from wherever; who lacks them cannot
    /// name an address to post to. That a browser's request comes from our own page is checked nonetheless.
    pub(crate) fn read(config: &Config, request: &'a Request) -> Result<Self, Problem> {
        if !is_from_our_page(config, request) {
            return Err(Problem::foreign_page());
        }
        if request.body().len() > LONGEST {
            return Err(Problem::too_large());
        }
        let content_type = header(request, header::CONTENT_TYPE.as_str()).to_ascii_lowercase();
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json" => {
                serde_json::from_slice(request.body()).map(Self::Json).map_err(|_| Problem::not_json())
            }
            "application/x-www-form-urlencoded" => Ok(Self::Form(request.body())),
            _ => Err(Problem::content_type()),
        }
    }

    /// One field. The bytes of a form's field are kept as they came, so that the intake can judge them.
    pub(crate) fn field(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            Self::Json(body) => Some(body.get(name)?.as_str()?.as_bytes().to_vec()),
            Self::Form(body) => form_field(body, name),
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
fn form_field(body: &[u8], name: &str) -> Option<Vec<u8>> {
    let plain = |part: &[u8]| -> Vec<u8> {
        let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&spaced).collect()
    };
    body.split(|byte| *byte == b'&').find_map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        (plain(parts.next()?) == name.as_bytes()).then(|| plain(parts.next().unwrap_or_default()))
    })
}
