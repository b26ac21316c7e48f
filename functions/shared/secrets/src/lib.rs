//! What lies in Secrets Manager, and nowhere else: the vault of an onboarding, the source, the stack's signing key.

pub mod signing_key;
pub mod source;
pub mod vault;
