//! The words of a text, in which spellings of the same thing are alike.

/// The parts of a text between all that is no letter and no digit, in lower case and without accents.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let plain: String = text.to_lowercase().chars().map(without_accent).collect();
    plain.split(|ch: char| !ch.is_alphanumeric()).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// The words of pieces: letters and digits apart, and a direction in one word, `south-east` as `southeast`.
pub(crate) fn words(pieces: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in pieces.iter().flat_map(|piece| runs(piece)) {
        match words.last_mut() {
            Some(last) if ["north", "south"].contains(&last.as_str()) && ["east", "west"].contains(&part) => {
                last.push_str(part);
            }
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// The words of a text.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    words(&pieces(text))
}

/// Whether a word is a number.
pub(crate) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The runs of digits and of others.
fn runs(piece: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = piece;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|ch: char| ch.is_ascii_digit() != first.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(run);
        rest = after;
    }
    runs
}

/// The letters of the places where AWS is; a full table of Unicode would be most of a function.
fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}
