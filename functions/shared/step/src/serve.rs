//! How a step is served: one input, one output, and errors that carry the names of the definition.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::StepError;
use crate::{input, log};

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
    log::init();
    let step = &step;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| {
        let result = match read(event.payload) {
            Ok(input) => step(input).await,
            Err(error) => Err(error),
        };
        result.map_err(told)
    }))
    .await
}

fn read<I: DeserializeOwned>(input: Value) -> Result<I, StepError> {
    input::read(input).map_err(|error| StepError::InvalidInput(format!("the input cannot be read: {error}")))
}

fn told(error: StepError) -> Diagnostic {
    tracing::warn!(name = error.name(), "the step failed: {error}");
    error.into()
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing::subscriber::set_default;

    use super::*;
    use crate::aws::step_error;
    use crate::canned::{CANARY, answer, answering, calling};

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_secret_in_an_answer_that_cannot_be_read_is_neither_told_nor_logged() {
        let url = answering(answer("200 OK", &format!(r#"{{"SecretString":"{CANARY}"#))).await;
        let secrets = aws_sdk_secretsmanager::Client::new(&calling(&url));
        let log = Log::default();
        let writer = log.clone();
        // At the level of the functions that are deployed.
        let subscriber = lambda_runtime::tracing::subscriber::fmt().with_writer(move || writer.clone()).finish();
        let guard = set_default(subscriber);
        let answer = secrets.get_secret_value().secret_id("source").send().await;
        let unreadable = told(step_error("read the source", &answer.unwrap_err()));
        let no_input = told(read::<String>(json!({ "name": CANARY })).unwrap_err());
        drop(guard);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            (unreadable.error_type.as_str(), no_input.error_type.as_str()),
            ("Step.Transient", "Step.InvalidInput")
        );
        assert_eq!(log.matches("the step failed").count(), 2, "{log}");
        for text in [log, format!("{unreadable:?}"), format!("{no_input:?}")] {
            assert!(!text.contains("canary"), "{text}");
        }
    }
}
