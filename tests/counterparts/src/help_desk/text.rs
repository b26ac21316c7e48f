//! Comments as text and as HTML: the pages show text only, so that nothing in a comment can act on them.

use maud::{Markup, html};

/// Paragraphs of escaped text, as Zendesk makes them of a plain comment.
pub(super) fn to_html(text: &str) -> String {
    let paragraphs = html! {
        div.zd-comment { @for paragraph in text.split("\n\n") { p { (paragraph) } } }
    };
    paragraphs.into_string().replace('\n', "<br>")
}

/// What a reader sees of HTML; a link keeps its address, and steps their numbers.
pub(super) fn from_html(html: &str) -> String {
    let mut text = String::new();
    let mut address = None;
    // The number of the last step of each list that is open; none in a list without numbers.
    let mut lists: Vec<Option<u32>> = Vec::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(&unescape(before));
        let Some((tag, after)) = after.split_once('>') else {
            rest = "";
            break;
        };
        rest = after;
        let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty()).unwrap_or_default().to_ascii_lowercase();
        match (name.as_str(), tag.starts_with('/')) {
            ("ol", false) => lists.push(Some(0)),
            ("ul", false) => lists.push(None),
            ("li", false) => match lists.last_mut() {
                Some(Some(number)) => {
                    *number += 1;
                    text.extend([&number.to_string(), ". "]);
                }
                _ => text.push_str("• "),
            },
            ("ol" | "ul", true) => {
                lists.pop();
                end(&mut text, "\n\n");
            }
            ("p" | "pre" | "h1" | "h2" | "h3", true) => end(&mut text, "\n\n"),
            ("br", _) => text.push('\n'),
            ("div" | "tr" | "li", true) => end(&mut text, "\n"),
            ("td" | "th", true) => text.push(' '),
            ("a", false) => address = attribute(tag, "href"),
            ("a", true) => {
                if let Some(address) = address.take().filter(|address| !text.ends_with(address.as_str())) {
                    text.extend([" (", &address, ")"]);
                }
            }
            _ => {}
        }
    }
    text.push_str(&unescape(rest));
    text.trim().to_owned()
}

/// Ends a line or a paragraph, once.
fn end(text: &mut String, with: &str) {
    while !text.ends_with(with) {
        text.push('\n');
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!("{name}="))?;
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    value[1..].split_once(quote).map(|(value, _)| unescape(value))
}

fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, &str); 6] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

/// Text with its web addresses made into links, and everything escaped.
pub(super) fn linked(text: &str) -> Markup {
    html! {
        @for part in parts(text) {
            @if is_address(part) { a href=(part) rel="noreferrer" { (part) } } @else { (part) }
        }
    }
}

fn is_address(part: &str) -> bool {
    part.starts_with("http://") || part.starts_with("https://")
}

/// The text in pieces, each a web address or none at all.
fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some(start) = ["http://", "https://"].iter().filter_map(|scheme| text.find(scheme)).min() {
        let (before, from_address) = text.split_at(start);
        let ends = |character: char| character.is_whitespace() || matches!(character, '<' | '>' | '"' | '\'');
        let end = from_address.find(ends).unwrap_or(from_address.len());
        // A sentence's own punctuation after an address is not part of it.
        let address = from_address[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        parts.extend([before, address]);
        text = &from_address[address.len()..];
    }
    parts.push(text);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_as_a_person_would() {
        let html = "<p>Hello&nbsp;A &amp; B,</p><ul><li>open <a href=\"https://x.example/o/1?a=1&amp;b=2\">your page</a></li>\
                    <li><a href='https://y.example'>https://y.example</a></li></ul><script>alert(1)</script>";
        assert_eq!(
            from_html(html),
            "Hello A & B,\n\n• open your page (https://x.example/o/1?a=1&b=2)\n• https://y.example\n\nalert(1)"
        );
        let steps = "<ol><li><p>Enter</p><pre>a\nb</pre></li><li><p>Go</p></li></ol><p>Done.</p>";
        assert_eq!(from_html(steps), "1. Enter\n\na\nb\n\n2. Go\n\nDone.");
    }

    #[test]
    fn addresses_become_links_and_all_else_is_escaped() {
        let markup = linked("See https://x.example/o/1. <b>http://y.example/\"onclick=1</b>").into_string();
        assert_eq!(
            markup,
            "See <a href=\"https://x.example/o/1\" rel=\"noreferrer\">https://x.example/o/1</a>. &lt;b&gt;\
             <a href=\"http://y.example/\" rel=\"noreferrer\">http://y.example/</a>&quot;onclick=1&lt;/b&gt;"
        );
    }

    #[test]
    fn a_bare_scheme_is_no_endless_loop() {
        assert_eq!(parts("http://. https://"), ["", "http://", ". ", "https://", ""]);
    }

    #[test]
    fn plain_text_becomes_escaped_paragraphs() {
        assert_eq!(to_html("a <b>\nc\n\nd"), "<div class=\"zd-comment\"><p>a &lt;b&gt;<br>c</p><p>d</p></div>");
    }
}
