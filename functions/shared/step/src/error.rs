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
    /// The onboarding is being closed, or has ended: whatever is done now would be undone or nobody's.
    #[error("the onboarding is being closed")]
    Closed,
}

impl StepError {
    /// The names that a definition may catch, in the order of the variants.
    pub const NAMES: [&str; 5] =
        ["Step.Transient", Self::CUSTOMER, "Step.Operator", "Step.InvalidInput", "Step.Closed"];

    /// The name of an error whose message is for the customer.
    pub const CUSTOMER: &str = "Step.Customer";

    /// The name under which the state machine knows this error.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let [transient, customer, operator, invalid_input, closed] = Self::NAMES;
        match self {
            Self::Transient(_) => transient,
            Self::Customer(_) => customer,
            Self::Operator(_) => operator,
            Self::InvalidInput(_) => invalid_input,
            Self::Closed => closed,
        }
    }
}

/// How many characters of an error's text are told. A cause travels on into messages, queue and register, and Step
/// Functions takes 32,768 characters of one; what our steps have to say is far shorter.
const LONGEST: usize = 4000;

impl From<StepError> for Diagnostic {
    fn from(error: StepError) -> Self {
        let told = error.to_string().chars().take(LONGEST).collect();
        Self { error_type: error.name().to_owned(), error_message: told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_up_to_its_limit() {
        let told = |length: usize| Diagnostic::from(StepError::Operator("é".repeat(length))).error_message;
        assert_eq!(told(LONGEST), "é".repeat(LONGEST));
        assert_eq!(told(LONGEST + 1), "é".repeat(LONGEST));
    }
}
