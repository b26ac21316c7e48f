//! IAM for EC2: an action is judged on each resource that it touches, with the condition keys that the Service
//! Authorization Reference lists for the two.
//!
//! The caller's policies lie where the functions' roles were made, so the judgement is asked for there; which resources
//! an action touches and what tags they carry is known here.

use std::collections::BTreeMap;

use anyhow::Context as _;
use axum::http::Request;
use serde_json::{Map, Value, json};

use super::Edge;
use super::query::{Query, numbered};
use super::refusal::Refusal;
use super::upstream::Call;
use super::xml;
use crate::upstream::Upstream;

/// Where callers are known and judged; without one, everybody may do everything.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    authority: Option<Upstream>,
}

/// One action on one resource, `*` for an action that knows no resources.
#[derive(Debug, PartialEq)]
struct Question {
    action: String,
    resource: String,
    context: Map<String, Value>,
}

impl Judge {
    pub(super) fn new(authority: Option<&str>) -> Self {
        Self { authority: authority.map(Upstream::new) }
    }
}

/// Refuses a call that the caller's role does not allow.
pub(super) async fn check(edge: &Edge, call: &Call, query: &Query, action: &str) -> Result<(), Refusal> {
    let Some(authority) = &edge.judge.authority else { return Ok(()) };
    let mut tags = BTreeMap::new();
    for id in touched(action, query) {
        let question = Query::action(
            "DescribeTags",
            [("Filter.1.Name".to_owned(), "resource-id".to_owned())]
                .into_iter()
                .chain(numbered("Filter.1.Value", std::slice::from_ref(&id))),
        );
        let answer = edge.upstream.ask(call, &question).await?;
        let found = xml::items_of(&answer, "tagSet");
        let pairs =
            found.iter().map(|tag| (xml::text_of(tag, "key").to_owned(), xml::text_of(tag, "value").to_owned()));
        tags.insert(id, pairs.collect());
    }
    let owner = query.get("ServiceName").and_then(|name| edge.private_link.service(name)).map(|service| service.owner);
    for Question { action, resource, context } in questions(action, query, &tags, owner.as_deref()) {
        let question = json!({
            "authorization": call.authorization(),
            "region": call.region(),
            "action": action,
            "resource": resource,
            "context": context,
        });
        let (parts, ()) = Request::post("/_permissions").body(()).context("asking IAM")?.into_parts();
        let answer = authority.send(parts, question.to_string().into()).await?;
        let answer: Value = serde_json::from_slice(&answer.body).context("IAM's answer is no JSON")?;
        if let Some(refusal) = answer["refusal"].as_str() {
            let message = format!("You are not authorized to perform this operation. {refusal}");
            return Err(Refusal::ec2("UnauthorizedOperation", message));
        }
    }
    Ok(())
}

/// What resources of this kind are called in ARNs.
fn kind(id: &str) -> Option<&'static str> {
    let kinds = [("vpce-", "vpc-endpoint"), ("vpc-", "vpc"), ("subnet-", "subnet"), ("sg-", "security-group")];
    kinds.into_iter().find(|(prefix, _)| id.starts_with(prefix)).map(|(_, kind)| kind)
}

/// What an action makes.
fn made(action: &str) -> Option<&'static str> {
    Some(match action {
        "CreateSecurityGroup" => "security-group",
        "CreateSubnet" => "subnet",
        "CreateVpc" => "vpc",
        "CreateVpcEndpoint" => "vpc-endpoint",
        _ => return None,
    })
}

/// The resources that an action changes or uses. To describe needs no particular resource.
fn touched(action: &str, query: &Query) -> Vec<String> {
    if action.starts_with("Describe") {
        return Vec::new();
    }
    let single = ["VpcId", "SubnetId", "GroupId"].into_iter().filter_map(|name| query.get(name).map(str::to_owned));
    let lists = ["SubnetId", "SecurityGroupId", "VpcEndpointId", "ResourceId"].into_iter();
    single.chain(lists.flat_map(|name| query.list(name))).filter(|id| kind(id).is_some()).collect()
}

fn questions(
    action: &str,
    query: &Query,
    tags: &BTreeMap<String, BTreeMap<String, String>>,
    service_owner: Option<&str>,
) -> Vec<Question> {
    let ask = |action: &str, resource: String, context: Map<String, Value>| Question {
        action: format!("ec2:{action}"),
        resource,
        context,
    };
    let wanted = requested_tags(query);
    let mut questions = Vec::new();
    if let Some(kind) = made(action) {
        let resource = format!("{kind}/*");
        let mut context = wanted.clone();
        let service = [("ec2:VpceServiceName", query.get("ServiceName")), ("ec2:VpceServiceOwner", service_owner)];
        context.extend(service.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value?)))));
        questions.push(ask(action, resource.clone(), context));
        if !wanted.is_empty() {
            let mut context = wanted.clone();
            context.insert("ec2:CreateAction".to_owned(), json!(action));
            questions.push(ask("CreateTags", resource, context));
        }
    }
    for (id, tags) in tags {
        let mut context = if action == "CreateTags" { wanted.clone() } else { Map::new() };
        for (key, value) in tags {
            for prefix in ["aws", "ec2"] {
                context.insert(format!("{prefix}:ResourceTag/{key}"), json!(value));
            }
        }
        questions.push(ask(action, format!("{}/{id}", kind(id).unwrap_or_default()), context));
    }
    if questions.is_empty() {
        questions.push(ask(action, "*".to_owned(), Map::new()));
    }
    questions
}

/// The condition keys of the tags that a request names.
fn requested_tags(query: &Query) -> Map<String, Value> {
    let tags = query.tags();
    let mut context: Map<String, Value> =
        tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), json!(value))).collect();
    if !tags.is_empty() {
        let keys: Vec<&String> = tags.iter().map(|(key, _)| key).collect();
        context.insert("aws:TagKeys".to_owned(), json!(keys));
    }
    context
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &str, tags: &[(&str, &[(&str, &str)])]) -> Vec<Question> {
        let query = Query::parse(body.as_bytes());
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let tags = tags.iter().map(|(id, tags)| ((*id).to_owned(), tags.iter().map(owned).collect())).collect();
        questions(query.get("Action").unwrap(), &query, &tags, Some("111122223333"))
    }

    fn question(action: &str, resource: &str, context: Value) -> Question {
        let Value::Object(context) = context else { panic!("no object: {context}") };
        Question { action: action.to_owned(), resource: resource.to_owned(), context }
    }

    #[test]
    fn an_endpoint_is_judged_by_its_tags_and_service_and_by_all_that_it_uses() {
        let body = "Action=CreateVpcEndpoint&VpcId=vpc-1&SubnetId.1=subnet-1&SecurityGroupId.1=sg-1\
            &ServiceName=com.amazonaws.vpce.us-east-1.vpce-svc-1\
            &TagSpecification.1.ResourceType=vpc-endpoint&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v";
        let query = Query::parse(body.as_bytes());
        assert_eq!(touched("CreateVpcEndpoint", &query), ["vpc-1", "subnet-1", "sg-1"]);
        let tag = json!({"aws:RequestTag/k": "v", "aws:TagKeys": ["k"]});
        let mut endpoint = tag.clone();
        endpoint["ec2:VpceServiceName"] = json!("com.amazonaws.vpce.us-east-1.vpce-svc-1");
        endpoint["ec2:VpceServiceOwner"] = json!("111122223333");
        let mut tagging = tag;
        tagging["ec2:CreateAction"] = json!("CreateVpcEndpoint");
        assert_eq!(
            asked(body, &[("sg-1", &[("s", "t")]), ("vpc-1", &[])]),
            [
                question("ec2:CreateVpcEndpoint", "vpc-endpoint/*", endpoint),
                question("ec2:CreateTags", "vpc-endpoint/*", tagging),
                question(
                    "ec2:CreateVpcEndpoint",
                    "security-group/sg-1",
                    json!({"aws:ResourceTag/s": "t", "ec2:ResourceTag/s": "t"})
                ),
                question("ec2:CreateVpcEndpoint", "vpc/vpc-1", json!({})),
            ]
        );
    }

    #[test]
    fn to_describe_needs_no_resource() {
        let body = "Action=DescribeVpcEndpoints&VpcEndpointId.1=vpce-1";
        assert_eq!(touched("DescribeVpcEndpoints", &Query::parse(body.as_bytes())), Vec::<String>::new());
        assert_eq!(asked(body, &[]), [question("ec2:DescribeVpcEndpoints", "*", json!({}))]);
    }

    #[test]
    fn to_tag_what_is_there_is_judged_by_old_and_new_tags() {
        let body = "Action=CreateTags&ResourceId.1=vpc-1&Tag.1.Key=k&Tag.1.Value=v";
        let keys = json!({
            "aws:RequestTag/k": "v", "aws:TagKeys": ["k"], "aws:ResourceTag/s": "t", "ec2:ResourceTag/s": "t",
        });
        assert_eq!(asked(body, &[("vpc-1", &[("s", "t")])]), [question("ec2:CreateTags", "vpc/vpc-1", keys)]);
    }
}
