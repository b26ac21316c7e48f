//! Whether a comment asks where the onboarding stands.

/// How long such a comment is at most: what is longer is about something else too, for a person to read.
const LONGEST: usize = 600;

/// What people write who want to know, in lower case. A phrase, since one word proves nothing.
#[rustfmt::skip]
const PHRASES: [&str; 44] = [
    "where do we stand", "where does it stand", "where does this stand", "where are we with", "where are we on", "how far are",
    "how far is", "how far along", "what is the status", "what's the status", "whats the status", "what is the state",
    "current status", "status update", "status of this", "status of the", "status of our", "status of my", "any update",
    "any news", "any progress", "is there an update", "are there any updates", "can you update", "could you update",
    "please update us", "please update me", "what is next", "what's next", "what happens next", "next step", "what do you need",
    "what is needed", "is anything needed", "do you need anything", "are you waiting for", "how long will", "how long does",
    "when will it", "when will this", "where is the link", "send the link again", "resend the link", "lost the link",
];

/// The same in other languages of customers.
#[rustfmt::skip]
const OTHERS: [&str; 12] = [
    "wie ist der stand", "was ist der stand", "stand der dinge", "gibt es neuigkeiten", "gibt es etwas neues", "wie weit sind",
    "où en est", "où en sommes", "des nouvelles", "hay novedades", "alguna novedad", "cómo va",
];

/// Whether the text asks where it stands.
pub(super) fn asks_where_it_stands(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_status = ["status?", "update?", "news?"].iter().any(|word| plain.ends_with(word));
    is_status || PHRASES.iter().chain(&OTHERS).any(|phrase| plain.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_known_by_its_phrase() {
        for text in [
            "Hi team,\n\nwhere do\nwe stand?\n\nAnn",
            "What\u{2019}s the status of our request?",
            "Any update?",
            "Status?",
            "Wie ist der Stand?",
            "Could you update us, please",
        ] {
            assert!(asks_where_it_stands(text), "{text}");
        }
        for text in [
            "",
            "Thanks!",
            "We have updated our cluster to 8.0.",
            "The status page is green.",
            "Which region do you use?",
            &format!("{} Any update?", "word ".repeat(200)),
        ] {
            assert!(!asks_where_it_stands(text), "{text}");
        }
    }
}
