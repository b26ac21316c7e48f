//! Ties alarms and dashboard to the stack that they watch: what never has data never rings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use local_stack::template;

use crate::read::{self, functions, infra, tasks};

/// The metrics of AWS that alarms may watch, with the dimensions by which AWS counts them, as its documentation says: an
/// alarm with others is taken and has no data.
const COUNTED: [(&str, &[&str], &[&str]); 5] = [
    (
        "AWS/States",
        &["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsAborted", "ExecutionsTimedOut"],
        &["StateMachineArn"],
    ),
    (
        "AWS/SQS",
        &[
            "ApproximateNumberOfMessagesVisible",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateAgeOfOldestMessage",
        ],
        &["QueueName"],
    ),
    ("AWS/Lambda", &["Errors", "Throttles"], &["FunctionName"]),
    // Of an HTTP API; those of a REST API have other names.
    ("AWS/ApiGateway", &["Count", "4xx", "5xx", "Latency"], &["ApiId"]),
    ("AWS/DynamoDB", &["SystemErrors", "ThrottledRequests"], &["TableName", "Operation"]),
];

fn operations() -> &'static Value {
    static OPERATIONS: LazyLock<Value> =
        LazyLock::new(|| template::read(&layout::root().join("infra/operations.yaml")).unwrap());
    &OPERATIONS
}

/// A resource, with what its loops fill in.
struct Made {
    id: String,
    resource: Value,
    /// For each identifier, what it stands for: one of the values, or the parameter with them.
    loops: BTreeMap<String, Value>,
}

impl Made {
    /// What a property of the alarm comes to.
    fn value(&self, value: &Value) -> Value {
        let looped = value["Ref"].as_str().and_then(|name| self.loops.get(name));
        looped.unwrap_or(value).clone()
    }

    fn properties(&self) -> &Value {
        &self.resource["Properties"]
    }

    fn metric(&self) -> (String, String) {
        let text = |name: &str| self.value(&self.properties()[name]);
        let namespace = text("Namespace");
        let namespace = namespace.as_str().or(namespace["Fn::Sub"].as_str()).unwrap();
        (namespace.to_owned(), text("MetricName").as_str().unwrap().to_owned())
    }
}

/// What the resources come to, with the loops over given values rolled out.
fn made(resources: &Value, loops: &BTreeMap<String, Value>) -> Vec<Made> {
    let mut all = Vec::new();
    for (id, resource) in resources.as_object().unwrap() {
        if !id.starts_with("Fn::ForEach::") {
            let id = loops.iter().fold(id.clone(), |id, (name, value)| {
                let value = value.as_str().unwrap_or("…");
                id.replace(&format!("${{{name}}}"), value).replace(&format!("&{{{name}}}"), value)
            });
            all.push(Made { id, resource: resource.clone(), loops: loops.clone() });
            continue;
        }
        let identifier = resource[0].as_str().unwrap();
        let values = resource[1].as_array().cloned().unwrap_or_else(|| vec![resource[1].clone()]);
        for value in values {
            let mut loops = loops.clone();
            loops.insert(identifier.to_owned(), value);
            all.extend(made(&resource[2], &loops));
        }
    }
    all
}

fn of_type(kind: &str) -> Vec<Made> {
    let all = made(&operations()["Resources"], &BTreeMap::new()).into_iter();
    all.filter(|made| made.resource["Type"] == kind).collect()
}

fn alarms() -> Vec<Made> {
    of_type("AWS::CloudWatch::Alarm")
}

#[test]
fn the_stack_puts_out_what_is_watched() {
    for (name, parameter) in operations()["Parameters"].as_object().unwrap() {
        let put_out = infra()["Outputs"].get(name).is_some();
        assert!(put_out || name == "AlarmTopicArn" || parameter.get("Default").is_some(), "nothing puts out {name}");
    }
    let put_out = &infra()["Outputs"]["FunctionNames"]["Value"]["Fn::Join"][1];
    let put_out = put_out.as_array().unwrap().iter().map(|function| function["Ref"].as_str().unwrap().to_owned());
    assert_eq!(put_out.collect::<BTreeSet<_>>(), functions().into_keys().collect());
    assert_eq!(
        infra()["Outputs"]["FunctionLogs"]["Value"],
        infra()["Globals"]["Function"]["LoggingConfig"]["LogGroup"]
    );
}

/// The type of the resource of which the stack puts this out, and which of its values.
fn put_out(parameter: &str) -> (String, Option<String>) {
    let value = &infra()["Outputs"][parameter]["Value"];
    let (resource, attribute) = match value["Ref"].as_str() {
        Some(resource) => (resource, None),
        None => (value["Fn::GetAtt"][0].as_str().unwrap(), value["Fn::GetAtt"][1].as_str().map(ToOwned::to_owned)),
    };
    (infra()["Resources"][resource]["Type"].as_str().unwrap().to_owned(), attribute)
}

#[test]
fn every_alarm_watches_something_of_the_stack_as_aws_counts_it() {
    for alarm in alarms() {
        let (namespace, metric) = alarm.metric();
        let id = &alarm.id;
        let Some((_, metrics, dimensions)) = COUNTED.iter().find(|counted| counted.0 == namespace) else {
            assert!(alarm.properties().get("Dimensions").is_none(), "{id}: a metric of a filter has none");
            continue;
        };
        assert!(metrics.contains(&metric.as_str()), "{id} watches {metric}");
        let given = alarm.properties()["Dimensions"].as_array().unwrap();
        assert_eq!(given.iter().map(|given| given["Name"].as_str().unwrap()).collect::<Vec<_>>(), *dimensions, "{id}");
        for dimension in given {
            let value = alarm.value(&dimension["Value"]);
            let found = value["Ref"].as_str().unwrap_or_default();
            let is = |kind: &str, attribute: Option<&str>| {
                put_out(found) == (kind.to_owned(), attribute.map(ToOwned::to_owned))
            };
            assert!(
                match dimension["Name"].as_str().unwrap() {
                    "StateMachineArn" => is("AWS::Serverless::StateMachine", None),
                    "QueueName" => is("AWS::SQS::Queue", Some("QueueName")),
                    "FunctionName" => found == "FunctionNames",
                    "ApiId" => is("AWS::ApiGatewayV2::Api", None),
                    "TableName" => is("AWS::DynamoDB::Table", None),
                    "Operation" => value.is_string(),
                    _ => false,
                },
                "{id}: {dimension}"
            );
        }
    }
}

#[test]
fn every_operation_on_the_register_is_watched() {
    let allowed = read::text("infra/template.yaml");
    let allowed = allowed.split("dynamodb:").skip(1).map(|rest| rest.split(char::is_whitespace).next().unwrap());
    // Not the keys of conditions.
    let allowed = allowed.filter(|name| name.chars().all(char::is_alphanumeric)).map(ToOwned::to_owned);
    let watched =
        alarms().into_iter().filter_map(|alarm| alarm.loops.get("Operation")?.as_str().map(ToOwned::to_owned));
    assert_eq!(watched.collect::<BTreeSet<_>>(), allowed.collect());
}

#[test]
fn every_alarm_tells_the_topic_what_it_means_and_where_to_look_first() {
    for alarm in alarms() {
        let (id, properties) = (&alarm.id, alarm.properties());
        assert_eq!(properties["AlarmActions"], json!([{"Ref": "AlarmTopicArn"}]), "{id}");
        assert_eq!(properties["TreatMissingData"], "notBreaching", "{id}");
        let description = &properties["AlarmDescription"];
        let description = description.as_str().or(description["Fn::Sub"].as_str()).unwrap();
        assert!(description.to_lowercase().contains("look first "), "{id}: {description}");
        // AWS takes 1024 characters, with a function's name of at most 64.
        assert!(description.len() < 900, "{id} says too much");
    }
}

#[test]
fn a_function_is_told_of_when_short_retries_have_not_cured_it() {
    let retries = tasks().into_iter().flat_map(|(_, state)| state["Retry"].as_array().cloned().unwrap_or_default());
    // What is tried once more only is what the definition itself does again.
    let least = retries.filter_map(|retry| retry["MaxAttempts"].as_u64()).filter(|tries| *tries > 1).min().unwrap();
    for alarm in alarms().iter().filter(|alarm| alarm.metric().0 == "AWS/Lambda") {
        let threshold = alarm.properties()["Threshold"].as_u64().unwrap();
        assert!(threshold <= least, "a step is tried {least} times again, and {} rings above {threshold}", alarm.id);
    }
}

#[test]
fn every_alarm_of_the_log_hears_what_a_function_logs() {
    let filters = of_type("AWS::Logs::MetricFilter");
    let mut heard = BTreeSet::new();
    for filter in &filters {
        let properties = filter.properties();
        assert_eq!(properties["LogGroupName"], json!({"Ref": "FunctionLogs"}), "{}", filter.id);
        let word = properties["FilterPattern"].as_str().unwrap().split('"').nth(1).unwrap();
        assert!(logged(&layout::root().join("functions"), &format!("\"{word}\"")), "nobody logs {word}");
        let metric = &properties["MetricTransformations"][0];
        let namespace = metric["MetricNamespace"]["Fn::Sub"].as_str().unwrap();
        heard.insert((namespace.to_owned(), metric["MetricName"].as_str().unwrap().to_owned()));
    }
    let ours = alarms().iter().map(Made::metric).filter(|(namespace, _)| !namespace.starts_with("AWS/")).collect();
    assert_eq!(heard, ours);
}

/// Whether the code of a folder, but for tests of their own, holds a text.
fn logged(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return !path.ends_with("tests") && logged(&path, text);
        }
        path.extension().is_some_and(|extension| extension == "rs") && fs::read_to_string(&path).unwrap().contains(text)
    })
}

#[test]
fn the_dashboard_shows_what_the_alarms_watch() {
    let dashboard = of_type("AWS::CloudWatch::Dashboard").remove(0);
    let body = &dashboard.properties()["DashboardBody"]["Fn::Sub"];
    let text = body[0].as_str().unwrap().replace("causeway/${AWS::StackName}", "causeway/…");
    let widgets: Value = serde_json::from_str(&text).unwrap();
    let widgets = widgets["widgets"].as_array().unwrap();
    let shown: BTreeSet<(String, String)> = widgets.iter().flat_map(|widget| metrics(&widget["properties"])).collect();
    for alarm in alarms() {
        let (namespace, metric) = alarm.metric();
        let namespace = namespace.replace("${AWS::StackName}", "…");
        assert!(shown.contains(&(namespace.clone(), metric.clone())), "{namespace} {metric} is not shown");
    }
    for (namespace, metric) in &shown {
        let counted = COUNTED.iter().find(|counted| counted.0 == namespace);
        assert!(counted.is_none_or(|counted| counted.1.contains(&metric.as_str())), "{namespace} has no {metric}");
    }
}

/// The namespaces and names of a widget's metrics: "." is what stands there in the one before, "..." all but the last.
fn metrics(properties: &Value) -> Vec<(String, String)> {
    let mut named: Vec<(String, String)> = Vec::new();
    for metric in properties["metrics"].as_array().into_iter().flatten() {
        let text = |at: usize| metric[at].as_str().unwrap();
        let before = named.last().cloned().unwrap_or_default();
        let same = |text: &str, before: String| if text == "." { before } else { text.to_owned() };
        named.push(if text(0) == "..." { before } else { (same(text(0), before.0), same(text(1), before.1)) });
    }
    named
}

#[test]
fn the_readme_has_every_alarm() {
    let readme = read::text("infra/README.md");
    let section = readme.split("## When an alarm rings").nth(1).unwrap().split("\n## ").next().unwrap();
    let names: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|names| names.split("`, `"))
        .map(|name| name.trim_matches('`'))
        .collect();
    // One with "…" stands for all that begin so.
    let stands_for =
        |alarm: &str, name: &str| name.strip_suffix('…').map_or(name == alarm, |begin| alarm.starts_with(begin));
    let alarms = alarms();
    for alarm in &alarms {
        assert!(names.iter().any(|name| stands_for(&alarm.id, name)), "infra/README.md has no {}", alarm.id);
    }
    for name in names {
        assert!(alarms.iter().any(|alarm| stands_for(&alarm.id, name)), "there is no alarm {name}");
    }
}
