//! Sorts the words of a command into flags and their values, as the AWS CLI does.

use crate::code::Code;
use crate::cursor::{Lexed, Word};
use crate::diagnostic::{Diagnostic, Findings, quoted};
use crate::flags::{self, Flag, Treatment, Values};
use crate::suspicious::foreign_letter;
use intake::Span;

const NOT_IN_ATLAS: &str = "Leave it out: Atlas's command does not have it.";

/// A flag with the values that were given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) flag: &'static Flag,
    pub(crate) span: Span,
    pub(crate) values: Vec<Word>,
}

/// The words of a command, sorted.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Words that belong to no flag, without the program's name.
    pub(crate) plain: Vec<Word>,
    /// The known flags in their order.
    pub(crate) given: Vec<Given>,
}

impl Arguments {
    /// Sorts the words and remarks on flags that are unknown, refused, ignored, or wrongly given.
    pub(crate) fn sort(lexed: Lexed, findings: &mut Findings) -> Self {
        let mut arguments = Self::default();
        let mut words = lexed.words.into_iter().skip(1).peekable();
        while let Some(word) = words.next() {
            if findings.is_full() {
                break;
            }
            if !word.text.starts_with('-') {
                arguments.plain.push(word);
                continue;
            }
            let (name, inline) = split(&word);
            // A flag that is surely meant is read on, so that its value is checked in the same go.
            let Some(flag) = flags::find(&name).or_else(|| unknown(&name, &word, findings)) else {
                while words.next_if(is_value).is_some() {}
                continue;
            };
            let span = Span { start: word.span.start, end: word.span.end };
            let mut values: Vec<Word> = inline.into_iter().collect();
            if let (Values::None, Some(value)) = (flag.values, values.first()) {
                findings.push(unexpected_value(flag, value));
            }
            if values.is_empty() {
                let most = match flag.values {
                    Values::None => 0,
                    Values::One => 1,
                    Values::Many => usize::MAX,
                };
                while values.len() < most {
                    let Some(value) = words.next_if(is_value) else { break };
                    values.push(value);
                }
            }
            let is_empty = values.iter().all(|value| value.text.is_empty() && !value.is_faulty);
            if is_empty && flag.values != Values::None {
                findings.push(missing_value(flag, span));
                values.clear();
            }
            for value in values.iter_mut().filter(|value| loads(&value.text)) {
                findings.push(reads_file(value));
                value.is_faulty = true;
            }
            arguments.given.push(Given { flag, span, values });
        }
        arguments
    }

    /// Remarks on flags that are refused or have no effect, and says which have none.
    pub(crate) fn without_effect(&self, findings: &mut Findings) -> Vec<&'static str> {
        let mut ignored = Vec::new();
        for given in &self.given {
            let name = given.flag.name;
            match given.flag.treatment {
                Treatment::Refused(reason) => findings.push(
                    Diagnostic::new(Code::RefusedFlag, format!("`{name}` is not accepted: {reason}."))
                        .hint(NOT_IN_ATLAS)
                        .label("leave this out")
                        .at(given.span),
                ),
                Treatment::Ignored(reason) if !ignored.contains(&name) => {
                    ignored.push(name);
                    let note = format!("`{name}` has no effect here: {reason}.");
                    findings.push(Diagnostic::new(Code::IgnoredFlag, note).at(given.span));
                }
                _ => {}
            }
        }
        ignored
    }
}

fn is_value(word: &Word) -> bool {
    !word.text.starts_with('-')
}

/// A flag's name, and the value behind its `=`.
fn split(word: &Word) -> (String, Option<Word>) {
    let Some((name, value)) = word.text.split_once('=') else { return (word.text.clone(), None) };
    // Quotes and escapes make the pasted text longer than the word; then, and for an empty value, all is marked.
    let length = word.text.chars().count();
    let start = if word.span.end - word.span.start == length && !value.is_empty() {
        word.span.start + name.chars().count() + 1
    } else {
        word.span.start
    };
    let value = Word { text: value.to_owned(), span: Span { start, end: word.span.end }, is_faulty: word.is_faulty };
    (name.to_owned(), Some(value))
}

/// Remarks on a flag that does not exist, and says which one is meant.
fn unknown(name: &str, word: &Word, findings: &mut Findings) -> Option<&'static Flag> {
    if word.is_faulty {
        return None;
    }
    let token = quoted(name);
    let (diagnostic, meant) = if let Some(letter) = foreign_letter(name) {
        let meant = letter.suggestion.as_deref().and_then(flags::find);
        (letter, meant)
    } else if let Some(flag) = flags::abbreviated(name) {
        let message = format!("{token} is only the beginning of a flag's name.");
        let hint = format!("Write the whole name, such as `{}`.", flag.name);
        (Diagnostic::new(Code::AbbreviatedFlag, message).hint(hint), Some(flag))
    } else {
        let meant = flags::nearest(name);
        let hint = meant.map_or_else(|| NOT_IN_ATLAS.to_owned(), |flag| format!("Did you mean `{}`?", flag.name));
        let message = format!("`aws ec2 create-vpc-endpoint` has no flag {token}.");
        (Diagnostic::new(Code::UnknownFlag, message).hint(hint), meant)
    };
    let diagnostic = match meant {
        Some(flag) => diagnostic.suggest(flag.name),
        None => diagnostic,
    };
    let end = word.span.end.min(word.span.start + name.chars().count());
    findings.push(diagnostic.label("not a flag").at(Span { start: word.span.start, end }));
    meant
}

fn missing_value(flag: &Flag, span: Span) -> Diagnostic {
    let hint = match flag.treatment {
        Treatment::Required => "Copy the command from Atlas again, to its end.",
        _ => "Give it a value or leave it out.",
    };
    Diagnostic::new(Code::MissingValue, format!("`{}` has no value.", flag.name))
        .hint(hint)
        .label("a value is missing here")
        .at(span)
}

fn unexpected_value(flag: &Flag, value: &Word) -> Diagnostic {
    Diagnostic::new(
        Code::UnexpectedValue,
        format!("`{}` takes no value, but {} is given.", flag.name, quoted(&value.text)),
    )
    .hint("Leave the value out.")
    .label("leave this out")
    .at(value.span)
}

/// The prefixes at which the AWS CLI replaces a value with what it finds there.
fn loads(value: &str) -> bool {
    ["file://", "fileb://", "http://", "https://"]
        .iter()
        .any(|scheme| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

fn reads_file(value: &Word) -> Diagnostic {
    Diagnostic::new(
        Code::ReadsFile,
        format!("The AWS CLI would load {} and use what it finds there.", quoted(&value.text)),
    )
    .hint("Put the value itself in its place, or leave the flag out.")
    .label("a file or address")
    .at(value.span)
}
