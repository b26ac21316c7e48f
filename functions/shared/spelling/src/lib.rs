//! Regions and targets as people write them: as Atlas, AWS and help desks do, with cloud, city, code, brackets and
//! underscores. One reader, wherever they come from.
//!
//! A spelling is read if it can mean one thing only. Everything else is for asking again: what is refused here is never
//! another region, and what is guessed wrong would be.

mod doubt;
mod gazetteer;
mod other_cloud;
pub mod region;
pub mod target;
mod words;

pub use region::{UnreadRegion, region};
pub use target::{Deployment, UnreadTarget, target};

/// The longest text that is read, in bytes; a longer one is a story and no name.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests;
