//! What came of a request. How it is written, as a page or as JSON, is told elsewhere.

use lambda_http::http::StatusCode;
use serde_json::Value;

use crate::address::Address;
use crate::problem::Problem;
use register::Onboarding;

/// What is told.
#[derive(Debug)]
pub(crate) enum Reply {
    Shown(Box<Shown>),
    /// No more than this; with the link, where it may lead to an onboarding.
    Problem(Problem, Option<Address>),
}

/// The onboarding, with what came of an answer if one was brought.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) link: Address,
    pub(crate) onboarding: Onboarding,
    pub(crate) outcome: Outcome,
}

/// What came of an answer, or of the wish to cancel.
#[derive(Debug)]
pub(crate) enum Outcome {
    None,
    Accepted {
        /// What will be created, when it was a command.
        preview: Option<String>,
        /// Remarks that the customer may want to know.
        notes: Value,
        by_form: bool,
    },
    Refused {
        refused: command::Refused,
        pasted: String,
    },
    /// The source was refused. Nothing of it is shown again.
    SourceRefused {
        refused: source::Refused,
    },
    /// The corrected command is in the form, for the customer to send.
    FilledIn {
        pasted: String,
    },
    /// Whether to cancel it is asked; again, when the reason was none that can be kept.
    CancelAsked {
        why: String,
        problem: Option<Problem>,
    },
    /// It is to be closed, as the customer or somebody before wants.
    Cancelled {
        by_form: bool,
    },
    /// It was not awaited; the text is kept in the form, if there is one.
    Problem {
        problem: Problem,
        pasted: String,
    },
}
