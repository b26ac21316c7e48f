//! The command intake under any input: edits of the texts in `tests/commands`, and raw bytes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

use command::{print, read, read_bytes, to_text};
use shared::network::Network;

const ACCEPTED: &str = include_str!("../../commands/accepted.toml");
const REFUSED: &str = include_str!("../../commands/refused.toml");
const HANDED_OUT: &str = include_str!("../../commands/handed-out.json");

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: Option<String>,
    change: Option<[String; 2]>,
}

static NETWORK: LazyLock<Network> = LazyLock::new(|| serde_json::from_str(HANDED_OUT).unwrap());

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let cases = [ACCEPTED, REFUSED].into_iter().flat_map(|file| toml::from_str::<Corpus>(file).unwrap().case);
    let mut texts: Vec<String> = Vec::new();
    for case in cases {
        let changed = case.change.map(|[from, to]| texts[0].replace(&from, &to));
        texts.extend(case.text.or(changed));
    }
    texts
});

/// The first two bytes choose a text, or raw bytes; edits follow, each of a position (two bytes), how many bytes to take
/// out and how many to put in, and those.
fn pasted(data: &[u8]) -> Vec<u8> {
    let [high, low, rest @ ..] = data else { return data.to_vec() };
    let choice = usize::from(u16::from_be_bytes([*high, *low]));
    let Some(text) = TEXTS.get(choice % (TEXTS.len() + 1)) else { return rest.to_vec() };
    let mut text = text.clone().into_bytes();
    let mut edits = rest;
    while let [high, low, out, put, rest @ ..] = edits {
        let (put, rest) = rest.split_at(rest.len().min(usize::from(*put)));
        let start = usize::from(u16::from_be_bytes([*high, *low])) % (text.len() + 1);
        let end = text.len().min(start + usize::from(*out % 32));
        text.splice(start..end, put.iter().copied());
        edits = rest;
    }
    text
}

fuzz_target!(|data: &[u8]| {
    let pasted = pasted(data);
    let network = &*NETWORK;
    match read_bytes(&pasted, network, None) {
        Ok(accepted) => {
            let request = accepted.request;
            assert!(!request.subnet_ids.is_empty());
            assert!(request.subnet_ids.iter().all(|id| network.subnet_ids.contains(id)));
            assert_eq!(request.service_name.region().unwrap(), network.region);
            assert_eq!(read(&print(&request, network), network, None).unwrap().request, request);
        }
        Err(refused) => {
            let text = String::from_utf8_lossy(&pasted);
            let length = text.chars().count();
            assert!(!refused.diagnostics.is_empty());
            for span in refused.diagnostics.iter().filter_map(|fault| fault.span) {
                assert!(span.start < span.end && span.end <= length, "{span:?} of {length} in {text:?}");
            }
            let _ = to_text(&refused, &text);
            if let Some(corrected) = refused.corrected {
                assert_eq!(read(&corrected, network, None).unwrap().notes, []);
            }
        }
    }
});
