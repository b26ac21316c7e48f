//! The frame around every page of the counterparts: no script, one small stylesheet, light and dark.

use axum::response::Html;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// How a page is framed.
pub(crate) struct Frame<'a> {
    /// The page's own title.
    pub(crate) title: &'a str,
    /// Whose system this is, and that it is not the real one.
    pub(crate) stand_in: &'a str,
    /// After how many seconds the page loads itself again.
    pub(crate) reload: Option<u32>,
}

/// Renders a whole page.
pub(crate) fn page(frame: &Frame<'_>, body: &Markup) -> Html<String> {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if let Some(seconds) = frame.reload { meta http-equiv="refresh" content=(seconds); }
                title { (frame.title) " – " (frame.stand_in) }
                style { (PreEscaped(include_str!("pages.css"))) }
            }
            body {
                p.stand-in { (frame.stand_in) }
                main {
                    h1 { (frame.title) }
                    (body)
                }
            }
        }
    };
    Html(markup.into_string())
}

/// A labelled text field that must be filled in unless it is optional.
pub(crate) fn text_field(label: &str, name: &str, value: &str, optional: bool) -> Markup {
    html! {
        label {
            (label) @if optional { " (optional)" }
            input type="text" name=(name) value=(value) required[!optional] autocomplete="off" spellcheck="false";
        }
    }
}

/// A labelled choice among `(value, text)` pairs.
pub(crate) fn choice<'a>(
    label: &str,
    name: &str,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Markup {
    html! {
        label {
            (label)
            select name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}
