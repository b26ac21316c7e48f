//! The services, VPCs and subnets that a text names anywhere, whatever stands around them.

use crate::normalise::Char;
use crate::rules::name_from_id;
use intake::Span;
use shared::ids::{ServiceId, ServiceName};
use shared::network::Network;

const ID: &str = "vpce-svc-";
const NAME: &str = "com.amazonaws.vpce.";
/// How far back from a service a label is looked for.
const LONGEST_LABEL: usize = 160;

/// Something that a text names, and where it does for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// What a text names, each once.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Full names of services, in lower case; of an ID alone, the name that it has in our region.
    pub(crate) services: Vec<Mention>,
    /// Whether something begins like a service and is none: one that was cut, or a service of AWS.
    pub(crate) has_malformed: bool,
    /// Whether a service has a label such as `service_name =` before it.
    pub(crate) is_labelled: bool,
    pub(crate) vpcs: Vec<Mention>,
    pub(crate) subnets: Vec<Mention>,
}

impl Mentions {
    /// Goes through the text once, word by word.
    pub(crate) fn of(text: &[Char], network: &Network) -> Self {
        let mut mentions = Self::default();
        let is_part = |char: &Char| char.ch.is_ascii_alphanumeric() || matches!(char.ch, '-' | '.');
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = rest.iter().take_while(|char| is_part(char)).count();
            if length >= "vpc-".len() {
                mentions.word(text, at, length, network);
            }
            at += length.max(1);
        }
        mentions
    }

    fn word(&mut self, text: &[Char], at: usize, length: usize, network: &Network) {
        let chars = text.get(at..at + length).unwrap_or_default();
        let word: String = chars.iter().map(|char| char.ch.to_ascii_lowercase()).collect();
        let word = word.trim_end_matches(['.', '-']);
        let place = |start: usize, end: usize| {
            let (first, last) = (chars.get(start)?, chars.get(end.checked_sub(1)?)?);
            Some(first.span().to(last.span()))
        };
        if let Some(start) = word.find(NAME).or_else(|| word.find(ID)) {
            let named = word.get(start..).unwrap_or_default();
            match (full_name(named, network), place(start, word.len())) {
                (Some(name), Some(span)) => {
                    self.is_labelled |= has_label(text.get(..at + start).unwrap_or_default());
                    add(&mut self.services, name, span);
                }
                _ => self.has_malformed = true,
            }
        } else if word.starts_with("com.amazonaws.") {
            self.has_malformed = true;
        } else if let Some(span) = place(0, word.len()) {
            if is_id(word, "vpc-") {
                add(&mut self.vpcs, word.to_owned(), span);
            } else if is_id(word, "subnet-") {
                add(&mut self.subnets, word.to_owned(), span);
            }
        }
    }
}

fn add(list: &mut Vec<Mention>, text: String, span: Span) {
    // Nobody needs more to see that it is too many, and it bounds the work.
    if list.len() < intake::MOST && list.iter().all(|known| known.text != text) {
        list.push(Mention { text, span });
    }
}

/// Of a service's name, of its ID, or of a DNS name with the ID in it.
fn full_name(word: &str, network: &Network) -> Option<String> {
    if word.parse::<ServiceName>().is_ok() {
        return Some(word.to_owned());
    }
    let id = word.strip_prefix(ID).map(|_| word.split('.').next().unwrap_or(word))?;
    id.parse::<ServiceId>().ok().map(|id| name_from_id(&id, network))
}

/// Also one that was cut, which is another than ours.
fn is_id(word: &str, prefix: &str) -> bool {
    word.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a text ends in a label for a service's name, in any wrapping: `"endpointServiceName":"`, `service_name = "`,
/// `**Service name:** `, `<td>Service Name</td><td>`. A flag is none.
fn has_label(before: &[Char]) -> bool {
    let mut letters = String::new();
    let (mut in_tag, mut is_apart) = (false, false);
    for char in before.iter().rev().take(LONGEST_LABEL) {
        match char.ch {
            '>' => in_tag = true,
            '<' => in_tag = false,
            _ if in_tag => {}
            ch if ch.is_ascii_alphabetic() => letters.push(ch.to_ascii_lowercase()),
            '-' if is_label(&letters) => return false,
            // A label is apart from what it names.
            _ if letters.is_empty() => is_apart = true,
            _ => {}
        }
        is_apart |= in_tag;
        if letters.len() > "servicename".len() {
            break;
        }
    }
    is_apart && is_label(letters.get(.."servicename".len()).unwrap_or(&letters))
}

/// Letters from behind, since a text is read back from the service.
fn is_label(letters: &str) -> bool {
    letters == "emanecivres"
}
