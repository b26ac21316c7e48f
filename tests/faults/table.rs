//! tests/faults.md: a row for each cell, with its verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::cell::Cell;

/// What a cell's verdict is when the promise was kept.
pub(crate) const RIGHT: &str = "right";

/// How the verdict begins when there is none.
pub(crate) const NOT_PLAYED: &str = "not played";

const HEAD: &str = "# What faults do

Written by `cargo xtask faults`: every call of every state, and what goes wrong with it. A state is played on the first way
that comes through it; the fault is made, and taken back when it was met (those that last after 15 seconds, without an answer
50, which is longer than all tries); people go on doing what they are asked to, and the operator what the alarms ask for; then
everything must be as `tests/faults/promise.rs` says. `cargo xtask test` plays a sample of the right ones again: none of them
may become wrong.

";

/// The verdicts by cell.
pub(crate) type Table = BTreeMap<Cell, String>;

fn path() -> PathBuf {
    layout::root().join("tests/faults.md")
}

/// The table as it is committed.
pub(crate) fn read() -> Result<Table> {
    parsed(&std::fs::read_to_string(path()).context("tests/faults.md; `cargo xtask faults` writes it")?)
}

/// The table as far as it was written.
pub(crate) fn read_if_there() -> Result<Table> {
    if path().is_file() { read() } else { Ok(Table::new()) }
}

fn parsed(text: &str) -> Result<Table> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| state |"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        ensure!(cells.len() == 4, "a row of tests/faults.md has four cells: {row}");
        Ok((cells[..3].join(" / ").parse()?, cells[3].to_owned()))
    })
    .collect()
}

/// Writes the table.
pub(crate) fn write(table: &Table) -> Result<()> {
    let right = table.values().filter(|verdict| *verdict == RIGHT).count();
    let open = table.values().filter(|verdict| verdict.starts_with(NOT_PLAYED)).count();
    let mut text = HEAD.to_owned();
    let _ = writeln!(
        text,
        "{} cells, {right} right, {open} not played.\n\n| state | call | fault | verdict |\n|---|---|---|---|",
        table.len()
    );
    for (cell, verdict) in table {
        let Cell { state, call, fault } = cell;
        let verdict = verdict.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "/");
        let _ = writeln!(text, "| {state} | {} {} | {} | {verdict} |", call.service, call.action, fault.name());
    }
    std::fs::write(path(), text)?;
    Ok(())
}
