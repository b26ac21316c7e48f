//! Whether each permission is used: what a role allows and its function never asks for is too much.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use local_stack::template;
use serde_json::Value;

use crate::record::Calls;

/// What no function asks for by itself on the ways that are played, and why it is allowed. `kms:` is for what Secrets
/// Manager asks in the function's name, and what a function in a VPC needs is Lambda's.
const UNSEEN: [(&str, &str); 29] = [
    ("await-answer secretsmanager:TagResource", "comes with what is made"),
    ("clean-up secretsmanager:DescribeSecret", "when an endpoint that Atlas accepted is kept"),
    ("create-endpoint ec2:CreateTags", "comes with what is made"),
    ("ensure-network ec2:CreateTags", "comes with what is made"),
    ("ensure-network ec2:DeleteSubnet", "when two have made the same network"),
    ("ensure-network ec2:DeleteVpc", "when two have made the same network"),
    ("ensure-network ec2:DescribeVpcAttribute", "for a VPC that the ticket names"),
    ("go-on dynamodb:GetItem", "when an operator has what is held tried again"),
    ("go-on secretsmanager:GetSecretValue", "when an operator has what is held tried again"),
    ("go-on sqs:SendMessage", "Lambda asks in the function's name"),
    ("go-on states:SendTaskSuccess", "when an operator has what is held tried again"),
    ("mark-closing dynamodb:PutItem", "when the register does not know the onboarding"),
    ("open-record secretsmanager:TagResource", "comes with what is made"),
    ("receive-ticket secretsmanager:GetSecretValue", "before it knows of which ticket it hears"),
    ("reply-ticket secretsmanager:GetSecretValue", "kept for the next message, whichever ticket it is for"),
    ("reply-ticket sqs:ChangeMessageVisibility", "when the help desk is away"),
    ("reply-ticket sqs:DeleteMessage", "Lambda asks in the function's name"),
    ("reply-ticket sqs:GetQueueAttributes", "Lambda asks in the function's name"),
    ("reply-ticket sqs:ReceiveMessage", "Lambda asks in the function's name"),
    ("reply-ticket sqs:SendMessage", "when the help desk refuses for good"),
    ("start-closing sqs:SendMessage", "Lambda asks in the function's name"),
    ("start-onboarding sqs:SendMessage", "Lambda asks in the function's name"),
    ("take-answer dynamodb:GetItem", "when its claim is lost"),
    ("take-answer dynamodb:UpdateItem", "the matrix's people answer on the page"),
    ("take-answer secretsmanager:GetSecretValue", "the matrix's people answer on the page"),
    ("take-answer sqs:SendMessage", "the matrix's people answer on the page"),
    ("take-answer states:SendTaskSuccess", "the matrix's people answer on the page"),
    ("tell dynamodb:PutItem", "when the record could not be opened"),
    ("tell secretsmanager:PutSecretValue", "when it is held"),
];

/// The permissions that no recorded call needs, as `check-endpoint ec2:DescribeVpcEndpoints`, and the exceptions that
/// are none.
pub(crate) fn unused(calls: &Calls) -> Result<Vec<String>> {
    let functions = crate::definition::functions()?;
    let function_of = |state: &str| {
        let known = functions.iter().find(|(name, _)| name == state);
        known.map_or_else(|| state.to_owned(), |(_, function)| function.clone())
    };
    let used: BTreeSet<String> =
        calls.keys().map(|(state, call)| format!("{} {}:{}", function_of(state), call.service, call.action)).collect();
    let is_unseen = |permission: &String| {
        let others = permission.contains(" kms:") || permission.starts_with("verify-source ec2:");
        others || UNSEEN.iter().any(|(known, _)| permission == known)
    };
    let unused = allowed()?.into_iter().filter(|permission| !used.contains(permission) && !is_unseen(permission));
    let none =
        UNSEEN.iter().filter(|(known, _)| used.contains(*known)).map(|(known, _)| format!("{known} is asked for"));
    Ok(unused.chain(none).collect())
}

/// What the roles of the template allow their functions.
fn allowed() -> Result<Vec<String>> {
    let template = template::read(&layout::root().join("infra/template.yaml"))?;
    let resources = template["Resources"].as_object().context("the template has no resources")?;
    let mut allowed = Vec::new();
    for (id, function) in resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function") {
        let binary =
            function["Metadata"]["BuildProperties"]["Binary"].as_str().context("a function names no binary")?;
        let role = &resources[&id.replace("Function", "Role")]["Properties"];
        let mut found = Vec::new();
        actions(&role["Policies"], &mut found);
        allowed.extend(found.iter().map(|action| format!("{binary} {action}")));
    }
    Ok(allowed)
}

/// All actions of a policy, on both sides of a condition.
fn actions<'a>(policy: &'a Value, found: &mut Vec<&'a str>) {
    match policy {
        Value::Array(items) => items.iter().for_each(|item| actions(item, found)),
        Value::Object(entries) if entries.get("Effect") != Some(&Value::from("Deny")) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("Action", Value::String(action)) => found.push(action),
                    ("Action", Value::Array(items)) => found.extend(items.iter().filter_map(Value::as_str)),
                    _ => actions(value, found),
                }
            }
        }
        _ => {}
    }
}
