//! The help desk: its two adapters, everything that is written on a ticket, and how both sides know each other.
//!
//! `receive-ticket` hears it, `reply-ticket` answers it.

pub mod comment;
mod config;
pub mod credentials;
mod desk;
pub mod fact;
pub mod fields;
mod http;
pub mod message;
mod origin;
mod product;
pub mod refusal;
pub mod signature;
mod webhook;
pub mod zendesk;

pub use comment::{Block, Comment};
pub use config::Config;
pub use credentials::{CredentialStore, Credentials};
pub use desk::HelpDesk;
pub use fact::{Fact, Unreadable};
pub use fields::Fields;
pub use product::Product;
pub use refusal::Refusal;
pub use zendesk::Zendesk;

#[cfg(test)]
mod tests;
