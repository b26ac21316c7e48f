//! What the functions have in common: ids, errors, the way a step is served, the customer's command, the onboarding's
//! vault and the help desk.

pub mod aws;
pub mod command;
pub mod config;
pub mod error;
pub mod event;
#[cfg(feature = "help-desk")]
pub mod help_desk;
pub mod ids;
pub mod network;
pub mod serve;
pub mod source;
pub mod tags;
pub mod target;
#[cfg(feature = "vault")]
pub mod vault;

pub use error::StepError;
pub use serve::serve;
