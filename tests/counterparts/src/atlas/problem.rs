//! Atlas's error shape.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    pub(super) detail: String,
    parameters: Vec<String>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        parameters: &[&str],
    ) -> Self {
        let code = code.into();
        Self { status, code, detail: detail.into(), parameters: parameters.iter().map(ToString::to_string).collect() }
    }

    pub(super) fn invalid(code: &'static str, detail: impl Into<String>, parameters: &[&str]) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail, parameters)
    }

    pub(super) fn region(name: &str) -> Self {
        Self::invalid("INVALID_REGION", format!("No region {name} exists for provider AWS."), &[name, "AWS"])
    }
}

/// A project's ID must be one; that it exists is taken for granted.
pub(super) fn check_group(group_id: &str) -> Result<(), Problem> {
    if group_id.len() == 24 && group_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    let detail = format!("An invalid group ID {group_id} was specified.");
    Err(Problem::new(StatusCode::NOT_FOUND, "INVALID_GROUP_ID", detail, &[group_id]))
}

/// Atlas offers private endpoints at other clouds too; here is AWS only.
pub(super) fn check_provider(provider: &str) -> Result<(), Problem> {
    if provider.eq_ignore_ascii_case("AWS") {
        return Ok(());
    }
    let detail = format!("An invalid enumeration value {provider} was specified.");
    Err(Problem::invalid("INVALID_ENUM_VALUE", detail, &[provider]))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "detail": self.detail,
            "error": self.status.as_u16(),
            "errorCode": self.code,
            "parameters": self.parameters,
            "reason": self.status.canonical_reason(),
        });
        (self.status, Json(body)).into_response()
    }
}
