//! The fifth layer: MongoDB's own protocol, over connections that the layers before have checked.

pub(crate) mod hello;
pub(crate) mod login;
pub(crate) mod preference;
mod refusal;
mod rights;
mod scram;
mod wire;
