//! Texts from outside, as far as they may stand in an error, a log or an output.

/// At most so many characters of a text, in one line and without what does not show.
#[must_use]
pub fn excerpt(text: &str, most: usize) -> String {
    let mut shown = text.chars().map(|ch| if ch.is_control() { ' ' } else { ch });
    let start: String = shown.by_ref().take(most).collect();
    if shown.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_stays_in_its_line() {
        assert_eq!(excerpt("no\nway", 6), "no way");
        assert_eq!(excerpt("zürich", 2), "zü…");
    }
}
