//! What the developer's commands and the local stack share: where things are, who runs the local stack, and what the
//! person at the terminal is told.

mod lock;
mod terminal;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub use lock::{Holder, Lock, hold, holder};
pub use terminal::{conclude, say};

/// The repository's root.
#[must_use]
pub fn root() -> &'static Path {
    const HERE: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(HERE).ancestors().nth(3).unwrap_or(Path::new(HERE))
}

/// The folder that cargo built this program or test into, `target/debug`. Tests lie in its `deps`.
///
/// # Errors
/// When it lies nowhere.
pub fn built() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().context("this program lies nowhere")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_path_buf())
}

/// The binary of a function, or of the local stack.
///
/// # Errors
/// When it is not built.
pub fn binary(name: &str) -> Result<PathBuf> {
    let binary = built()?.join(name);
    anyhow::ensure!(
        binary.is_file(),
        "{} is not built; `cargo xtask` builds it before it starts anything",
        binary.display()
    );
    Ok(binary)
}

/// The folder of the local stack, `target/local`: its Python environment, lock, logs and `stack.json`.
///
/// # Errors
/// When it cannot be made.
pub fn local() -> Result<PathBuf> {
    let folder = target()?.join("local");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The folder of everything that is built, `target`.
///
/// # Errors
/// When this program lies outside of one.
pub fn target() -> Result<PathBuf> {
    built()?.parent().map(Path::to_path_buf).context("this program lies outside of a target folder")
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
