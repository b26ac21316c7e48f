//! What lies in Secrets Manager, and nowhere else: the vault of an onboarding, the source, the stack's signing key; and the
//! customer's link, which is derived from that.

pub mod link;
mod made;
pub mod signing_key;
pub mod source;
pub mod vault;
