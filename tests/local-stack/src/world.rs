//! What can be seen from outside, over the services' own APIs.

mod executions;
mod kept;
mod network;
mod register;
mod secrets;

pub use executions::Execution;

use crate::stack::{self, Addresses};

/// Clients for a local stack.
#[derive(Debug)]
pub struct World {
    /// The bus.
    pub events: aws_sdk_eventbridge::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    ec2: aws_sdk_ec2::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sfn: aws_sdk_sfn::Client,
    state_machine_arn: String,
    closing_state_machine_arn: String,
    table: String,
}

impl World {
    /// Clients for the stack at these addresses.
    pub async fn new(addresses: &Addresses) -> Self {
        let aws = stack::config(&addresses.aws).await;
        Self {
            events: aws_sdk_eventbridge::Client::new(&aws),
            dynamodb: aws_sdk_dynamodb::Client::new(&aws),
            ec2: aws_sdk_ec2::Client::new(&stack::config(&addresses.ec2).await),
            secrets: aws_sdk_secretsmanager::Client::new(&aws),
            sfn: aws_sdk_sfn::Client::new(&aws),
            state_machine_arn: addresses.state_machine_arn.clone(),
            closing_state_machine_arn: addresses.closing_state_machine_arn.clone(),
            table: addresses.table.clone(),
        }
    }
}
