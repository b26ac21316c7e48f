//! Values that are not yet values: placeholders, and letters that only look right.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, quoted};

/// What is wrong with a value before it is compared with anything.
pub(crate) fn suspicious(value: &str) -> Option<Diagnostic> {
    foreign_letter(value).or_else(|| is_placeholder(value).then(|| placeholder(value)))
}

/// The fault of a value that still has to be replaced.
pub(crate) fn placeholder(value: &str) -> Diagnostic {
    Diagnostic::new(Code::Placeholder, format!("{} is a placeholder, not a value.", quoted(value)))
        .hint("Enter the VPC ID and the subnet IDs in Atlas first, then copy the command again.")
        .label("still to be replaced")
}

/// The fault of a letter outside of ASCII: no name or ID of AWS has one.
pub(crate) fn foreign_letter(value: &str) -> Option<Diagnostic> {
    let letter = value.chars().find(|ch| !ch.is_ascii())?;
    let point = u32::from(letter);
    let message = match looks_like(letter) {
        Some(plain) => format!(
            "{} contains `{letter}` (U+{point:04X}), which looks like `{plain}` but is another character.",
            quoted(value)
        ),
        None => format!(
            "{} contains `{letter}` (U+{point:04X}), which cannot be part of a name or ID of AWS.",
            quoted(value)
        ),
    };
    let mut diagnostic = Diagnostic::new(Code::LookAlike, message)
        .hint("Copy the command from Atlas again, without an editor or translation in between.")
        .label("not a plain letter");
    diagnostic.suggestion = value.chars().map(|ch| if ch.is_ascii() { Some(ch) } else { looks_like(ch) }).collect();
    Some(diagnostic)
}

/// No ID, region or name that is compared here contains any of these, whatever is handed out.
fn is_placeholder(value: &str) -> bool {
    let lowercase = value.to_ascii_lowercase();
    value.contains(['{', '}', '<', '>', '%', '_', '$'])
        || ["...", "xxx", "your"].iter().any(|part| lowercase.contains(part))
}

/// The plain letter that a character of another alphabet is taken for (from Unicode's table of confusables: the
/// lowercase letters and digits that occur in IDs, regions and flags).
fn looks_like(ch: char) -> Option<char> {
    match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0),
        'а' | 'α' => Some('a'),
        'Ь' | 'ƅ' => Some('b'),
        'с' | 'ϲ' => Some('c'),
        'ԁ' => Some('d'),
        'е' | 'ҽ' => Some('e'),
        'ɡ' => Some('g'),
        'һ' => Some('h'),
        'і' | 'ı' | 'ι' => Some('i'),
        'І' | 'Ι' => Some('I'),
        'ј' => Some('j'),
        'ⅼ' | 'ӏ' => Some('l'),
        'п' => Some('n'),
        'о' | 'ο' => Some('o'),
        'р' | 'ρ' => Some('p'),
        'ԛ' => Some('q'),
        'г' => Some('r'),
        'ѕ' => Some('s'),
        'υ' => Some('u'),
        'ѵ' | 'ν' => Some('v'),
        'ԝ' => Some('w'),
        'х' | 'χ' => Some('x'),
        'у' | 'γ' => Some('y'),
        'О' | 'Ο' => Some('0'),
        'З' => Some('3'),
        _ => None,
    }
}
