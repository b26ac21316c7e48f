//! The words of an onboarding: what travels between its steps. Each thing has one type here, and is it everywhere.

pub mod answer;
pub mod awaited;
pub mod clean_up;
pub mod endpoint;
pub mod event;
pub mod failure;
pub mod ids;
pub mod network;
pub mod tags;
pub mod target;
pub mod verification;
