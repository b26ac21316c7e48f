//! The addresses and how calls are written there.

use axum::body::Bytes;
use axum::http::request::Parts;

use super::call::{Call, header, method_and_path};
use super::refusal::Format;

/// An address of the local stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// All services of AWS but EC2.
    Aws,
    /// EC2.
    Ec2,
    /// The help desk's API.
    HelpDesk,
    /// Atlas's Admin API.
    Atlas,
}

impl Wire {
    /// The call that a request is, if it is one of the service's API and not of a person's page or a test's switch.
    pub(super) fn read(self, parts: Parts, body: Bytes) -> Option<Call> {
        let path = parts.uri.path();
        let (service, region) = match self {
            Self::Aws => scope(&parts)?,
            Self::Ec2 => (self.service()?.to_owned(), scope(&parts).map(|(_, region)| region).unwrap_or_default()),
            Self::HelpDesk | Self::Atlas if !path.starts_with("/api/") => return None,
            Self::HelpDesk | Self::Atlas => (self.service()?.to_owned(), String::new()),
        };
        let action = match self {
            Self::Aws => aws_action(&parts, &body),
            Self::Ec2 => named(&body)?,
            Self::HelpDesk | Self::Atlas => method_and_path(&parts.method, path),
        };
        Some(Call { service, region, action, parts, body })
    }

    /// How the call's service writes its errors.
    pub(super) fn format(self, call: &Call) -> Format {
        match self {
            Self::Aws if call.service == "s3" => Format::S3,
            Self::Aws if call.header("x-amz-target").is_some() => Format::Json,
            Self::Aws if call.action.contains(' ') => Format::Rest,
            Self::Aws => Format::Query,
            Self::Ec2 => Format::Ec2,
            Self::HelpDesk => Format::HelpDesk,
            Self::Atlas => Format::Atlas,
        }
    }

    /// Whether a fault can be set for this service and this action.
    pub(super) fn check(self, service: Option<&str>, action: &str) -> Result<(), String> {
        match (self.service(), service) {
            (None, None | Some("")) => {
                return Err("`service` is AWS's signing name, such as secretsmanager or states".to_owned());
            }
            (Some(here), Some(other)) if here != other => return Err(format!("here is {here} and no other `service`")),
            _ => {}
        }
        match self {
            Self::Aws | Self::Ec2 if action.is_empty() => Err("`action` is the name of an action, or *".to_owned()),
            Self::HelpDesk | Self::Atlas if !is_method_and_path(action) => {
                Err("`action` is a method, a method and a path, or *".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The number of the first fault. The emulator behind `Aws` numbers its own from 1, and both are listed together.
    pub(super) fn first_fault(self) -> u64 {
        if self == Self::Aws { 1_000_001 } else { 1 }
    }

    fn service(self) -> Option<&'static str> {
        match self {
            Self::Aws => None,
            Self::Ec2 => Some("ec2"),
            Self::HelpDesk => Some("help-desk"),
            Self::Atlas => Some("atlas"),
        }
    }
}

fn is_method_and_path(action: &str) -> bool {
    let (method, path) = action.split_once(' ').unwrap_or((action, "/"));
    action == "*"
        || (!method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) && path.starts_with('/'))
}

/// Service and region that a request was signed for, in its header or, if it was signed beforehand, in its address.
fn scope(parts: &Parts) -> Option<(String, String)> {
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let in_header = header(&parts.headers, "authorization").and_then(|value| value.split_once("Credential="));
    let credential = match in_header {
        Some((_, rest)) => rest.to_owned(),
        None => query.into_iter().find(|(name, _)| name == "X-Amz-Credential")?.1.into_owned(),
    };
    let mut scope = credential.split('/').skip(2);
    let region = scope.next()?.to_owned();
    Some((scope.next()?.to_owned(), region))
}

/// The action as AWS's protocols name it: in a header, in a form or, where neither is, by method and path.
fn aws_action(parts: &Parts, body: &[u8]) -> String {
    if let Some((_, action)) = header(&parts.headers, "x-amz-target").and_then(|target| target.rsplit_once('.')) {
        return action.to_owned();
    }
    let is_form = header(&parts.headers, "content-type").is_some_and(|it| it.starts_with("application/x-www-form"));
    let form = if is_form { body } else { parts.uri.query().unwrap_or_default().as_bytes() };
    named(form).unwrap_or_else(|| method_and_path(&parts.method, parts.uri.path()))
}

fn named(form: &[u8]) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == "Action").map(|(_, action)| action.into_owned())
}
