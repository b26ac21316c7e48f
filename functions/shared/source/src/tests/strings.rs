//! The table of connection strings.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::read_string;
use crate::{Code, Diagnostic, Seeds};
use intake::{Code as _, Severity};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    string: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    refused: Option<String>,
    srv: Option<String>,
    service: Option<String>,
    hosts: Option<Vec<String>>,
    username: Option<String>,
    password: Option<String>,
    database: Option<String>,
    auth_source: Option<String>,
    replica_set: Option<String>,
    mechanism: Option<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
    #[serde(default)]
    notes: Vec<String>,
    /// Read by tests/sources/driver.rs.
    #[serde(default, rename = "stricter")]
    _stricter: bool,
    #[serde(default, rename = "driver_refuses")]
    _driver_refuses: bool,
}

fn code(diagnostic: &Diagnostic) -> String {
    diagnostic.code.as_str().to_owned()
}

#[test]
fn every_string_of_the_table_is_read_as_it_says() {
    let tables = [include_str!("strings.toml"), include_str!("wrapped.toml")];
    for case in tables.into_iter().flat_map(|table| toml::from_str::<Table>(table).unwrap().string) {
        let read = read_string(&case.text);
        if let Some(refused) = &case.refused {
            let error = read.expect_err(&case.text);
            assert_eq!(&code(&error.diagnostics[0]), refused, "{}", case.text);
            let json = error.to_json().to_string();
            let told = format!("{json} {error:?}");
            assert!(!told.contains("secret") && !told.contains("p%ss"), "{}: {told}", case.text);
            continue;
        }
        let accepted = read.unwrap_or_else(|refused| panic!("{}: {:?}", case.text, refused.diagnostics));
        let told = format!("{accepted:?}");
        assert!(!told.contains("secret") && !told.contains("hunter2"), "{}: {told}", case.text);
        let source = accepted.source;
        match &source.seeds {
            Seeds::Srv { name, service } => {
                assert_eq!((Some(name), case.hosts.as_ref()), (case.srv.as_ref(), None), "{}", case.text);
                assert_eq!(service, case.service.as_deref().unwrap_or("mongodb"), "{}", case.text);
            }
            Seeds::Hosts(hosts) => {
                let hosts = hosts.iter().map(ToString::to_string).collect();
                assert_eq!((Some(hosts), case.srv), (case.hosts, None), "{}", case.text);
            }
        }
        assert_eq!(source.username, case.username.as_deref().unwrap_or("user"), "{}", case.text);
        assert_eq!(source.password.reveal(), case.password.as_deref().unwrap_or("secret"), "{}", case.text);
        assert_eq!(source.database, case.database, "{}", case.text);
        assert_eq!(source.auth_source, case.auth_source, "{}", case.text);
        assert_eq!(source.replica_set, case.replica_set, "{}", case.text);
        assert_eq!(source.mechanism.map(|mechanism| mechanism.as_str().to_owned()), case.mechanism, "{}", case.text);
        assert_eq!(source.direct_connection, case.text.contains("directConnection=true"), "{}", case.text);
        assert_eq!(source.load_balanced, case.text.contains("loadBalanced=true"), "{}", case.text);
        assert_eq!(source.options, case.options, "{}", case.text);
        assert_eq!(accepted.notes.iter().map(code).collect::<Vec<_>>(), case.notes, "{}", case.text);
    }
}

#[test]
fn the_document_explains_every_code() {
    let document = include_str!("../../README.md");
    for code in Code::ALL {
        let severity = if code.severity() == Severity::Error { "refused" } else { "noted" };
        let row = format!("| {} | {severity} | {} |", code.as_str(), code.explanation());
        assert!(document.contains(&row), "README.md lacks the row {row}");
    }
}

#[test]
fn a_fault_is_shown_where_it_stands() {
    let text = "mongodb://üser:secret@db.example.com/a$b?tlsInsecure=true";
    let diagnostics = read_string(text).unwrap_err().diagnostics;
    let marked: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.span.unwrap())
        .map(|span| text.chars().skip(span.start).take(span.end - span.start).collect())
        .collect();
    assert_eq!(marked, ["tlsInsecure", "a$b"]);
}
