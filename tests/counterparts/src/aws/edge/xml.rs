//! EC2's answers as a tree: elements hold either text or elements, and the only attribute is the root's namespace.

use anyhow::{Context as _, bail};
use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesRef, Event};

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    pub(super) fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into(), children: Vec::new() }
    }

    pub(super) fn node(name: &str, children: impl IntoIterator<Item = Element>) -> Self {
        Self { name: name.to_owned(), text: String::new(), children: children.into_iter().collect() }
    }

    /// `<name><item>…</item><item>…</item></name>` with texts.
    pub(super) fn texts<'a>(name: &str, items: impl IntoIterator<Item = &'a String>) -> Self {
        Self::node(name, items.into_iter().map(|item| Self::text("item", item)))
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The text of a child; empty when there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.as_str())
    }

    /// The `item`s of a child; empty when there is none.
    pub(super) fn items_of(&self, name: &str) -> &[Element] {
        self.child(name).map_or(&[], |child| child.children.as_slice())
    }

    /// Puts the child in the place of one with the same name, or at the end.
    pub(super) fn set(&mut self, child: Element) {
        match self.child_mut(&child.name) {
            Some(known) => *known = child,
            None => self.children.push(child),
        }
    }

    pub(super) fn parse(document: &str) -> anyhow::Result<Self> {
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Element> = Vec::new();
        loop {
            let closed = match reader.read_event().context("reading XML")? {
                Event::Start(tag) => {
                    open.push(Self::text(tag.name().as_ref(), ""));
                    None
                }
                Event::Empty(tag) => Some(Self::text(tag.name().as_ref(), "")),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    append(&mut open, &text.xml10_content());
                    None
                }
                Event::CData(text) => {
                    append(&mut open, &text.xml10_content());
                    None
                }
                Event::GeneralRef(reference) => {
                    append(&mut open, &resolve(&reference)?);
                    None
                }
                Event::Eof => bail!("the XML ends before its root element does"),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
            };
            if let Some(element) = closed {
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
        }
    }

    /// The document with this element as its root.
    pub(super) fn to_document(&self) -> String {
        let mut document = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut document, &format!(" xmlns=\"{NAMESPACE}\""));
        document
    }

    fn write(&self, out: &mut String, attributes: &str) {
        out.extend(["<", &self.name, attributes, ">"]);
        // White space between elements was kept as text; it means nothing there.
        if self.children.is_empty() {
            out.push_str(&escape(&self.text));
        }
        for child in &self.children {
            child.write(out, "");
        }
        out.extend(["</", &self.name, ">"]);
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolve(reference: &BytesRef<'_>) -> anyhow::Result<String> {
    if let Some(character) = reference.resolve_char_ref().context("reading XML")? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    resolve_predefined_entity(&name).map(str::to_owned).with_context(|| format!("unknown XML entity {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_being_read_and_written() {
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<R xmlns=\"{NAMESPACE}\"><set><item><key>a &amp; &lt;b&gt;</key>\
             <value>1</value></item></set><empty></empty></R>"
        );
        let root = Element::parse(&document).unwrap();
        assert_eq!(root.items_of("set")[0].text_of("key"), "a & <b>");
        assert_eq!(root.to_document(), document);
    }

    #[test]
    fn an_element_is_replaced_in_its_place() {
        let mut root = Element::parse("<R><state>available</state><x/></R>").unwrap();
        root.set(Element::text("state", "pending"));
        root.set(Element::text("y", "&#65;"));
        assert_eq!(root.children.iter().map(|child| child.name.as_str()).collect::<Vec<_>>(), ["state", "x", "y"]);
        assert_eq!(root.text_of("state"), "pending");
    }

    #[test]
    fn half_a_document_is_an_error() {
        Element::parse("<R><x>").unwrap_err();
    }
}
