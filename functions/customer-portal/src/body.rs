//! The body of a POST: a form from the page, or JSON from a script.

use crate::reply::Problem;
use lambda_http::Request;
use lambda_http::http::header;
use serde_json::Value;

/// Reads one field. The bytes of a form's field are kept as they came, so that the intake can judge them.
pub(crate) fn field(request: &Request, name: &str) -> Result<Vec<u8>, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let found = match content_type.split(';').next().unwrap_or("").trim() {
        "application/json" => serde_json::from_slice::<Value>(request.body())
            .ok()
            .and_then(|body| Some(body.get(name)?.as_str()?.as_bytes().to_vec())),
        "application/x-www-form-urlencoded" => form_field(request.body(), name),
        _ => return Err(Problem::content_type()),
    };
    found.ok_or_else(|| Problem::field_missing(name))
}

fn form_field(body: &[u8], name: &str) -> Option<Vec<u8>> {
    form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned().into_bytes())
}
