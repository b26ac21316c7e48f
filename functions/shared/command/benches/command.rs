//! How long the intake takes: for Atlas's command, and for 16 KiB of the shapes that cost the most.
//!
//! `cargo xtask bench` prints the fastest of many runs, so that what else the machine does hardly shows.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark speaks to the person at the terminal")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use command::LONGEST;
use shared::network::Network;

const COMMAND: &str = "aws ec2 create-vpc-endpoint --vpc-id vpc-0b1c2d3e4f5061728 --region us-east-1 --service-name \
    com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8 --vpc-endpoint-type Interface --subnet-ids \
    subnet-0aa11bb22cc33dd44";

fn main() {
    let network: Network = serde_json::from_str(
        r#"{"region":"us-east-1","vpcId":"vpc-0b1c2d3e4f5061728","subnetIds":["subnet-0aa11bb22cc33dd44"]}"#,
    )
    .unwrap();
    let full = |shape: &str| shape.repeat(LONGEST / shape.len());
    let words = format!("{COMMAND} {}", "x ".repeat((LONGEST - COMMAND.len()) / 2 - 1));
    let lines = format!("{}{COMMAND}", "Hi,\n".repeat((LONGEST - COMMAND.len()) / 4));
    let shapes = [
        ("Atlas's command", COMMAND.to_owned()),
        ("half of 16 KiB of short lines", full("Hi,\n")[..LONGEST / 2].to_owned()),
        ("16 KiB of short lines", full("Hi,\n")),
        ("16 KiB of short lines and the command", lines),
        ("16 KiB of one-letter lines", full("A\n")),
        ("16 KiB of words after the command", words),
        ("16 KiB of quotes", full("'\"")),
        ("16 KiB of entities", full("&nbsp;")),
        ("16 KiB of continuations", full("\\\n")),
        ("16 KiB of flags", full("--vpc-idd x ")),
        ("16 KiB of typographic dashes", full("—")),
    ];
    for (name, text) in shapes {
        let fastest = (0..300).map(|_| once(&text, &network)).min().unwrap_or_default();
        println!("{name:<38} {:>7} bytes {:>9.1} µs", text.len(), fastest.as_secs_f64() * 1e6);
    }
}

fn once(text: &str, network: &Network) -> Duration {
    let start = Instant::now();
    let _ = black_box(command::read(black_box(text), network, None));
    start.elapsed()
}
