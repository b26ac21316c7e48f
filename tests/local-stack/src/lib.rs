//! The local stack: the emulators with our own template deployed to them, and the counterparts beside them.
//!
//! The counterparts are other companies' systems, simulated at the wire only. Nothing of ours is simulated here. What
//! AWS, MongoDB Atlas and the help desk answer is imitated as far as an onboarding can notice it, and no further.

pub mod atlas;
pub mod certificates;
pub mod demo;
pub mod deploy;
pub mod dns;
pub mod edge;
pub mod help_desk;
pub mod layout;
pub mod mongodb;
mod pages;
pub mod player;
pub mod portal;
pub mod private_link;
pub mod process;
pub mod stack;
pub mod template;
