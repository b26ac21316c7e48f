//! Something went wrong: calm and short for the customer, the details for the support engineer.

use super::leftovers;
use crate::comment::Block;
use shared::failure::Failure;
use step::StepError;

pub(super) fn blocks(failure: &Failure, leftovers: &[String]) -> Vec<Block> {
    let reason = match failure.error.as_str() {
        StepError::CUSTOMER => failure.message().unwrap_or_default(),
        _ => "Something went wrong on our side.".to_owned(),
    };
    let undone = if leftovers.is_empty() { "What we had created for it is removed. " } else { "" };
    vec![
        Block::text("We could not finish setting up your private endpoint."),
        Block::text(reason),
        Block::text(format!(
            "{undone}You need not do anything now: a colleague looks into it and replies here. If Atlas lists the \
             endpoint as failed, leave it there for the moment."
        )),
    ]
}

pub(super) fn details(failure: &Failure, leftovers: &[String], execution_arn: &str) -> Vec<Block> {
    let region = execution_arn.split(':').nth(3).unwrap_or_default();
    let console = format!(
        "https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{execution_arn}"
    );
    vec![
        Block::text("The onboarding failed."),
        Block::text(format!("State: {}", failure.state)),
        Block::text(format!("Error: {}", failure.error)),
        Block::text(format!("Cause: {}", reason(failure))),
        leftovers::note(leftovers),
        Block::Link(console),
    ]
}

/// What the step said, for the execution's result.
pub(super) fn reason(failure: &Failure) -> String {
    failure.message().unwrap_or_else(|| "No cause was given.".to_owned())
}
