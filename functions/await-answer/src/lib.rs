//! Begins a wait for the customer: keeps the task token in the onboarding's vault, so that an answer can resume the
//! execution, and the question in the register.

use aws_sdk_secretsmanager::Client;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use register::{Order, Register, Shown, Shows, Wait, written};
use secrets::source::{self, Owner};
use secrets::vault::{self, TaskToken};
use shared::answer::Answer;
use shared::facts::Facts;
use shared::ids::{OnboardingId, TicketId};
use shared::state::State;
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names, and a tag of the source's.
    pub stack: String,
    /// The register's table.
    pub register: String,
    /// The KMS key that encrypts the source's secret; Secrets Manager's own when there is none.
    pub source_key: Option<String>,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            stack: config::required("STACK_NAME")?,
            register: config::required("REGISTER_TABLE")?,
            source_key: config::optional("SOURCE_KEY_ARN")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding that waits.
    pub onboarding: OnboardingId,
    /// The ticket that it answers.
    pub ticket: TicketId,
    /// The token of this wait; every window has its own.
    pub task_token: TaskToken,
    /// What the customer is to bring.
    pub answer: Answer,
    /// How long the wait lasts, in seconds.
    pub seconds: u32,
    /// The wait's step, and which try of it this is.
    pub step: u32,
    /// As `step`.
    pub retry: u32,
    /// What is known.
    pub facts: Facts,
}

/// Nothing: the state's result is the customer's answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {}

/// Begins the wait: a source's secret first, then the token, then the question, so that whoever sees the question can
/// answer it.
///
/// # Errors
/// When Secrets Manager or `DynamoDB` refuses, or the onboarding has no record.
pub async fn handle(secrets: &Client, register: &Register, config: &Config, input: Input) -> Result<Output, StepError> {
    let Input { onboarding, ticket, task_token, answer, seconds, step, retry, facts } = input;
    if answer == Answer::Source {
        let owner = Owner { stack: &config.stack, onboarding: &onboarding, ticket: &ticket };
        source::create(secrets, owner, config.source_key.as_deref()).await?;
    }
    let vault_version = vault::keep(secrets, &config.stack, &onboarding, &task_token).await?;
    let now = OffsetDateTime::now_utc();
    let shown = Shown {
        order: Order::new(0, step, retry),
        state: match answer {
            Answer::Command => State::AwaitingCommand,
            Answer::Source => State::AwaitingSource,
        },
        held_at: None,
        since: written(now)?,
        error: facts.problem(),
        wait: Some(Wait { answer, until: written(now + Duration::seconds(seconds.into()))?, vault_version }),
        pause: None,
        facts: facts.for_the_page(),
        outcome: None,
    };
    match register.show(&onboarding, &shown, None).await? {
        Shows::This | Shows::Newer => Ok(Output {}),
        Shows::Nothing => Err(StepError::Operator("the onboarding has no record in the register".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
    use aws_sdk_secretsmanager::operation::create_secret::CreateSecretOutput;
    use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "AQCEAAAAKgAAAAMAAAAAnew";

    #[tokio::test]
    async fn the_token_goes_into_the_vault_alone_and_the_register_names_its_version() {
        let make = mock!(Client::create_secret)
            .match_requests(|request| request.secret_string().is_none())
            .then_output(|| CreateSecretOutput::builder().build());
        let version = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&version);
        let keep = mock!(Client::put_secret_value)
            .match_requests(move |request| {
                *kept.lock().unwrap() = request.client_request_token().map(str::to_owned);
                request.secret_string().unwrap().contains(TOKEN)
            })
            .then_output(|| PutSecretValueOutput::builder().build());
        let show = mock!(aws_sdk_dynamodb::Client::update_item)
            .match_requests(move |request| {
                let shown = &request.expression_attribute_values().unwrap()[":shown"];
                let wait = &shown.as_m().unwrap()["wait"].as_m().unwrap()["vaultVersion"];
                wait.as_s().ok() == version.lock().unwrap().as_ref() && !format!("{request:?}").contains(TOKEN)
            })
            .then_output(|| UpdateItemOutput::builder().build());
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&make, &keep]);
        let register = Register::with_client(mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&show]), "register");
        let config = Config { stack: "causeway".to_owned(), register: "register".to_owned(), source_key: None };
        let input = json!({
            "onboarding": "0123456789abcdef0123456789abcdef",
            "ticket": "1",
            "taskToken": TOKEN,
            "answer": "source",
            "seconds": 86400,
            "step": 4,
            "retry": 0,
            "facts": {"problem": null},
        });
        handle(&secrets, &register, &config, serde_json::from_value(input).unwrap()).await.unwrap();
        assert_eq!((make.num_calls(), keep.num_calls(), show.num_calls()), (1, 1, 1));
    }
}
