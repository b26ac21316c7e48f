//! The full stop of the sentence that a command stood in.

use crate::code::Code;
use crate::cursor::Word;
use crate::diagnostic::{Diagnostic, Findings};
use intake::Span;

/// Takes one full stop from the last word. Three of them are a cut word, and are left.
pub(crate) fn drop_full_stop(words: &mut [Word], findings: &mut Findings) {
    let Some(last) = words.last_mut().filter(|last| !last.is_faulty) else { return };
    let Some(shorter) = last
        .text
        .strip_suffix('.')
        .filter(|shorter| shorter.ends_with(|ch: char| ch.is_ascii_alphanumeric() || ch == ']'))
    else {
        return;
    };
    last.text = shorter.to_owned();
    let end = last.span.end;
    let note = "The full stop at the end was left out.";
    findings.push(Diagnostic::new(Code::FullStop, note).at(Span { start: end - 1, end }));
    if last.span.start + 1 < end {
        last.span.end -= 1;
    }
}
