//! Where things are: the repository, what cargo built, and the local stack's own folder.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The repository's root.
#[must_use]
pub fn root() -> &'static Path {
    const HERE: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(HERE).ancestors().nth(2).unwrap_or(Path::new(HERE))
}

/// The folder with the functions' binaries: the one that this program or test was built into.
///
/// # Errors
/// When the functions are not built.
pub fn binaries() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    program
        .ancestors()
        .skip(1)
        .take(2)
        .find(|folder| folder.join("start-onboarding").is_file())
        .map(Path::to_path_buf)
        .context("the functions are not built; `cargo xtask` builds them before it starts anything")
}

/// The folder of the local stack, `target/local`: its Python environment, logs and `stack.json`.
///
/// # Errors
/// When it cannot be made.
pub fn local() -> Result<PathBuf> {
    let folder = binaries()?.parent().map(|target| target.join("local")).context("the binaries lie nowhere")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// A program of the Python environment.
///
/// # Errors
/// When the environment is not there.
pub fn python_program(name: &str) -> Result<PathBuf> {
    let program = local()?.join("venv/bin").join(name);
    anyhow::ensure!(program.is_file(), "{} is missing; `cargo xtask` makes the environment", program.display());
    Ok(program)
}
