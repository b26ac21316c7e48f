//! A value to carry over to another program.

use maud::{Markup, html};

/// A term with a value and a button that copies it; the button shows only where there is a script.
pub(super) fn copied(name: &str, id: &str, value: &str) -> Markup {
    html! { div .value { dt { (name) } dd { (button(name, id, value)) } } }
}

/// A term with several values.
pub(super) fn copied_each(name: &str, each: &str, id: &str, values: &[String]) -> Markup {
    html! {
        div .value {
            dt { (name) }
            @for (number, value) in values.iter().enumerate() {
                dd { (button(&format!("{each} {}", number + 1), &format!("{id}-{}", number + 1), value)) }
            }
        }
    }
}

fn button(name: &str, id: &str, value: &str) -> Markup {
    html! {
        code id=(id) { (value) }
        button type="button" .copy id=(format!("copy-{id}")) data-copy=(id) aria-label=(format!("Copy {name}")) { "Copy" }
    }
}
