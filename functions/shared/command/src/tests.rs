//! The intake's tests: the corpus in `tests/commands`, properties that hold for any text, and the documents.

mod corpus;
mod documents;
mod properties;

use std::path::{Path, PathBuf};

use shared::network::Network;

/// What is handed out in the corpus.
pub(crate) fn network() -> Network {
    serde_json::from_str(&text("handed-out.json")).unwrap()
}

fn corpus_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/commands")
}

fn text(file: &str) -> String {
    let path = corpus_folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares a document with what the code makes of it; `UPDATE_DOCS=1` writes it instead.
fn assert_document(path: &Path, expected: &str) {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of a function")]
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    if update {
        std::fs::write(path, expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == expected, "{} is not up to date: run the tests once with UPDATE_DOCS=1", path.display());
}
