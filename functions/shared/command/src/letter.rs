//! A letter in which a command may be: a comment on a ticket, with a greeting around it, or about something else.

use crate::accepted::Accepted;
use crate::diagnostic::{Findings, Refused};
use crate::normalise::normalise;
use crate::{LONGEST, bare, read};
use shared::network::Network;
use shared::target::Target;

/// What a text names that brings a command, or a service alone.
const MEANT: [&str; 3] = ["create-vpc-endpoint", "com.amazonaws.vpce", "vpce-svc-"];

/// Whether a letter brings a command or names an endpoint service: any other is about something else, and a diagnosis of it
/// would be none.
#[must_use]
pub fn is_meant(letter: &str) -> bool {
    let text = plain(letter);
    MEANT.iter().any(|meant| text.contains(meant))
}

/// Reads a letter as [`read`] reads what was pasted. A service that stands alone on one of its lines is taken from there:
/// people do not greet a form, but they do greet each other.
///
/// # Errors
/// As [`read`].
pub fn read_letter(letter: &str, network: &Network, target: Option<Target>) -> Result<Accepted, Refused> {
    let refused = match read(letter, network, target) {
        Err(refused) if letter.len() <= LONGEST && !plain(letter).contains(MEANT[0]) => refused,
        read => return read,
    };
    // Editors of tickets put what looks like code between backticks.
    let lines = letter.lines().map(|line| line.trim().trim_matches('`'));
    let mut alone = lines.filter(|line| bare::is_service(line));
    match (alone.next(), alone.next()) {
        // What another line names may be another service.
        (Some(line), None) if letter.lines().filter(|line| is_meant(line)).count() == 1 => read(line, network, target),
        _ => Err(refused),
    }
}

/// The letter in plain characters and lower case.
fn plain(letter: &str) -> String {
    let text = letter.get(..letter.floor_char_boundary(LONGEST)).unwrap_or_default();
    normalise(text, &mut Findings::default()).into_iter().map(|char| char.ch.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::tests::network;

    const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4";

    #[test]
    fn letters_about_something_else_bring_no_command() {
        for letter in
            ["", "Thanks!", "We run aws s3 ls every day.", "Is the endpoint vpce-0dd ready?", "VPC vpc-0b1c2d3e"]
        {
            assert!(!is_meant(letter), "{letter}");
        }
        for letter in
            ["Hi,\n\naws ec2 create\u{2011}vpc\u{2011}endpoint --vpc-id", "It is VPCE-SVC-00e311695874992b4.", SERVICE]
        {
            assert!(is_meant(letter), "{letter}");
        }
    }

    #[test]
    fn a_service_is_taken_from_a_line_of_its_own() {
        let network = network();
        for letter in [
            SERVICE.to_owned(),
            format!("Hi Jo,\n\nhere it is:\n\n  {SERVICE}\n\nthanks, ann"),
            "good morning\n`vpce-svc-00e311695874992b4`\nann".to_owned(),
        ] {
            let accepted = read_letter(&letter, &network, None).unwrap();
            assert_eq!(accepted.request.service_name.as_str(), SERVICE, "{letter}");
        }
    }

    #[test]
    fn what_may_be_meant_otherwise_is_diagnosed() {
        let network = network();
        for (letter, code) in [
            (format!("{SERVICE}\nor vpce-svc-00000000000000001?"), Code::SeveralServices),
            (format!("we have {SERVICE} here"), Code::NotACommand),
            ("com.amazonaws.vpce.eu-west-1.vpce-svc-00e311695874992b4\nthanks".to_owned(), Code::ServiceRegionMismatch),
        ] {
            let refused = read_letter(&letter, &network, None).unwrap_err();
            assert_eq!(refused.diagnostics[0].code, code, "{letter}");
        }
    }
}
