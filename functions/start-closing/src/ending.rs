//! How an onboarding is to end whose execution did not say so in the register.

use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;

use serde::Deserialize;
use shared::closing::Ending;
use shared::failure::Failure;
use shared::wish::Wish;

/// What is said of an execution that was stopped by somebody who gave no cause.
const BY_HAND: &str = "The execution was stopped by hand.";

/// How an onboarding is to end: as somebody wishes, or as its execution wanted to end when it could not start closing, or as
/// failed.
pub(crate) fn ending(execution: &DescribeExecutionOutput, wish: Option<&Wish>) -> Ending {
    if let Some(wish) = wish {
        return Ending::Closed { wish: wish.clone() };
    }
    let cause = execution.cause.as_deref().filter(|cause| !cause.is_empty());
    let (error, cause) = match execution.status {
        ExecutionStatus::Aborted => (Failure::ABORTED, Some(cause.unwrap_or(BY_HAND))),
        ExecutionStatus::TimedOut => ("States.Timeout", cause),
        // Only what the definition itself has written is taken for an ending: whoever stops an execution writes anything.
        _ => match cause.and_then(|cause| serde_json::from_str(cause).ok()) {
            Some(ending) => return bounded(ending),
            None => (execution.error.as_deref().unwrap_or_default(), cause),
        },
    };
    let failure = Failure { state: String::new(), error: error.to_owned(), cause: cause.map(str::to_owned) };
    bounded(Ending::Failed { failure })
}

/// The step at which the onboarding announced its last window, if its execution wanted to end after that and could not start
/// closing.
pub(crate) fn announced(execution: &DescribeExecutionOutput) -> Option<u32> {
    let written = execution.cause.as_deref().filter(|_| execution.status == ExecutionStatus::Failed)?;
    serde_json::from_str::<Announced>(written).ok()?.announced
}

/// What the definition writes beside an ending.
#[derive(Deserialize)]
struct Announced {
    #[serde(default)]
    announced: Option<u32>,
}

/// The ending with no more of its cause than is told.
fn bounded(ending: Ending) -> Ending {
    match ending {
        Ending::Failed { failure } => {
            let cause = failure.message();
            Ending::Failed { failure: Failure { cause, ..failure } }
        }
        other => other,
    }
}
