//! HTML entities, which ticket systems leave in text that was copied out of a page.

/// The longest entity that is known, `&ZeroWidthSpace;`, with its ends.
const LONGEST: usize = 16;

/// The character that an entity at the start of `text` stands for, and the entity's length.
pub(crate) fn decode(text: &[char]) -> Option<(char, usize)> {
    let end = text.iter().take(LONGEST).position(|ch| *ch == ';')?;
    let name: String = text.get(1..end)?.iter().collect();
    let ch = match name.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => named(&name)?,
    };
    Some((ch, end + 1))
}

fn numeric(number: &str) -> Option<char> {
    let hex = number.strip_prefix(['x', 'X']);
    let (digits, radix) = hex.map_or((number, 10), |digits| (digits, 16));
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)).flatten()
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "thinsp" => '\u{2009}',
        "hyphen" | "dash" => '\u{2010}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "minus" => '\u{2212}',
        "lsquo" => '\u{2018}',
        "rsquo" => '\u{2019}',
        "sbquo" => '\u{201a}',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "bdquo" => '\u{201e}',
        "bsol" => '\\',
        "grave" => '`',
        "shy" => '\u{ad}',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        "ZeroWidthSpace" => '\u{200b}',
        _ => return None,
    })
}
