//! Where things are.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    const HERE: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(HERE).ancestors().nth(2).unwrap_or(Path::new(HERE))
}

/// The folder that cargo builds this profile into, `target/debug`.
pub(crate) fn built() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    program.parent().map(Path::to_path_buf).context("xtask lies nowhere")
}

/// The local stack's folder, `target/local`.
pub(crate) fn local() -> Result<PathBuf> {
    let local = built()?.parent().context("xtask lies outside a target folder")?.join("local");
    std::fs::create_dir_all(&local).with_context(|| format!("cannot make {}", local.display()))?;
    Ok(local)
}
