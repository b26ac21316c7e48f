//! Every text of `tests/commands`, read and compared with what is written there.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{assert_document, corpus_folder, network, text};
use crate::{Accepted, Code, Diagnostic, LONGEST, Refused, print, read, read_bytes, to_text};
use intake::Code as _;
use shared::network::Network;
use shared::target::Target;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<Case> {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptedCase {
    what: String,
    pub(crate) text: String,
    /// Read by the tests that run the AWS CLI.
    #[serde(default, rename = "cli")]
    _cli: bool,
    target: Option<Target>,
    service: Option<String>,
    subnets: Option<Vec<String>>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    ignored: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusedCase {
    what: String,
    /// The whole text, or else a change of the plain command: what is replaced, and with what.
    text: Option<String>,
    change: Option<[String; 2]>,
    target: Option<Target>,
    /// Code and marked text of every fault, in their order.
    faults: Vec<[String; 2]>,
    #[serde(default = "yes")]
    corrected: bool,
}

fn yes() -> bool {
    true
}

pub(crate) fn accepted() -> Vec<AcceptedCase> {
    toml::from_str::<File<AcceptedCase>>(&text("accepted.toml")).unwrap().case
}

pub(crate) fn refused() -> Vec<RefusedCase> {
    toml::from_str::<File<RefusedCase>>(&text("refused.toml")).unwrap().case
}

/// The command as Atlas prints it, the first case of the corpus.
pub(crate) fn plain() -> String {
    static PLAIN: LazyLock<String> = LazyLock::new(|| accepted().swap_remove(0).text);
    PLAIN.clone()
}

impl RefusedCase {
    pub(crate) fn pasted(&self, plain: &str) -> String {
        match (&self.text, &self.change) {
            (Some(text), None) => text.clone(),
            (None, Some([from, to])) => {
                assert_eq!(
                    plain.matches(from.as_str()).count(),
                    1,
                    "{}: `{from}` must stand once in the plain command",
                    self.what
                );
                plain.replace(from.as_str(), to)
            }
            _ => panic!("{}: either `text` or `change`", self.what),
        }
    }
}

fn marked(pasted: &str, diagnostic: &Diagnostic) -> String {
    let Some(span) = diagnostic.span else { return String::new() };
    pasted.chars().skip(span.start).take(span.end - span.start).collect()
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.as_str().to_owned()).collect()
}

#[test]
fn the_accepted_are_accepted() {
    let network = network();
    let mut failures = String::new();
    for case in accepted() {
        let expected_subnets = case
            .subnets
            .clone()
            .unwrap_or_else(|| vec!["subnet-0aa11bb22cc33dd44".into(), "subnet-0bb22cc33dd44ee55".into()]);
        let expected_service =
            case.service.clone().unwrap_or_else(|| "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8".into());
        match read(&case.text, &network, case.target) {
            Ok(Accepted { request, notes, ignored }) => {
                let subnets: Vec<String> = request.subnet_ids.iter().map(ToString::to_string).collect();
                let found = (request.service_name.to_string(), subnets, codes(&notes), ignored);
                let ignored = case.ignored.iter().map(String::as_str).collect();
                let expected = (expected_service, expected_subnets, case.notes, ignored);
                if found != expected {
                    writeln!(failures, "{}:\n  found    {found:?}\n  expected {expected:?}", case.what).unwrap();
                }
            }
            Err(refused) => writeln!(failures, "{}:\n{}", case.what, to_text(&refused, &case.text)).unwrap(),
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_refused_are_refused_with_every_fault_marked() {
    let network = network();
    let plain = plain();
    let mut failures = String::new();
    for case in refused() {
        let pasted = case.pasted(&plain);
        match read(&pasted, &network, case.target) {
            Ok(accepted) => writeln!(failures, "{}: accepted, {accepted:?}", case.what).unwrap(),
            Err(refused) => {
                let found: Vec<[String; 2]> = refused
                    .diagnostics
                    .iter()
                    .map(|fault| [fault.code.as_str().to_owned(), marked(&pasted, fault)])
                    .collect();
                if found != case.faults || refused.corrected.is_some() != case.corrected {
                    writeln!(failures, "{}:\nfaults = {found:?}\n{}", case.what, to_text(&refused, &pasted)).unwrap();
                }
                assert_corrected(&refused, &network, case.target, &case.what);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A corrected command is one that is accepted and needs no further remark.
pub(crate) fn assert_corrected(refused: &Refused, network: &Network, target: Option<Target>, what: &str) {
    if let Some(corrected) = &refused.corrected {
        let accepted =
            read(corrected, network, target).unwrap_or_else(|again| panic!("{what}: {}", to_text(&again, corrected)));
        assert_eq!(&print(&accepted.request, network), corrected, "{what}");
        assert_eq!(accepted.notes, [], "{what}");
    }
}

#[test]
fn the_messages_are_as_reviewed() {
    let (network, plain) = (network(), plain());
    let mut messages = String::from(
        "The answers to the texts of refused.toml. Written by the tests of functions/shared with UPDATE_DOCS=1.\n",
    );
    for case in refused() {
        let pasted = case.pasted(&plain);
        let answer =
            read(&pasted, &network, case.target).map_or_else(|refused| to_text(&refused, &pasted), |_| String::new());
        write!(messages, "\n## {}\n\n{answer}", case.what).unwrap();
    }
    assert_document(&corpus_folder().join("messages.txt"), &messages);
}

#[test]
fn every_code_occurs() {
    let refused = refused().into_iter().flat_map(|case| case.faults).map(|[code, _]| code);
    let noted = accepted().into_iter().flat_map(|case| case.notes);
    let in_bytes = [Code::TooLong, Code::NotUtf8].map(|code| code.as_str().to_owned());
    let found: BTreeSet<String> = refused.chain(noted).chain(in_bytes).collect();
    let all: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(found, all);
}

#[test]
fn the_corpus_is_large_and_has_nothing_twice() {
    let plain = plain();
    let accepted: BTreeSet<String> = accepted().into_iter().map(|case| case.text).collect();
    let refused: BTreeSet<(String, String)> =
        refused().into_iter().map(|case| (case.pasted(&plain), format!("{:?}", case.target))).collect();
    assert!(accepted.len() >= 60, "{}", accepted.len());
    assert!(refused.len() >= 120, "{}", refused.len());
    assert_eq!(accepted.len(), super::corpus::accepted().len());
    assert_eq!(refused.len(), super::corpus::refused().len());
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_stop_being_text() {
    let network = network();
    let refused = read_bytes(b"aws \xc3\xa9 \xff ec2", &network, None).unwrap_err();
    assert_eq!(codes(&refused.diagnostics), ["not-utf-8"]);
    assert_eq!(refused.to_json()["span"], serde_json::json!({"start": 6, "end": 7}));
    assert_eq!(read_bytes(plain().as_bytes(), &network, None), read(&plain(), &network, None));
}

#[test]
fn sixteen_kibibytes_are_read_and_not_one_byte_more() {
    let network = network();
    let padded = format!("{:<LONGEST$}", plain());
    assert!(read(&padded, &network, None).is_ok());
    let refused = read(&format!("{padded} "), &network, None).unwrap_err();
    assert_eq!(codes(&refused.diagnostics), ["too-long"]);
    assert_eq!(refused, read_bytes(format!("{padded} ").as_bytes(), &network, None).unwrap_err());
}

#[test]
fn the_answer_has_the_shape_of_the_contract() {
    let (network, plain) = (network(), plain());
    let refused = read(&plain.replace("vpc-0b1c2d3e4f5061728", "vpc-0fffffffffffffff0"), &network, None).unwrap_err();
    assert_eq!(
        refused.to_json(),
        serde_json::json!({
            "code": "vpc-mismatch",
            "severity": "error",
            "message": "The VPC `vpc-0fffffffffffffff0` is not the one that was handed out, `vpc-0b1c2d3e4f5061728`.",
            "hint": "Enter the VPC ID and the subnet IDs from our message in Atlas and copy the command again.",
            "span": {"start": 37, "end": 58},
            "label": "another VPC",
            "suggestion": "vpc-0b1c2d3e4f5061728",
            "corrected": plain,
        })
    );
}

#[test]
fn the_preview_says_what_will_be_created() {
    let network = network();
    let accepted = read(&format!("{} --profile me --output json", plain()), &network, None).unwrap();
    assert_eq!(
        accepted.preview(&network),
        "An interface endpoint for com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 in us-east-1, VPC vpc-0b1c2d3e4f5061728, \
         subnets subnet-0aa11bb22cc33dd44, subnet-0bb22cc33dd44ee55; private DNS off; ignored: --profile, --output."
    );
}
