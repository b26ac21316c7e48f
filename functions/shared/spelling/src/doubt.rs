//! Words beside a name that leave open whether it is meant.

/// With one of these a name may be the other one, or the one that it is not.
const DOUBT: [&str; 29] = [
    "and",
    "both",
    "but",
    "cannot",
    "either",
    "else",
    "except",
    "formerly",
    "from",
    "instead",
    "isn",
    "maybe",
    "migrate",
    "migrated",
    "migrating",
    "moved",
    "moving",
    "multi",
    "neither",
    "never",
    "no",
    "non",
    "nor",
    "not",
    "or",
    "plus",
    "previously",
    "to",
    "was",
];

/// What people write about a name that adds nothing.
const NOISE: [&str; 40] = [
    "a",
    "area",
    "at",
    "atlas",
    "city",
    "cloud",
    "cluster",
    "data",
    "database",
    "deployment",
    "endpoint",
    "hosted",
    "i",
    "in",
    "is",
    "it",
    "link",
    "located",
    "mongodb",
    "my",
    "our",
    "platform",
    "please",
    "private",
    "privatelink",
    "provider",
    "region",
    "runs",
    "s",
    "services",
    "state",
    "thank",
    "thanks",
    "the",
    "think",
    "use",
    "we",
    "web",
    "you",
    "zone",
];

/// What says that somebody does not know.
const UNSURE: [&str; 21] = [
    "a", "decided", "do", "don", "dont", "i", "idea", "idk", "know", "n", "na", "no", "none", "not", "sure", "t",
    "tbd", "unknown", "unsure", "we", "yet",
];

/// Whether a word leaves open what is meant.
pub(crate) fn is_doubt(word: &str) -> bool {
    DOUBT.contains(&word)
}

/// Whether a word adds nothing.
pub(crate) fn is_noise(word: &str) -> bool {
    NOISE.contains(&word)
}

/// Whether these words say nothing but that somebody does not know.
pub(crate) fn is_unsure(words: &[String]) -> bool {
    words.iter().all(|word| UNSURE.contains(&word.as_str()))
}
