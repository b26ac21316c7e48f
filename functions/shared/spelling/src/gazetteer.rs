//! The names that AWS's regions have, and which of the regions each may mean.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::words::words_of;

/// All regions that AWS's SDKs know, with AWS's names of them.
const REGIONS: &str = include_str!("gazetteer/regions.tsv");

/// Further names of the places.
const PLACES: &str = include_str!("gazetteer/places.tsv");

/// Codes of regions.
pub(crate) type Codes = BTreeSet<&'static str>;

/// A name, word by word, and what it may mean.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) words: Vec<String>,
    pub(crate) codes: Codes,
    /// Whether it says which region: it is one's code, or a name that only one has.
    pub(crate) decides: bool,
    pub(crate) is_code: bool,
}

/// All names, the longest first.
pub(crate) static NAMES: LazyLock<Vec<Name>> = LazyLock::new(names);

/// AWS's codes and names of its regions.
pub(crate) fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(REGIONS)
}

/// Those of the regions that a ticket is likely to mean: AWS's isolated ones, which nobody outside can use, only if no
/// other is left.
pub(crate) fn likely(codes: &Codes) -> Codes {
    let open: Codes = codes.iter().copied().filter(|code| !code.contains("-iso")).collect();
    if open.is_empty() { codes.clone() } else { open }
}

#[derive(Default)]
struct Meaning {
    codes: Codes,
    is_name: bool,
    is_code: bool,
}

fn names() -> Vec<Name> {
    let mut meanings: BTreeMap<Vec<String>, Meaning> = BTreeMap::new();
    let mut add = |words: Vec<String>, code: &'static str, is_name: bool, is_code: bool| {
        let meaning = meanings.entry(words).or_default();
        meaning.codes.insert(code);
        meaning.is_name |= is_name;
        meaning.is_code |= is_code;
    };
    for (code, name) in regions() {
        let words = words_of(code);
        for length in 1..words.len() - 1 {
            add(words[..length].to_vec(), code, false, false);
        }
        add(words, code, true, true);
        let (area, place) = area_and_place(name);
        // Of `Canada (Central)` and `Canada West (Calgary)`, both are in Canada.
        for (other, _) in regions().filter(|(_, other)| area_and_place(other).0.starts_with(&area)) {
            add(area.clone(), other, true, false);
        }
        if place.iter().any(|word| !NO_PLACE.contains(&word.as_str())) {
            add(place.clone(), code, true, false);
        }
        add([area, place].concat(), code, true, false);
    }
    for (place, codes) in lines(PLACES) {
        for code in codes.split(' ') {
            let is_meant = |known: &str| code.strip_suffix('*').map_or(known == code, |start| known.starts_with(start));
            for (known, _) in regions().filter(|(known, _)| is_meant(known)) {
                add(words_of(place), known, true, false);
            }
        }
    }
    // Written without what stands between the words: `useast1`, `nvirginia`.
    let decisive = meanings.iter().filter(|(words, meaning)| words.len() > 1 && decides(meaning));
    let run_together: Vec<_> = decisive
        .flat_map(|(words, meaning)| {
            meaning.codes.iter().map(|code| (words_of(&words.concat()), *code, meaning.is_code))
        })
        .collect();
    for (words, code, is_code) in run_together {
        let meaning = meanings.entry(words).or_default();
        meaning.codes.insert(code);
        meaning.is_name = true;
        meaning.is_code |= is_code;
    }
    let mut names: Vec<Name> = meanings.into_iter().map(|(words, meaning)| name(words, meaning)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    names
}

fn name(words: Vec<String>, meaning: Meaning) -> Name {
    Name { words, decides: decides(&meaning), codes: meaning.codes, is_code: meaning.is_code }
}

fn decides(meaning: &Meaning) -> bool {
    meaning.is_name && likely(&meaning.codes).len() == 1
}

/// What stands in the brackets of AWS's names and is no place: `Canada (Central)`, `AWS GovCloud (US-East)`.
const NO_PLACE: [&str; 4] = ["central", "east", "us", "west"];

/// The words of `Europe (Frankfurt)`, before the bracket and in it.
fn area_and_place(name: &str) -> (Vec<String>, Vec<String>) {
    let (area, place) = name.split_once('(').unwrap_or((name, ""));
    let area = words_of(area).into_iter().filter(|word| word != "aws").collect();
    (area, words_of(place))
}

/// The two columns of a table.
fn lines(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}
