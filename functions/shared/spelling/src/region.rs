//! AWS's regions as people write them.

use std::collections::BTreeSet;

use crate::doubt::{is_doubt, is_noise};
use crate::gazetteer::{self, Codes, NAMES, Name, likely};
use crate::words::{is_number, pieces, words};
use crate::{LONGEST, other_cloud, target};
use shared::ids::Region;

/// So many regions can be offered for a choice.
const MOST_OFFERED: usize = 4;

/// Why a text is not read as a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadRegion {
    /// It names none, or leaves open whether it does.
    Unknown,
    /// It may be one of these.
    OneOf(Vec<Region>),
    /// It names a region of Azure or Google Cloud, or is spelled like one.
    OtherCloud,
}

/// Reads a region as somebody wrote it: `us-east-1`, `US_EAST_1`, `AWS / N. Virginia (us-east-1)`, `Frankfurt`.
///
/// # Errors
/// When it cannot be read, or might be another one. That says nothing of where anything is.
pub fn region(said: &str) -> Result<Region, UnreadRegion> {
    if said.len() > LONGEST {
        return Err(UnreadRegion::Unknown);
    }
    let pieces: Vec<String> = pieces(said).into_iter().filter(|piece| !target::is_tier(piece)).collect();
    let is_aws = |word: &str| word == "aws" || word == "amazon";
    let words: Vec<String> = words(&pieces).into_iter().filter(|word| !is_aws(word)).collect();
    let clues = Clues::of(&words);
    let is_said_of_aws = pieces.iter().any(|piece| is_aws(piece));
    let is_other_clouds = other_cloud::is_spelled(&pieces) || (!clues.has_code() && other_cloud::is_described(&pieces));
    if other_cloud::is_named(&pieces) || (is_other_clouds && !is_said_of_aws) {
        return Err(UnreadRegion::OtherCloud);
    }
    clues.verdict()
}

impl UnreadRegion {
    /// The sentence for whoever wrote it, under the label that they see.
    #[must_use]
    pub fn sentence(&self, label: &str, said: &str) -> String {
        match self {
            Self::Unknown => format!("We could not read \"{said}\" as the {label}."),
            Self::OneOf(regions) => {
                let regions: Vec<_> = regions.iter().map(Region::as_str).collect();
                format!("We could not read \"{said}\" as the {label}: is it {}?", regions.join(" or "))
            }
            Self::OtherCloud => format!(
                "We could not read \"{said}\" as the {label}: it looks like a region of Azure or Google Cloud, and AWS \
                 PrivateLink connects regions of AWS only. Please give the region of AWS, or tell us if there is none."
            ),
        }
    }
}

/// AWS's name of a region, `US East (N. Virginia)`.
#[must_use]
pub fn name(region: &Region) -> Option<&'static str> {
    gazetteer::regions().find(|(code, _)| *code == region.as_str()).map(|(_, name)| name)
}

/// What a text says of a region.
struct Clues<'a> {
    names: Vec<&'static Name>,
    /// What is no name, each with whether a name stands right before it.
    rest: Vec<(&'a str, bool)>,
}

impl<'a> Clues<'a> {
    fn of(words: &'a [String]) -> Self {
        let mut clues = Self { names: Vec::new(), rest: Vec::new() };
        let mut at = 0;
        let mut is_after_name = false;
        while let Some(word) = words.get(at) {
            let name = NAMES.iter().find(|name| words[at..].starts_with(&name.words));
            match name {
                Some(name) => clues.names.push(name),
                None => clues.rest.push((word, is_after_name)),
            }
            is_after_name = name.is_some();
            at += name.map_or(1, |name| name.words.len());
        }
        clues
    }

    fn has_code(&self) -> bool {
        self.names.iter().any(|name| name.is_code)
    }

    fn verdict(&self) -> Result<Region, UnreadRegion> {
        let deciding = || self.names.iter().filter(|name| name.decides);
        let Some(common) = self.common() else { return Err(UnreadRegion::Unknown) };
        if common.is_empty() {
            // Several regions, or one and the area of another.
            return Err(one_of(&deciding().flat_map(|name| likely(&name.codes)).collect()));
        }
        let common = likely(&common);
        let [code] = Vec::from_iter(&common)[..] else { return Err(one_of(&common)) };
        if !self.leaves_no_doubt(code) {
            return Err(UnreadRegion::Unknown);
        }
        if deciding().next().is_none() {
            return Err(one_of(&common));
        }
        code.parse().map_err(|_| UnreadRegion::Unknown)
    }

    /// What all names may mean; nothing without a name.
    fn common(&self) -> Option<Codes> {
        let mut names = self.names.iter();
        let first = names.next()?.codes.clone();
        Some(names.fold(first, |common, name| common.intersection(&name.codes).copied().collect()))
    }

    /// Whether what stands beside the names leaves the region as it is. Beside a code, people may write what they want;
    /// beside a city, only what adds nothing: there is more than one Paris.
    fn leaves_no_doubt(&self, code: &str) -> bool {
        let has_code = self.has_code();
        let parts: Vec<&str> = code.split('-').collect();
        self.rest.iter().all(|(word, is_after_name)| {
            if is_number(word) {
                // `Ohio 2`, but not `us-east-1/2`.
                return *is_after_name && parts.last() == Some(word);
            }
            let is_zone = has_code && *is_after_name && word.len() == 1;
            is_zone || parts.contains(word) || is_noise(word) || (has_code && !is_doubt(word))
        })
    }
}

fn one_of(codes: &Codes) -> UnreadRegion {
    let regions: BTreeSet<Region> = codes.iter().filter_map(|code| code.parse().ok()).collect();
    if (1..=MOST_OFFERED).contains(&regions.len()) {
        UnreadRegion::OneOf(regions.into_iter().collect())
    } else {
        UnreadRegion::Unknown
    }
}
