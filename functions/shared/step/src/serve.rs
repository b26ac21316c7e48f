//! How a step is served: one input, one output, and errors that carry the names of the definition.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::StepError;

/// Runs a step until Lambda ends the process.
///
/// The input is read here and not by the runtime: an input that does not fit then fails as `Step.InvalidInput` with
/// the name of the field, instead of under the name of a Rust type that no definition could catch.
///
/// # Errors
/// When Lambda's runtime interface cannot be reached.
pub async fn serve<I, O>(step: impl AsyncFn(I) -> Result<O, StepError>) -> Result<(), lambda_runtime::Error>
where
    I: DeserializeOwned,
    O: Serialize,
{
    lambda_runtime::tracing::init_default_subscriber();
    let step = &step;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let result = match serde_json::from_value(event.payload) {
            Ok(input) => step(input).await,
            Err(error) => Err(StepError::InvalidInput(format!("the input cannot be read: {error}"))),
        };
        if let Err(error) = &result {
            tracing::warn!(name = error.name(), "the step failed: {error}");
        }
        result.map_err(Diagnostic::from)
    }))
    .await
}
