//! Keeps the task token in the onboarding's vault, so that the customer's answer can resume the execution.

use aws_sdk_secretsmanager::Client;
use serde::{Deserialize, Serialize};

use secrets::vault::{self, HandedOut, TaskToken, Wait};
use shared::answer::Answer;
use shared::ids::OnboardingId;
use step::StepError;
use step::config::{self, ConfigError};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, which is part of its secrets' names.
    pub stack: String,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When the variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { stack: config::required("STACK_NAME")? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding whose vault keeps the token.
    pub onboarding: OnboardingId,
    /// The token of this wait; every window has its own.
    pub task_token: TaskToken,
    /// What the customer is to bring.
    #[serde(default)]
    pub answer: Answer,
    /// What the customer's answer is checked against.
    pub handed_out: HandedOut,
    /// Why the customer is asked again.
    pub problem: Option<String>,
}

/// Nothing: the state's result is the customer's answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Output {}

/// Keeps the token. A token that is there already belongs to a window that has passed.
///
/// # Errors
/// When the vault cannot be read or written.
pub async fn handle(secrets: &Client, config: &Config, input: Input) -> Result<Output, StepError> {
    let mut vault = vault::read(secrets, &config.stack, &input.onboarding)
        .await?
        .ok_or_else(|| StepError::Operator("the onboarding's vault is gone".to_owned()))?;
    let Input { task_token, answer, handed_out, problem, .. } = input;
    vault.handed_out = Some(handed_out);
    vault.awaited = Some(Wait { task_token, answer, problem, answer_digest: None });
    vault::write(secrets, &config.stack, &input.onboarding, &vault).await?;
    Ok(Output {})
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
    use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn a_new_window_replaces_the_token_and_forgets_the_answer() {
        let read = mock!(Client::get_secret_value).then_output(|| {
            let vault =
                json!({"executionArn": "arn", "ticket": "1", "awaited": {"taskToken": "old", "answerDigest": "x"}});
            GetSecretValueOutput::builder().secret_string(vault.to_string()).build()
        });
        let write = mock!(Client::put_secret_value)
            .match_requests(|request| {
                let vault: Value = serde_json::from_str(request.secret_string().unwrap()).unwrap();
                vault["awaited"]["taskToken"] == "new"
                    && vault["awaited"]["answer"] == "source"
                    && vault["awaited"]["answerDigest"].is_null()
                    && vault["handedOut"]["network"]["vpcId"] == "vpc-0123456789abcdef0"
            })
            .then_output(|| PutSecretValueOutput::builder().build());
        let secrets = mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&read, &write]);
        let input = json!({
            "onboarding": "0123456789abcdef0123456789abcdef",
            "taskToken": "new",
            "answer": "source",
            "handedOut": {
                "network": {
                    "region": "us-east-1",
                    "vpcId": "vpc-0123456789abcdef0",
                    "subnetIds": ["subnet-0123456789abcdef0"],
                },
                "target": null,
            },
            "problem": null,
        });
        let config = Config { stack: "causeway".to_owned() };
        assert_eq!(handle(&secrets, &config, serde_json::from_value(input).unwrap()).await.unwrap(), Output {});
        assert_eq!(write.num_calls(), 1);
    }
}
