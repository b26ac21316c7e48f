//! The portal as people, browsers and scripts meet it.

mod answers;
mod pages;
mod requests;
mod sources;
mod world;
