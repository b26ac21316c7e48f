//! What the releases before have written and today's functions still read: onboardings that run for weeks, items that are
//! kept for years and messages that wait go on under the next release.
//!
//! A folder of `tests/releases` is a release: under `functions` what its definition sends to each function, by state, and
//! beside it the event on the bus, the register's items, the contents of the vault and of the source's secret (made up), and
//! the queue's message. A change that alters one of them comes in a new release: copy the newest folder, name the copy after
//! the release, and change the copy alone. An older folder stays as it is, and goes when nothing of its time is left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::read::{binary, function_of, functions, tasks};
use register::Register;
use secrets::{source, vault};
use shared::event::TicketEvent;
use shared::ids::OnboardingId;
use shared::message::Reply;
use step::input::{self, InputError};

/// The releases, the oldest first.
fn releases() -> Vec<PathBuf> {
    let entries = fs::read_dir(layout::root().join("tests/releases")).unwrap();
    let mut releases: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    releases.sort();
    releases
}

fn content(release: &Path, file: &str) -> Value {
    let path = release.join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The value with a field more in each of its objects that has named fields: what a later release may add.
fn with_more(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_more).collect(),
        Value::Object(fields) => {
            let mut more: Value = fields.iter().map(|(name, value)| (name.clone(), with_more(value))).collect();
            // In these every key is a value itself.
            for name in ["timeline", "deliveries", "options", "seeds"] {
                if let Some(map) = fields.get(name) {
                    more[name] = map.clone();
                }
            }
            more["more"] = json!({"of": "a later release"});
            more
        }
        value => value.clone(),
    }
}

/// As it was written, and as a later release may write it.
fn both(release: &Path, file: &str) -> [Value; 2] {
    let value = content(release, file);
    [with_more(&value), value]
}

fn reads<T: DeserializeOwned>(value: Value) -> Result<(), InputError> {
    input::read::<T>(value).map(|_| ())
}

/// Reads what a state sends to this function.
fn input(function: &str, value: Value) -> Result<(), InputError> {
    match function {
        "await-answer" => reads::<await_answer::Input>(value),
        "check-eligibility" => reads::<check_eligibility::Input>(value),
        "check-endpoint" => reads::<check_endpoint::Input>(value),
        "clean-up" => reads::<clean_up::Input>(value),
        "create-endpoint" => reads::<create_endpoint::Input>(value),
        "ensure-network" => reads::<ensure_network::Input>(value),
        "mark-closing" => reads::<mark_closing::Input>(value),
        "open-record" => reads::<open_record::Input>(value),
        "tell" => reads::<tell::Input>(value),
        "verify-source" => reads::<verify_source::Input>(value),
        other => panic!("which input does {other} read?"),
    }
}

#[test]
fn every_function_reads_what_each_release_has_sent_to_it() {
    for release in releases() {
        for file in fs::read_dir(release.join("functions")).unwrap() {
            let path = file.unwrap().path();
            let function = path.file_stem().unwrap().to_str().unwrap();
            for (state, sent) in content(&release, path.to_str().unwrap()).as_object().unwrap() {
                for value in [with_more(sent), sent.clone()] {
                    input(function, value).unwrap_or_else(|error| panic!("{} at {state}: {error}", path.display()));
                }
            }
        }
    }
}

#[test]
fn the_newest_release_sends_what_the_definition_does() {
    let newest = releases().pop().unwrap();
    for (name, state) in tasks() {
        let Some(function) = function_of(&state) else { continue };
        let file = format!("functions/{}.json", binary(&functions()[&function]));
        assert!(newest.join(&file).exists(), "{} lacks {file}", newest.display());
        // What is one expression is known when it runs.
        let arguments = state["Arguments"].get("Payload").unwrap_or(&state["Arguments"]);
        let sent = &content(&newest, &file)[&name];
        if let (Some(arguments), Some(sent)) = (arguments.as_object(), sent.as_object()) {
            assert_eq!(names(sent), names(arguments), "{file} at {name}");
        }
    }
}

fn names(object: &Map<String, Value>) -> BTreeSet<&str> {
    object.keys().map(String::as_str).collect()
}

#[test]
fn events_and_messages_of_each_release_are_read() {
    for release in releases() {
        for event in both(&release, "event.json") {
            input::read::<TicketEvent>(event).unwrap();
        }
        for reply in both(&release, "reply.json") {
            input::read::<Reply>(reply).unwrap();
        }
    }
}

/// A register of one item.
fn register(item: Value) -> Register {
    let read = mock!(aws_sdk_dynamodb::Client::get_item)
        .then_output(move || GetItemOutput::builder().set_item(serde_dynamo::to_item(&item).ok()).build());
    Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&read]), "register")
}

#[tokio::test]
async fn items_of_each_release_are_read() {
    let id = OnboardingId::of("of no matter");
    for release in releases() {
        for (file, has_ended) in [("onboarding.json", false), ("ended.json", true)] {
            for item in both(&release, file) {
                let onboarding = register(item).read(&id).await.unwrap().unwrap();
                assert_eq!(onboarding.has_ended(), has_ended, "{file}");
            }
        }
        for item in both(&release, "vpc.json") {
            let places = register(item).places(&"vpc-0b1c2d3e4f5a6b7c8".parse().unwrap()).await.unwrap();
            assert_eq!((places.places.len(), places.others), (1, 1));
        }
        for item in both(&release, "intermediate-vpc.json") {
            assert!(register(item).intermediate_vpc(0).await.unwrap().is_some());
        }
    }
}

/// A Secrets Manager of one secret.
fn secrets_manager(content: &Value) -> aws_sdk_secretsmanager::Client {
    let content = content.to_string();
    let read = mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .then_output(move || GetSecretValueOutput::builder().secret_string(content.clone()).build());
    mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read])
}

#[tokio::test]
async fn secrets_of_each_release_are_read() {
    let id = OnboardingId::of("of no matter");
    for release in releases() {
        for content in both(&release, "vault.json") {
            let token = vault::read(&secrets_manager(&content), "causeway", &id, "version").await.unwrap();
            assert_eq!(token.unwrap().reveal(), "a made-up token");
        }
        for content in both(&release, "source.json") {
            let source = source::read(&secrets_manager(&content), "arn:source", "version").await.unwrap();
            assert_eq!(source.password.reveal(), "a made-up password");
        }
    }
}
