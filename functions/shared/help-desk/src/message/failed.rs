//! Something went wrong: calm and short for the customer, the details for the support engineer.

use super::{leftovers, page};
use crate::comment::Block;
use shared::failure::Failure;
use step::StepError;

pub(super) fn blocks(failure: &Failure, leftovers: &[String], link: &str) -> Vec<Block> {
    let reason = match failure.error.as_str() {
        StepError::CUSTOMER => failure.message().unwrap_or_default(),
        _ => "Something went wrong on our side.".to_owned(),
    };
    let undone = if leftovers.is_empty() { "What we had created for it is removed. " } else { "" };
    let mut blocks = vec![
        Block::text("We could not finish setting up your private endpoint."),
        Block::text(reason),
        Block::text(format!(
            "{undone}You need not do anything now: a colleague looks into it and replies here. If Atlas lists the \
             endpoint as failed, leave it there for the moment."
        )),
    ];
    blocks.extend(page(link));
    blocks
}

pub(super) fn details(failure: &Failure, cause: &str, leftovers: &[String], execution_arn: &str) -> Vec<Block> {
    let region = execution_arn.split(':').nth(3).unwrap_or_default();
    let console = format!(
        "https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{execution_arn}"
    );
    vec![
        Block::text("The onboarding failed."),
        Block::text(format!("State: {}", failure.state)),
        Block::text(format!("Error: {}", failure.error)),
        Block::text(format!("Cause: {cause}")),
        leftovers::note(leftovers),
        Block::Link(console),
    ]
}
