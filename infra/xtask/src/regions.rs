//! The table of AWS's regions, as AWS's SDK for Python has them with their names.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::python;
use layout::say;

const TABLE: &str = "functions/shared/spelling/src/gazetteer/regions.tsv";

/// Prints code and name of each region; the SDK is there with the AWS CLI.
const PRINT: &str = r#"
import json, pathlib, botocore
partitions = pathlib.Path(botocore.__file__).parent / "data" / "partitions.json"
for partition in json.loads(partitions.read_text())["partitions"]:
    for code, region in sorted(partition["regions"].items()):
        if not code.endswith("-global"):
            print(code, region["description"], sep="\t")
"#;

const HEAD: &str = "# AWS's regions: code, name. Made by `cargo xtask regions` from partitions.json of botocore, AWS's SDK for Python.";

/// Writes the table anew.
pub(crate) fn renew() -> Result<()> {
    python::ensure()?;
    fs::write(path(), table()?)?;
    say(&format!("{TABLE} is as the SDK has it; a newer one comes with tests/local-stack/requirements.txt."));
    Ok(())
}

/// Whether the table is as the SDK has it.
pub(crate) fn check() -> Result<()> {
    if fs::read_to_string(path())? != table()? {
        bail!("{TABLE} is not what AWS's SDK has; `cargo xtask regions` renews it");
    }
    Ok(())
}

fn path() -> PathBuf {
    layout::root().join(TABLE)
}

fn table() -> Result<String> {
    let python = layout::python_program("python")?;
    let answer = Command::new(python).args(["-c", PRINT]).output().context("python does not start")?;
    if !answer.status.success() {
        bail!("the SDK's regions could not be read: {}", String::from_utf8_lossy(&answer.stderr));
    }
    Ok(format!("{HEAD}\n{}", String::from_utf8(answer.stdout)?))
}
