//! Holds the tables of the intake's README to the code.

use std::fmt::Write;
use std::path::Path;

use super::assert_document;
use crate::Code;
use crate::flags::{FLAGS, Treatment};
use intake::{Code as _, Severity};

#[test]
fn the_readme_lists_every_code_and_flag() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let mut expected = between(&written, "codes", &codes());
    expected = between(&expected, "flags", &flags());
    assert_document(&path, &expected);
}

fn codes() -> String {
    let mut table = String::from("| code | | meaning |\n|---|---|---|\n");
    for code in Code::ALL {
        let severity = if code.severity() == Severity::Error { "refused" } else { "noted" };
        writeln!(table, "| {} | {severity} | {} |", code.as_str(), code.explanation().replace('|', "\\|")).unwrap();
    }
    table
}

fn flags() -> String {
    let mut table = String::from("| flag | | because |\n|---|---|---|\n");
    for flag in FLAGS {
        let (treatment, reason) = match flag.treatment {
            Treatment::Required => ("required, checked", ""),
            Treatment::Checked => ("checked", ""),
            Treatment::Ignored(reason) => ("ignored", reason),
            Treatment::Refused(reason) => ("refused", reason),
        };
        writeln!(table, "| `{}` | {treatment} | {reason} |", flag.name).unwrap();
    }
    table
}

/// Replaces what stands between the two marks of this name.
fn between(text: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{content}{end}{after}")
}

#[test]
fn codes_are_told_apart_by_their_names() {
    let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
    );
}
