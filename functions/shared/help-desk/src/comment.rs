//! A comment on a ticket, written once and rendered as HTML and as plain text.

use maud::{Markup, html};

/// A part of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Paragraphs, separated by an empty line.
    Text(String),
    /// What is to be copied, one value a line, under its label.
    Values(String, Vec<String>),
    /// A web address on a line of its own.
    Link(String),
    /// What to do, one after the other.
    Steps(Vec<Vec<Block>>),
}

impl Block {
    /// Paragraphs, separated by an empty line.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// One value to be copied, under its label.
    pub fn value(label: impl Into<String>, value: &impl ToString) -> Self {
        Self::Values(label.into(), vec![value.to_string()])
    }
}

/// A comment to add to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What it says.
    pub blocks: Vec<Block>,
    /// False for an internal note, which the customer does not see.
    pub public: bool,
    /// The ticket's status from then on; as it was when absent.
    pub status: Option<&'static str>,
    /// What the comment is known by, `ticket-35436/o.7`: a thread that holds it gets it no second time.
    pub reference: String,
    /// The name of the message that it is of, for people; a question has none.
    pub message: Option<&'static str>,
}

impl Comment {
    /// The last line, by which the comment is found again: `Reference: ticket-35436/o.7 (instructions).`
    #[must_use]
    pub fn last_line(&self) -> String {
        match self.message {
            Some(message) => format!("{}({message}).", self.mark()),
            None => self.mark(),
        }
    }

    /// The part of the last line that no other comment holds: a space or a full stop ends the reference, so that none is
    /// the beginning of another.
    pub(crate) fn mark(&self) -> String {
        let end = if self.message.is_some() { ' ' } else { '.' };
        format!("Reference: {}{end}", self.reference)
    }

    /// The comment as HTML. What it quotes is escaped.
    #[must_use]
    pub fn html(&self) -> String {
        html! { @for block in &self.blocks { (to_html(block)) } p { (self.last_line()) } }.into_string()
    }

    /// The comment as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let blocks = self.blocks.iter().map(to_text).chain([self.last_line()]);
        blocks.collect::<Vec<_>>().join("\n\n")
    }
}

fn to_html(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Text(text) => @for paragraph in text.split("\n\n") { p { (paragraph) } },
            Block::Values(label, values) => { p { (label) ":" } pre { (values.join("\n")) } },
            Block::Link(address) => p { a href=(address) { (address) } },
            Block::Steps(steps) => ol { @for step in steps { li { @for block in step { (to_html(block)) } } } },
        }
    }
}

fn to_text(block: &Block) -> String {
    match block {
        Block::Text(text) => text.clone(),
        Block::Values(label, values) => format!("{label}:\n  {}", values.join("\n  ")),
        Block::Link(address) => format!("  {address}"),
        Block::Steps(steps) => {
            let steps = steps.iter().enumerate().map(|(number, blocks)| {
                let blocks: Vec<String> = blocks.iter().map(to_text).collect();
                format!("{}. {}", number + 1, blocks.join("\n\n").replace('\n', "\n   ").replace("\n   \n", "\n\n"))
            });
            steps.collect::<Vec<_>>().join("\n\n")
        }
    }
}
