//! Turns what chat tools, ticket editors and web pages make of a command back into plain characters, each of which
//! remembers where it stood in the pasted text.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Findings};
use crate::entity;
use crate::quoted_printable::{self, Quoted};
use intake::Span;

/// How many different characters are named for one code; the rest are treated alike.
const MOST_KINDS: usize = 8;

/// A character as it is read, and the characters of the pasted text that it stands for. A text has many: the places are
/// half as wide as those of a span, which halves the time that its memory costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Char {
    pub(crate) ch: char,
    start: u32,
    end: u32,
}

impl Char {
    fn new(ch: char, span: Span) -> Self {
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self { ch, start: narrow(span.start), end: narrow(span.end) }
    }

    /// Where it stood in the pasted text.
    pub(crate) fn span(self) -> Span {
        let wide = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        Span { start: wide(self.start), end: wide(self.end) }
    }
}

/// Reads the text with plain dashes, quotes, blanks and line feeds, and without characters that do not show.
pub(crate) fn normalise(pasted: &str, findings: &mut Findings) -> Vec<Char> {
    let mut reader = Reader { out: Vec::with_capacity(pasted.len()), remarks: Vec::new() };
    let text = reader.decode(pasted);
    let mut rest = text.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if is_dash(first.ch) {
            let dashes = rest.iter().take_while(|char| is_dash(char.ch)).count();
            let (run, after) = rest.split_at(dashes);
            reader.dashes(run, after.first());
            rest = after;
        } else {
            reader.single(*first);
            rest = others;
        }
    }
    for remark in reader.remarks {
        findings.push(remark.diagnostic());
    }
    reader.out
}

struct Reader {
    out: Vec<Char>,
    remarks: Vec<Remark>,
}

impl Reader {
    /// The characters of the text, with entities, quoted-printable and the two characters of a Windows line end as one.
    fn decode(&mut self, pasted: &str) -> Vec<Char> {
        let text: Vec<char> = pasted.chars().collect();
        let is_quoted = pasted.contains('=') && quoted_printable::is_used(&text);
        let mut decoded = Vec::with_capacity(text.len());
        let mut start = 0;
        while let Some(&ch) = text.get(start) {
            let (ch, length) = match ch {
                '\r' if text.get(start + 1) == Some(&'\n') => ('\n', 2),
                '&' => match text.get(start..).and_then(entity::decode) {
                    Some(entity) => {
                        self.remark(Code::NormalisedCharacter, '&', Span { start, end: start + entity.1 });
                        entity
                    }
                    None => ('&', 1),
                },
                '=' if is_quoted => match text.get(start..).and_then(quoted_printable::decode) {
                    Some((quoted, length)) => {
                        self.remark(Code::NormalisedCharacter, '=', Span { start, end: start + length });
                        let Quoted::Char(ch) = quoted else {
                            start += length;
                            continue;
                        };
                        (ch, length)
                    }
                    None => ('=', 1),
                },
                _ => (ch, 1),
            };
            decoded.push(Char::new(ch, Span { start, end: start + length }));
            start += length;
        }
        decoded
    }

    fn single(&mut self, char: Char) {
        if char.ch.is_ascii_graphic() || matches!(char.ch, ' ' | '\n') {
            self.out.push(char);
        } else if let Some(code) = unseen(char.ch) {
            self.remark(code, char.ch, char.span());
        } else if let Some(plain) = plain(char.ch) {
            self.remark(Code::NormalisedCharacter, char.ch, char.span());
            self.out.push(Char { ch: plain, ..char });
        } else {
            self.out.push(char);
        }
    }

    /// Editors turn `--` into one long dash, or only its first half: before a flag's name any dashes mean `--`.
    fn dashes(&mut self, run: &[Char], after: Option<&Char>) {
        let changed = run.iter().filter(|dash| dash.ch != '-');
        changed.clone().for_each(|dash| self.remark(Code::NormalisedCharacter, dash.ch, dash.span()));
        let begins_word = self.out.last().is_none_or(|last| matches!(last.ch, ' ' | '\t' | '\n' | '"' | '\''));
        let names_flag = begins_word && after.is_some_and(|char| char.ch.is_ascii_lowercase());
        match run {
            [first, .., last] if names_flag && changed.count() > 0 => {
                let rest = Char { ch: '-', start: first.end, end: last.end };
                self.out.extend([Char { ch: '-', ..*first }, rest]);
            }
            [only] if names_flag && only.ch != '-' => {
                self.out.extend([Char { ch: '-', ..*only }; 2]);
            }
            _ => self.out.extend(run.iter().map(|dash| Char { ch: '-', ..*dash })),
        }
    }

    fn remark(&mut self, code: Code, ch: char, span: Span) {
        if let Some(known) = self.remarks.iter_mut().find(|known| known.ch == ch) {
            known.count += 1;
        } else if self.remarks.iter().filter(|known| known.code == code).count() < MOST_KINDS {
            self.remarks.push(Remark { code, ch, span, count: 1 });
        }
    }
}

struct Remark {
    code: Code,
    ch: char,
    span: Span,
    count: usize,
}

impl Remark {
    fn diagnostic(&self) -> Diagnostic {
        let times = if self.count == 1 { String::new() } else { format!(", {} times", self.count) };
        let name = format!("U+{:04X}", u32::from(self.ch));
        let diagnostic = match self.code {
            Code::InvisibleCharacter => {
                Diagnostic::new(self.code, format!("There is an invisible character in the text, {name}{times}."))
                    .hint("Use the cleaned command, or copy it from Atlas again into a plain text field.")
                    .label("invisible")
            }
            Code::ControlCharacter => {
                Diagnostic::new(self.code, format!("There is a control character in the text, {name}{times}."))
                    .hint("Use the cleaned command, or copy it from Atlas again instead of from a terminal or file.")
                    .label("control character")
            }
            _ if self.ch == '&' => {
                Diagnostic::new(self.code, format!("An HTML entity was read as its character{times}."))
            }
            _ if self.ch == '=' => {
                Diagnostic::new(self.code, format!("The text is quoted-printable and was decoded{times}."))
            }
            _ => Diagnostic::new(self.code, format!("The character {name} was read as a plain one{times}.")),
        };
        diagnostic.at(self.span)
    }
}

fn is_dash(ch: char) -> bool {
    matches!(ch, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// The plain character for a typographic quotation mark, blank or line break.
fn plain(ch: char) -> Option<char> {
    match ch {
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ff02}' => Some('"'),
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{ff07}' => Some('\''),
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        _ => None,
    }
}

/// The code for a character that does not show, and that therefore is never read as if it were not there.
pub(crate) fn unseen(ch: char) -> Option<Code> {
    match ch {
        '\t' | '\n' => None,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => Some(Code::InvisibleCharacter),
        _ if ch.is_control() => Some(Code::ControlCharacter),
        _ => None,
    }
}
