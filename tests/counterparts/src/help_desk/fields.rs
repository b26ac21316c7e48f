//! The custom fields of a PrivateLink ticket, and the parts of a neutral event that they stand for.

use serde_json::{Value, json};

/// The customer's ID at the data platform.
pub const CUSTOMER_ID: u64 = 360_000_000_101;
/// The customer's name.
pub const CUSTOMER_NAME: u64 = 360_000_000_102;
/// The customer's plan: business, starter or free.
pub const CUSTOMER_PLAN: u64 = 360_000_000_103;
/// The AWS region that the customer's pipelines run in.
pub const CUSTOMER_REGION: u64 = 360_000_000_104;
/// Atlas's name of the deployment's region.
pub const ATLAS_REGION: u64 = 360_000_000_105;
/// dedicated, federated or online-archive; empty when the customer is not sure.
pub const ATLAS_TARGET: u64 = 360_000_000_106;
/// An existing VPC to use.
pub const VPC_ID: u64 = 360_000_000_107;

/// Each field's ID, its title on the form, and its place in the neutral event.
pub const FIELDS: [(u64, &str, [&str; 2]); 7] = [
    (CUSTOMER_ID, "Customer ID", ["customer", "id"]),
    (CUSTOMER_NAME, "Customer name", ["customer", "name"]),
    (CUSTOMER_PLAN, "Plan", ["customer", "plan"]),
    (CUSTOMER_REGION, "Region", ["customer", "region"]),
    (ATLAS_REGION, "Atlas region", ["atlas", "region"]),
    (ATLAS_TARGET, "Atlas target", ["atlas", "target"]),
    (VPC_ID, "Existing VPC ID", ["network", "vpcId"]),
];

/// The custom fields that make these parts of a neutral event, for whoever files a ticket over the API.
#[must_use]
pub fn custom_fields(event: &Value) -> Vec<Value> {
    let known = FIELDS.iter().filter_map(|(id, _, [part, name])| Some((id, event.get(part)?.get(name)?)));
    known.map(|(id, value)| json!({ "id": id, "value": value })).collect()
}

/// Which field stands for which part, as the template's parameter `HelpDeskFields` takes it.
#[must_use]
pub fn mapping() -> String {
    FIELDS.map(|(id, _, [part, name])| format!("{part}.{name}={id}")).join(",")
}

/// A field's value as text; nothing for an empty one or one of an odd type.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    (!text.is_empty()).then_some(text)
}
