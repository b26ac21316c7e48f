//! What every step is made of: its errors, how it is served, its configuration, and AWS as it sees it.

pub mod aws;
#[cfg(test)]
mod canned;
pub mod config;
pub mod error;
pub mod input;
pub mod log;
pub mod outside;
mod serve;

pub use error::StepError;
pub use serve::serve;
