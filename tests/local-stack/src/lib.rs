//! The local stack: the emulators with our own template deployed to them, and the counterparts beside them. Nothing of
//! ours is simulated here.

pub mod demo;
pub mod deploy;
pub mod fault;
pub mod player;
pub mod portal;
pub mod process;
pub mod stack;
pub mod stacks;
pub mod template;
pub mod world;
