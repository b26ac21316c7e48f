//! The words of an onboarding: what travels between its steps. Each thing has one type here, and is it everywhere.

pub mod answer;
pub mod awaited;
pub mod clean_up;
pub mod closing;
pub mod comment;
pub mod endpoint;
pub mod event;
pub mod facts;
pub mod failure;
pub mod ids;
pub mod late;
pub mod left_out;
pub mod message;
pub mod network;
pub mod operator;
pub mod reference;
pub mod request;
pub mod state;
pub mod tags;
pub mod target;
pub mod text;
pub mod verification;
pub mod wish;
