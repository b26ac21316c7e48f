//! The error of a step: its name says who acts, and the state machine acts on the name.

use lambda_runtime::Diagnostic;

/// Why a step failed, and who must act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Time helps: a throttle, an outage, something not visible yet. Retried with full jitter.
    #[error("{0}")]
    Transient(String),
    /// The customer can mend it; the message is written for the customer.
    #[error("{0}")]
    Customer(String),
    /// We must act: permissions, quotas, configuration. The default.
    #[error("{0}")]
    Operator(String),
    /// The step was called with an input that it cannot read: a malformed ticket or a fault of ours.
    #[error("{0}")]
    InvalidInput(String),
}

impl StepError {
    /// The names that a definition may catch, in the order of the variants.
    pub const NAMES: [&str; 4] = ["Step.Transient", Self::CUSTOMER, "Step.Operator", "Step.InvalidInput"];

    /// The name of an error whose message is for the customer.
    pub const CUSTOMER: &str = "Step.Customer";

    /// The name under which the state machine knows this error.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let [transient, customer, operator, invalid_input] = Self::NAMES;
        match self {
            Self::Transient(_) => transient,
            Self::Customer(_) => customer,
            Self::Operator(_) => operator,
            Self::InvalidInput(_) => invalid_input,
        }
    }
}

impl From<StepError> for Diagnostic {
    fn from(error: StepError) -> Self {
        Self { error_type: error.name().to_owned(), error_message: error.to_string() }
    }
}
