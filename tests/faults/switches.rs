//! The switches of the local stack, as tests/README.md describes them.

use anyhow::Result;
use local_stack::fault::Fault;
use local_stack::stack::Addresses;
use serde::Deserialize;
use serde_json::Value;

/// Where a service's calls are recorded and its faults are made.
pub(crate) fn address<'a>(addresses: &'a Addresses, service: &str) -> &'a str {
    match service {
        "ec2" => &addresses.ec2,
        "help-desk" => &addresses.helpdesk,
        "atlas" => &addresses.atlas,
        _ => &addresses.aws,
    }
}

/// A call that was seen.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    pub(crate) number: u64,
    pub(crate) service: String,
    pub(crate) action: String,
    pub(crate) trace: Option<String>,
}

impl Seen {
    /// A field of the trace, such as `State`.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let fields = self.trace.as_deref()?.split(';');
        fields.filter_map(|field| field.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// The calls after the one with this number.
pub(crate) async fn calls(address: &str, after: u64) -> Result<Vec<Seen>> {
    let answer = reqwest::get(format!("{address}/_faults/calls?after={after}")).await?.error_for_status()?;
    Ok(serde_json::from_str(&answer.text().await?)?)
}

/// Sets a fault where its service is.
pub(crate) async fn set(addresses: &Addresses, fault: &Value) -> Result<Fault> {
    Fault::set(address(addresses, fault["service"].as_str().unwrap_or_default()), fault).await
}
