//! What holds for any text.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::corpus::{accepted, assert_corrected, plain};
use super::network;
use crate::cursor::Start;
use crate::diagnostic::Findings;
use crate::lexer::lex;
use crate::normalise::normalise;
use crate::{LONGEST, print, read, read_bytes, to_text};
use intake::{Code as _, Severity};
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::target::Target;

const METACHARACTERS: &[char] = &[';', '&', '|', '<', '>', '(', ')', '$', '`', '#', '*', '?', '~', '!'];

/// Pieces of real commands, of broken ones and of the text around them.
const PIECES: &[&str] = &[
    "aws",
    "ec2",
    "create-vpc-endpoint",
    "modify-vpc-endpoint",
    "--vpc-id",
    "vpc-0b1c2d3e4f5061728",
    "vpc-0fffffffffffffff0",
    "--region",
    "us-east-1",
    "eu-west-1",
    "--service-name",
    "com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8",
    "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4",
    "com.amazonaws.us-east-1.s3",
    "vpce-svc-0667f4ca6f4a2bbc8",
    "--vpc-endpoint-type",
    "Interface",
    "Gateway",
    "--subnet-ids",
    "subnet-0aa11bb22cc33dd44",
    "subnet-0bb22cc33dd44ee55",
    "subnet-0fffffffffffffff0",
    "--output",
    "json",
    "--profile",
    "--dry-run",
    "--no-cli-pager",
    "--vpc",
    "=",
    ",",
    "'",
    "\"",
    "\\",
    "^",
    "`",
    "```",
    "\\\n",
    "\n",
    "\r\n",
    "\n\n",
    " ",
    " ",
    " ",
    " ",
    "\t",
    "$ ",
    "> ",
    "PS C:\\> ",
    ";",
    "&&",
    "|",
    "$(",
    ")",
    "${X}",
    "<vpc-id>",
    "#",
    "*",
    "\u{2013}",
    "\u{2014}",
    "\u{201c}",
    "\u{201d}",
    "\u{a0}",
    "\u{200b}",
    "\u{feff}",
    "&ndash;",
    "&quot;",
    "&amp;",
    "&#45;",
    "а",
    "Hi team,",
    "Here is the command:",
    "Thanks!",
    "sudo",
    "https://example.com",
    "{\"VpcEndpoint\": {\"ServiceName\": \"",
    "\"}}\n",
    "\nAn error occurred (InvalidVpcID.NotFound)\n",
    "service_name = \"",
    "Service name: ",
    "=\n",
    "=3D",
    "[",
    "]",
    ".",
    "[\"subnet-0aa11bb22cc33dd44\"]",
    "\u{0}",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// Nearly right commands: pieces with blanks between, most of them those of the plain command.
fn nearly() -> impl Strategy<Value = String> {
    (any::<Index>(), any::<Index>(), select(PIECES), any::<bool>()).prop_map(|(from, to, piece, drop)| {
        let mut words: Vec<String> = plain().split(' ').map(str::to_owned).collect();
        let at = from.index(words.len());
        if drop {
            words.remove(at);
        }
        words.insert(to.index(words.len()), piece.to_owned());
        words.join(" ")
    })
}

fn target() -> impl Strategy<Value = Option<Target>> {
    select(vec![None, Some(Target::Dedicated), Some(Target::Federated), Some(Target::OnlineArchive)])
}

/// The texts of the corpus that have no quotes and no text around them: there, no character may be added.
fn unquoted() -> Vec<String> {
    let texts = accepted().into_iter().map(|case| case.text);
    let begins = |text: &String| ["aws ", "com.", "vpce-svc-"].iter().any(|begin| text.starts_with(begin));
    texts.filter(|text| begins(text) && !text.contains(['\'', '"', '\u{201c}', '\u{2018}', '&', '['])).collect()
}

fn assert_sound(text: &str, network: &Network, target: Option<Target>) -> Result<(), TestCaseError> {
    match read(text, network, target) {
        Ok(accepted) => {
            prop_assert!(!accepted.request.subnet_ids.is_empty());
            prop_assert!(accepted.request.subnet_ids.iter().all(|id| network.subnet_ids.contains(id)));
            prop_assert_eq!(accepted.request.service_name.region().unwrap(), network.region.clone());
            prop_assert!(text.contains(accepted.request.service_name.service_id().unwrap().as_str()));
            for note in accepted.notes {
                prop_assert!(note.span.is_some_and(|span| span.start < span.end && span.end <= text.chars().count()));
            }
        }
        Err(refused) => {
            prop_assert!(!refused.diagnostics.is_empty());
            let faults = refused.diagnostics.iter().filter(|told| told.severity == Severity::Error);
            let starts: Vec<usize> = faults.map(|fault| fault.span.map_or(usize::MAX, |span| span.start)).collect();
            prop_assert!(starts.is_sorted());
            let kinds: BTreeSet<&str> = refused.diagnostics.iter().map(|told| told.code.as_str()).collect();
            prop_assert_eq!(kinds.len(), refused.diagnostics.len(), "a kind of faults is told once");
            let length = text.chars().count();
            let fits = |fault: &super::super::Diagnostic| {
                fault.span.is_none_or(|span| span.start < span.end && span.end <= length)
            };
            prop_assert!(refused.diagnostics.iter().all(fits));
            let _ = to_text(&refused, text);
            assert_corrected(&refused, network, target, text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_has_an_answer(text in any::<String>(), target in target()) {
        assert_sound(&text, &network(), target)?;
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes, &network(), None);
    }

    #[test]
    fn any_pieces_have_an_answer(text in soup(), target in target()) {
        assert_sound(&text, &network(), target)?;
    }

    #[test]
    fn nearly_right_commands_have_an_answer(text in nearly(), target in target()) {
        assert_sound(&text, &network(), target)?;
    }

    #[test]
    fn what_is_printed_is_read_again(
        vpc in "vpc-[0-9a-f]{17}", service in "vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})", region in "(us|eu|ap)-(east|west|gov-north)-[1-9]",
        (all, some) in prop::collection::btree_set("subnet-[0-9a-f]{17}", 1..6)
            .prop_map(|ids| ids.into_iter().collect::<Vec<_>>())
            .prop_flat_map(|ids| (Just(ids.clone()), subsequence(ids.clone(), 1..=ids.len()))),
    ) {
        let ids = |ids: Vec<String>| ids.into_iter().map(|id| id.parse().unwrap()).collect();
        let network = Network { region: region.parse().unwrap(), vpc_id: vpc.parse().unwrap(), subnet_ids: ids(all), subnet_cidrs: Vec::new(), left_out: Vec::new() };
        let name = format!("com.amazonaws.vpce.{region}.{service}");
        let request = EndpointRequest { service_name: name.parse().unwrap(), subnet_ids: ids(some) };
        let accepted = read(&print(&request, &network), &network, None).unwrap();
        prop_assert_eq!(&accepted.request, &request);
        prop_assert_eq!(accepted.notes.len(), 0);
    }

    #[test]
    fn a_metacharacter_anywhere_refuses_the_command(command in select(unquoted()), at in any::<Index>(), added in select(METACHARACTERS)) {
        let mut text: Vec<char> = command.chars().collect();
        text.insert(at.index(text.len() + 1), added);
        let text: String = text.into_iter().collect();
        // A terminal's next prompt, which comes along with a command that was copied from there, is none.
        prop_assume!(!matches!(text.lines().next_back(), Some("$" | ">")));
        prop_assert!(read(&text, &network(), None).is_err(), "{}", text);
    }

    #[test]
    fn one_other_character_never_changes_what_is_read(at in any::<Index>(), change in any::<char>().prop_filter("makes another ID", |ch| !ch.is_ascii_hexdigit()), mode in 0..3) {
        let plain = plain();
        let mut text: Vec<char> = plain.chars().collect();
        let at = at.index(text.len());
        if mode != 0 { text.remove(at); }
        if mode != 1 { text.insert(at, change); }
        let text: String = text.into_iter().collect();
        if let Ok(accepted) = read(&text, &network(), None) {
            prop_assert_eq!(accepted.request, read(&plain, &network(), None).unwrap().request);
        }
    }

    #[test]
    fn a_lost_line_break_never_changes_what_is_read(at in any::<Index>()) {
        let plain = plain();
        let (before, after) = plain.split_at(at.index(plain.len() + 1));
        let text = format!("{before}\n{after}");
        if let Ok(accepted) = read(&text, &network(), None) {
            prop_assert_eq!(accepted.request, read(&plain, &network(), None).unwrap().request);
            prop_assert!(before.is_empty() || after.is_empty());
        }
    }

    #[test]
    fn two_services_in_one_text_are_refused_whatever_stands_around_them(
        before in soup(), between in soup(), after in soup(), target in target(),
    ) {
        let [first, second] = ["0667f4ca6f4a2bbc8", "0aaaaaaaaaaaaaaaa"].map(|id| format!("com.amazonaws.vpce.us-east-1.vpce-svc-{id}"));
        let text = format!("{before} \"{first}\" {between} \"{second}\" {after}");
        prop_assert!(read(&text, &network(), target).is_err(), "{}", text);
    }

    #[test]
    fn the_order_of_flags_does_not_matter(order in Just(vec![
        "--vpc-id vpc-0b1c2d3e4f5061728", "--region us-east-1", "--vpc-endpoint-type Interface",
        "--service-name com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8",
        "--subnet-ids subnet-0aa11bb22cc33dd44 subnet-0bb22cc33dd44ee55",
    ]).prop_shuffle()) {
        let accepted = read(&format!("aws ec2 create-vpc-endpoint {}", order.join(" ")), &network(), None).unwrap();
        prop_assert_eq!(accepted, read(&plain(), &network(), None).unwrap());
    }

    #[test]
    fn words_are_those_of_a_posix_shell(text in "[a-z0-9=,./: '\"\\\\-]{0,40}") {
        let text = format!("aws {text}");
        let mut findings = Findings::default();
        let chars = normalise(&text, &mut findings);
        let lexed = lex(&chars, Start { at: 0, has_prompt: false, is_fenced: false }, &mut findings);
        let (faults, notes) = findings.sorted();
        // A backslash before a blank or the end is read as a continuation that went astray.
        if faults.is_empty() && notes.is_empty() {
            let words: Vec<String> = lexed.words.into_iter().map(|word| word.text).collect();
            prop_assert_eq!(words, shell_words::split(&text).unwrap());
        } else if faults.iter().any(|fault| fault.code == super::super::Code::UnclosedQuote) {
            prop_assert!(shell_words::split(&text).is_err());
        }
    }
}

#[test]
fn sixteen_kibibytes_of_anything_have_an_answer() {
    let network = network();
    for piece in PIECES {
        let text = format!("aws ec2 create-vpc-endpoint {}", piece.repeat((LONGEST - 28) / piece.len()));
        let _ = read(&text, &network, None);
        let _ = read(text.strip_prefix("aws ").unwrap(), &network, None);
    }
}
