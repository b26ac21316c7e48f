//! What the emulators lack of AWS, in front of them.

pub mod edge;
pub mod front;
pub mod private_link;
