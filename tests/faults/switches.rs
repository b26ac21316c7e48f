//! The switches of the local stack, as tests/README.md describes them.

use anyhow::Result;
use local_stack::fault::Fault;
use local_stack::stack::{Addresses, authorization};
use serde::Deserialize;
use serde_json::Value;

/// Where a service's calls are recorded and its faults are made.
pub(crate) fn address<'a>(addresses: &'a Addresses, service: &str) -> &'a str {
    match service {
        "ec2" => &addresses.ec2,
        "help-desk" => &addresses.helpdesk,
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

/// Lets functions run side by side that the template has run one at a time, as an operator can: each onboarding of the
/// matrix would wait for all others.
pub(crate) async fn unreserve(addresses: &Addresses) -> Result<()> {
    let http = reqwest::Client::new();
    let list =
        http.get(format!("{}/2015-03-31/functions", addresses.aws)).header("authorization", authorization("lambda"));
    let list: Value = serde_json::from_str(&list.send().await?.error_for_status()?.text().await?)?;
    for name in
        list["Functions"].as_array().into_iter().flatten().filter_map(|function| function["FunctionName"].as_str())
    {
        let url = format!("{}/2017-10-31/functions/{name}/concurrency", addresses.aws);
        http.delete(url).header("authorization", authorization("lambda")).send().await?.error_for_status()?;
    }
    Ok(())
}

/// Sets a fault where its service is.
pub(crate) async fn set(addresses: &Addresses, fault: &Value) -> Result<Fault> {
    Fault::set(address(addresses, fault["service"].as_str().unwrap_or_default()), fault).await
}
