//! EC2's answers as a tree: elements hold either text or elements, and the only attribute is the root's namespace.

use xmltree::{EmitterConfig, Namespace, XMLNode};

pub(crate) use xmltree::Element;

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15";

pub(crate) fn text(name: &str, text: impl Into<String>) -> Element {
    Element { children: vec![XMLNode::Text(text.into())], ..Element::new(name) }
}

pub(crate) fn node(name: &str, children: impl IntoIterator<Item = Element>) -> Element {
    Element { children: children.into_iter().map(XMLNode::Element).collect(), ..Element::new(name) }
}

/// `<name><item>…</item><item>…</item></name>` with texts.
pub(super) fn texts<'a>(name: &str, items: impl IntoIterator<Item = &'a String>) -> Element {
    node(name, items.into_iter().map(|item| text("item", item)))
}

/// The text of a child; empty when there is none.
pub(super) fn text_of<'a>(element: &'a Element, name: &str) -> &'a str {
    let child = element.get_child(name);
    child.and_then(|child| child.children.iter().find_map(XMLNode::as_text)).unwrap_or_default()
}

/// The elements in a child; none when there is no such child.
pub(super) fn items_of<'a>(element: &'a Element, name: &str) -> Vec<&'a Element> {
    element
        .get_child(name)
        .map(|child| child.children.iter().filter_map(XMLNode::as_element).collect())
        .unwrap_or_default()
}

/// The same without what is around them.
pub(super) fn into_items(element: Element) -> Vec<Element> {
    let item = |node| if let XMLNode::Element(item) = node { Some(item) } else { None };
    element.children.into_iter().filter_map(item).collect()
}

/// Puts the child in the place of one with the same name, or at the end.
pub(super) fn set(element: &mut Element, child: Element) {
    match element.get_mut_child(child.name.as_str()) {
        Some(known) => *known = child,
        None => element.children.push(XMLNode::Element(child)),
    }
}

/// The document with this element as its root.
pub(super) fn document(root: &Element) -> Vec<u8> {
    let mut namespaces = Namespace::empty();
    namespaces.put("", NAMESPACE);
    let root = Element { namespaces: Some(namespaces), ..root.clone() };
    let mut document = Vec::new();
    let config = EmitterConfig::new().normalize_empty_elements(false);
    if let Err(error) = root.write_with_config(&mut document, config) {
        tracing::error!("an answer of EC2 cannot be written: {error}");
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_being_read_and_written() {
        let written = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><R xmlns=\"{NAMESPACE}\"><set><item><key>a &amp; &lt;b&gt;</key>\
             <value>1</value></item></set><empty></empty></R>"
        );
        let root = Element::parse(written.as_bytes()).unwrap();
        assert_eq!(text_of(items_of(&root, "set")[0], "key"), "a & <b>");
        assert_eq!(String::from_utf8(document(&root)).unwrap(), written);
    }

    #[test]
    fn an_element_is_replaced_in_its_place() {
        let mut root = Element::parse("<R><state>available</state><x/></R>".as_bytes()).unwrap();
        set(&mut root, text("state", "pending"));
        set(&mut root, text("y", "&#65;"));
        let names: Vec<_> = root.children.iter().filter_map(XMLNode::as_element).map(|child| &child.name).collect();
        assert_eq!(names, ["state", "x", "y"]);
        assert_eq!((text_of(&root, "state"), text_of(&root, "y")), ("pending", "&#65;"));
    }

    #[test]
    fn half_a_document_is_an_error() {
        Element::parse("<R><x>".as_bytes()).unwrap_err();
    }
}
