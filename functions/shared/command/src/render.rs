//! Writes a refusal as text, for terminals and scripts: the token marked in its line, the hint, the corrected command.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Refused};
use crate::normalise::unseen;
use intake::{Code as _, Severity, Span};

/// How much of a long line is shown on each side of the token.
const AROUND: usize = 40;
/// How much of a long token is marked.
const LONGEST_MARK: usize = 60;

/// The refusal as text; `pasted` is what was read.
#[must_use]
pub fn to_text(refused: &Refused, pasted: &str) -> String {
    let text: Vec<char> = pasted.chars().collect();
    let mut out = String::new();
    for diagnostic in &refused.diagnostics {
        write_diagnostic(&mut out, diagnostic, &text);
    }
    if let Some(corrected) = &refused.corrected {
        line(&mut out, format_args!("corrected: {corrected}"));
    }
    out
}

fn write_diagnostic(out: &mut String, diagnostic: &Diagnostic, text: &[char]) {
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "note" };
    line(out, format_args!("{severity}[{}]: {}", diagnostic.code.as_str(), diagnostic.message));
    if let Some(span) = diagnostic.span {
        let (shown, column, width) = excerpt(text, span);
        let label = diagnostic.label.unwrap_or_default();
        line(out, format_args!("  | {shown}"));
        line(out, format_args!("  | {}{} {label}", " ".repeat(column), "^".repeat(width)));
    }
    if let Some(hint) = &diagnostic.hint {
        line(out, format_args!("  hint: {hint}"));
    }
}

/// The part of the line around the span, and the column and width of the mark in it.
fn excerpt(text: &[char], span: Span) -> (String, usize, usize) {
    let is_break = |ch: &char| matches!(ch, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    let before = text.get(..span.start).unwrap_or_default();
    let line_start = before.iter().rposition(is_break).map_or(0, |at| at + 1);
    let rest = text.get(span.start..).unwrap_or_default();
    let line_end = span.start + rest.iter().position(is_break).unwrap_or(rest.len());
    let width = (span.end.min(line_end).saturating_sub(span.start)).clamp(1, LONGEST_MARK);
    let start = line_start.max(span.start.saturating_sub(AROUND));
    let end = line_end.min(span.start + width + AROUND);
    let mut shown = String::from(if start > line_start { "…" } else { "" });
    let column = shown.chars().count() + span.start - start;
    let seen = |ch: &char| if *ch == '\t' { ' ' } else { unseen(*ch).map_or(*ch, |_| '\u{fffd}') };
    shown.extend(text.get(start..end).unwrap_or_default().iter().map(seen));
    if end < line_end {
        shown.push('…');
    }
    (shown, column, width)
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
    let kept = out.trim_end_matches(' ').len();
    out.truncate(kept);
    out.push('\n');
}
