//! The intake of a source against its tables, its document and everything else.

mod fields;
mod properties;
mod strings;

use super::{Accepted, Given, Refused, read};

fn read_string(text: &str) -> Result<Accepted, Refused> {
    read(&Given { connection_string: Some(text.to_owned().into()), ..Given::default() }, None)
}
