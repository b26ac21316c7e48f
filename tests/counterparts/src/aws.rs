//! What the EC2 emulator lacks of AWS.

pub mod edge;
pub mod private_link;
