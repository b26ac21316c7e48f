//! What the steps that speak with EC2 share: how resources are tagged and found again, and how states are compared.

mod endpoints;
mod filter;
mod state;
mod tag;

pub use endpoints::endpoints;
pub use filter::{filter, of_onboarding, with_tag};
pub use state::is_in_state;
pub use tag::{tag_of, tagged};
