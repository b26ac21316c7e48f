//! The places that an execution can be at: a state, with what is known there of the variables that choices compare with
//! words. Without them a reminder would seem to lead from the wait for the source to the wait for the command.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::ways::{Way, compared_with_a_word, ways};

/// A state, with the words that variables hold there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    state: String,
    known: BTreeMap<String, Option<String>>,
}

/// A way, taken from one place to another.
#[derive(Debug)]
pub(crate) struct Step {
    /// The index of the place that it leaves.
    pub(crate) from: usize,
    /// The index of the place that it leads to.
    pub(crate) to: usize,
    /// The index of the way.
    way: usize,
}

/// All places of a definition that can be reached, and all steps between them.
#[derive(Debug)]
pub(crate) struct Places {
    ways: Vec<Way>,
    all: Vec<Place>,
    /// The steps, in the order of the places that they leave.
    pub(crate) steps: Vec<Step>,
    /// The places that can be reached from each place in one step or more.
    reached: Vec<BTreeSet<usize>>,
}

impl Places {
    pub(crate) fn of(definition: &Value) -> Self {
        let ways = ways(definition);
        let variables = word_variables(&ways);
        let start = definition["StartAt"].as_str().unwrap().to_owned();
        let mut places = vec![Place { state: start, known: BTreeMap::new() }];
        let mut steps = Vec::new();
        let mut from = 0;
        while let Some(place) = places.get(from).cloned() {
            for (way, taken) in ways.iter().enumerate().filter(|(_, way)| can_be_taken(way, &place, &variables)) {
                let mut next = Place { state: taken.to.clone(), known: place.known.clone() };
                let assigned = taken.assigns.iter().filter(|(name, _)| variables.contains(*name));
                next.known.extend(assigned.map(|(name, word)| (name.clone(), word.as_str().map(str::to_owned))));
                let to = places.iter().position(|known| *known == next).unwrap_or_else(|| {
                    places.push(next);
                    places.len() - 1
                });
                steps.push(Step { from, to, way });
            }
            from += 1;
        }
        let reached = (0..places.len()).map(|place| reached_from(place, &steps)).collect();
        Self { ways, all: places, steps, reached }
    }

    /// The state of every place.
    pub(crate) fn states(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|place| place.state.as_str())
    }

    /// The state that a step leaves.
    pub(crate) fn left_by(&self, step: &Step) -> &str {
        &self.all[step.from].state
    }

    /// The way that a step takes.
    pub(crate) fn way(&self, step: &Step) -> &Way {
        &self.ways[step.way]
    }

    /// Whether each of two places can be reached from the other.
    pub(crate) fn share_a_loop(&self, one: usize, other: usize) -> bool {
        self.reached[one].contains(&other) && self.reached[other].contains(&one)
    }

    /// Whether something can have been repeated before a place is left.
    pub(crate) fn can_follow_a_loop(&self, place: usize) -> bool {
        let mut loops = (0..self.all.len()).filter(|start| self.reached[*start].contains(start));
        loops.any(|start| start == place || self.reached[start].contains(&place))
    }

    /// Every loop that meets no place twice, as its steps. Each begins at the first of its places.
    pub(crate) fn loops(&self) -> Vec<Vec<&Step>> {
        let mut found = Vec::new();
        for start in 0..self.all.len() {
            self.follow(start, start, &mut Vec::new(), &mut found);
        }
        found
    }

    fn follow<'a>(&'a self, start: usize, at: usize, taken: &mut Vec<&'a Step>, found: &mut Vec<Vec<&'a Step>>) {
        for step in self.steps.iter().filter(|step| step.from == at && self.share_a_loop(start, step.to)) {
            taken.push(step);
            if step.to == start {
                found.push(taken.clone());
            } else if step.to > start && taken.iter().all(|earlier| earlier.from != step.to) {
                self.follow(start, step.to, taken, found);
            }
            taken.pop();
        }
    }
}

/// The variables that a choice compares with a word, and that are assigned nothing but plain words, or null.
fn word_variables(ways: &[Way]) -> BTreeSet<String> {
    let compared = ways.iter().flat_map(|way| &way.holds).filter_map(|part| compared_with_a_word(part));
    let is_word = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| !text.starts_with("{%"));
    let only_words = |name: &str| ways.iter().filter_map(|way| way.assigns.get(name)).all(is_word);
    compared.map(|(name, _)| name.to_owned()).filter(|name| only_words(name)).collect()
}

fn can_be_taken(way: &Way, place: &Place, variables: &BTreeSet<String>) -> bool {
    let holds = |part: &String| {
        let (name, word) = compared_with_a_word(part).filter(|(name, _)| variables.contains(*name))?;
        Some(place.known.get(name).is_some_and(|known| known.as_deref() == Some(word)))
    };
    way.from == place.state
        && way.holds.iter().all(|part| holds(part) != Some(false))
        && way.fails.iter().all(|part| holds(part) != Some(true))
}

fn reached_from(place: usize, steps: &[Step]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![place];
    while let Some(at) = open.pop() {
        open.extend(steps.iter().filter(|step| step.from == at && reached.insert(step.to)).map(|step| step.to));
    }
    reached
}
