//! Other companies' systems, simulated at the wire: what AWS, MongoDB Atlas and the help desk answer is imitated as far
//! as an onboarding can notice it, and no further. Nothing of ours is here.

pub mod atlas;
pub mod aws;
pub mod certificates;
pub mod dns;
mod faults;
pub mod help_desk;
pub mod mongodb;
mod pages;
pub mod upstream;
