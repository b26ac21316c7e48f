//! Compares the sorted words of a command with what was handed out.

use crate::arguments::Arguments;
use crate::code::Code;
use crate::cursor::Word;
use crate::diagnostic::{Diagnostic, Findings, quoted};
use crate::flags::{FLAGS, Treatment, distance};
use crate::rules;
use crate::subnets::subnets;
use crate::suspicious::{foreign_letter, suspicious};
use intake::MOST;
use shared::ids::{ServiceName, SubnetId};
use shared::network::Network;
use shared::target::Target;

const OPERATION: &str = "create-vpc-endpoint";
const ONLY_OURS: &str = "Copy the command that begins with `aws ec2 create-vpc-endpoint` from Atlas.";

/// What a command names, as far as it could be made out.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The endpoint service, when exactly one acceptable service is named, even if not quite in the right form.
    pub(crate) service_name: Option<ServiceName>,
    /// The handed-out subnets that are named, each once; empty when any subnet is at fault.
    pub(crate) subnet_ids: Vec<SubnetId>,
    /// Whether different services are named.
    pub(crate) has_several_services: bool,
}

/// Judges a command; what is wrong is added to the findings.
pub(crate) fn judge(
    arguments: &Arguments,
    is_cut: bool,
    network: &Network,
    target: Option<Target>,
    findings: &mut Findings,
) -> Judged {
    presence(arguments, is_cut, findings);
    let mut judged = Judged::default();
    let mut services: Vec<Option<ServiceName>> = Vec::new();
    for given in &arguments.given {
        if findings.is_full() {
            break;
        }
        if given.flag.name == "--subnet-ids" {
            judged.subnet_ids = subnets(given, network, findings);
            continue;
        }
        let Some(value) = given.values.first().filter(|value| !value.is_faulty) else {
            if given.flag.name == "--service-name" {
                services.push(None);
            }
            continue;
        };
        let fault = match given.flag.name {
            "--vpc-id" => rules::vpc(&value.text, network),
            "--region" => rules::region(&value.text, network),
            "--service-region" => rules::service_region(&value.text, network),
            "--ip-address-type" => address_type(&value.text),
            "--vpc-endpoint-type" => {
                letter_case(value, "Interface", findings);
                rules::endpoint_type(&value.text)
            }
            "--service-name" => match rules::service_name(&value.text, network, target) {
                Ok(name) => {
                    services.push(Some(name));
                    None
                }
                Err(fault) => {
                    services.push(
                        fault.suggestion.as_ref().and_then(|name| rules::service_name(name, network, target).ok()),
                    );
                    Some(fault)
                }
            },
            _ => None,
        };
        if let Some(fault) = fault {
            findings.push(fault.at(value.span));
        }
    }
    services.dedup();
    judged.has_several_services = services.len() > 1;
    if let [Some(name)] = services.as_slice() {
        judged.service_name = Some(name.clone());
    }
    judged
}

/// Whether this is our operation, or surely meant to be.
pub(crate) fn is_our_operation(plain: &[Word], findings: &mut Findings) -> bool {
    let (service, operation) = (plain.first(), plain.get(1));
    for (word, expected) in [(service, "ec2"), (operation, OPERATION)] {
        let Some(word) = word else {
            findings
                .push(Diagnostic::new(Code::WrongCommand, format!("The command has no `{expected}`.")).hint(ONLY_OURS));
            return false;
        };
        if word.text == expected {
            continue;
        }
        if word.is_faulty {
            return false;
        }
        let slip = distance(&word.text.to_ascii_lowercase(), expected) <= expected.len() / 8;
        findings.push(other_operation(word, expected, slip));
        if !slip {
            return false;
        }
    }
    for stray in plain.iter().skip(2).filter(|word| !word.is_faulty).take(MOST) {
        let diagnostic = Diagnostic::new(Code::StrayWord, format!("{} belongs to no flag.", quoted(&stray.text)))
            .hint("Leave it out, or put the flag that it belongs to before it.")
            .label("leave this out");
        findings.push(diagnostic.at(stray.span));
    }
    true
}

fn other_operation(word: &Word, expected: &str, slip: bool) -> Diagnostic {
    let token = quoted(&word.text);
    if let Some(letter) = foreign_letter(&word.text) {
        return letter.at(word.span);
    }
    let diagnostic = if word.text == "modify-vpc-endpoint" {
        Diagnostic::new(
            Code::ModifyCommand,
            "This is Atlas's second command, which turns on private DNS for an endpoint that exists.",
        )
        .hint("It is not needed here. Copy the first command, which begins with `aws ec2 create-vpc-endpoint`.")
    } else {
        let what = if slip { "" } else { "This is another AWS command: " };
        Diagnostic::new(Code::WrongCommand, format!("{what}{token} stands where `{expected}` was expected."))
            .hint(ONLY_OURS)
    };
    let diagnostic = diagnostic.label("another command").at(word.span);
    if slip { diagnostic.suggest(expected) } else { diagnostic }
}

/// Remarks on flags that are missing or that are there twice.
fn presence(arguments: &Arguments, is_cut: bool, findings: &mut Findings) {
    let mut missing = Vec::new();
    for flag in FLAGS.iter().filter(|flag| matches!(flag.treatment, Treatment::Required | Treatment::Checked)) {
        let mut found = arguments.given.iter().filter(|given| given.flag == flag);
        let first = found.next();
        if let Some(again) = found.next() {
            let diagnostic = Diagnostic::new(Code::RepeatedFlag, format!("`{}` is given twice.", flag.name))
                .hint("Leave one of them out.")
                .label("given again");
            findings.push(diagnostic.at(again.span));
        }
        if first.is_none() && !is_cut && flag.treatment == Treatment::Required {
            missing.push(flag.name);
        }
    }
    if let Some(fault) = missing_flags(&missing) {
        findings.push(fault);
    }
}

/// One fault, however many are missing.
fn missing_flags(names: &[&str]) -> Option<Diagnostic> {
    let message = match names {
        [] => return None,
        ["--vpc-endpoint-type"] => {
            "`--vpc-endpoint-type` is missing, so the AWS CLI would make a Gateway endpoint.".to_owned()
        }
        ["--subnet-ids"] => "`--subnet-ids` is missing, so the endpoint would have no address.".to_owned(),
        [only] => format!("`{only}` is missing."),
        [others @ .., last] => {
            format!("{} flags are missing: `{}` and `{last}`.", names.len(), others.join("`, `"))
        }
    };
    Some(Diagnostic::new(Code::MissingFlag, message).hint("Copy the command from Atlas again, to its end."))
}

fn address_type(value: &str) -> Option<Diagnostic> {
    if value == "ipv4" {
        return None;
    }
    Some(suspicious(value).unwrap_or_else(|| {
        Diagnostic::new(
            Code::RefusedValue,
            format!("The address type {} is not accepted: Atlas is reached by `ipv4`.", quoted(value)),
        )
        .hint("Leave `--ip-address-type` out.")
        .label("another address type")
        .suggest("ipv4")
    }))
}

/// Remarks on a value that only differs in case.
pub(crate) fn letter_case(word: &Word, expected: &str, findings: &mut Findings) {
    if word.text != expected && word.text.eq_ignore_ascii_case(expected) {
        let note = format!("{} was read as `{expected}`.", quoted(&word.text));
        findings.push(Diagnostic::new(Code::LetterCase, note).at(word.span));
    }
}
