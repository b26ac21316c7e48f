//! Quoted-printable: what a mail program that hands on the raw message makes of long lines and of equals signs.

use crate::flags;

/// The longest flag that is looked for before an equals sign.
const LONGEST_FLAG: usize = 40;

/// What an equals sign and the characters behind it stand for.
pub(crate) enum Quoted {
    /// A line break that was put in on the way.
    SoftBreak,
    /// A character.
    Char(char),
}

/// Whether a text is quoted-printable: it has an encoded equals sign, or a line that ends in one. A flag with an empty
/// value at the end of its line, `--vpc-id=`, is no proof.
pub(crate) fn is_used(text: &[char]) -> bool {
    text.iter().enumerate().filter(|(_, ch)| **ch == '=').any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.starts_with(&['=', '3', 'D']) || (soft_break(rest).is_some() && !ends_flag(text.get(..at)))
    })
}

/// What the equals sign at the start of `text` stands for, and how many characters are read with it.
pub(crate) fn decode(text: &[char]) -> Option<(Quoted, usize)> {
    if let Some(length) = soft_break(text) {
        return Some((Quoted::SoftBreak, length));
    }
    let bytes: Vec<u8> = text.chunks_exact(3).map_while(byte).take(4).collect();
    let valid = match std::str::from_utf8(&bytes) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
    };
    let ch = valid.chars().next()?;
    Some((Quoted::Char(ch), 3 * ch.len_utf8()))
}

fn soft_break(text: &[char]) -> Option<usize> {
    let blanks = text.get(1..)?.iter().take_while(|ch| matches!(ch, ' ' | '\t')).count();
    match text.get(1 + blanks..)? {
        ['\n', ..] => Some(blanks + 2),
        ['\r', '\n', ..] => Some(blanks + 3),
        _ => None,
    }
}

/// `=` and two hexadecimal digits, in capitals as the standard has them.
fn byte(chars: &[char]) -> Option<u8> {
    let ['=', high, low] = chars else { return None };
    let digit =
        |ch: &char| ch.to_digit(16).filter(|_| !ch.is_ascii_lowercase()).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

fn ends_flag(before: Option<&[char]>) -> bool {
    let before = before.unwrap_or_default();
    let reach = before.get(before.len().saturating_sub(LONGEST_FLAG)..).unwrap_or_default();
    let name: String = reach.rsplit(|ch| ch.is_ascii_whitespace()).next().unwrap_or_default().iter().collect();
    flags::find(&name).is_some()
}
