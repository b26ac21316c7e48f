//! The portal as people, browsers and scripts meet it.

mod answers;
mod aws;
mod cancels;
mod links;
mod looks;
mod pages;
mod races;
mod requests;
mod sources;
mod world;
