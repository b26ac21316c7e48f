//! Percent-encoding.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Percent-decodes as drivers do: each percent sign with its two hex digits, and the whole must be text.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        after.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        rest = after;
    }
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}
