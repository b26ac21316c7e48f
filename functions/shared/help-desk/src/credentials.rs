//! The help desk's secret, kept in memory for minutes so that a rotation needs no deploy.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use serde::Deserialize;

use step::StepError;
use step::aws::step_error;

/// How long a secret that was read is used.
const LIFETIME: Duration = Duration::from_mins(5);
/// How long nothing is read anew after a refusal: whoever sends wrong signatures must not make us ask again and again.
const PAUSE: Duration = Duration::from_mins(1);

/// The content of the secret. It does not print itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    email: Option<String>,
    api_token: Option<String>,
    webhook_secret: Option<String>,
    reply_secret: Option<String>,
}

impl Credentials {
    /// Zendesk's agent that replies.
    ///
    /// # Errors
    /// When the secret does not name it.
    pub fn email(&self) -> Result<&str, StepError> {
        present("email", self.email.as_deref())
    }

    /// The API token, which goes with the agent.
    ///
    /// # Errors
    /// When the secret does not hold it.
    pub fn api_token(&self) -> Result<&str, StepError> {
        present("apiToken", self.api_token.as_deref())
    }

    /// The secret under which the help desk signs its webhooks.
    ///
    /// # Errors
    /// When the secret does not hold it.
    pub fn webhook_secret(&self) -> Result<&str, StepError> {
        present("webhookSecret", self.webhook_secret.as_deref())
    }

    /// The secret under which we sign our replies when they are webhooks.
    ///
    /// # Errors
    /// When the secret does not hold it.
    pub fn reply_secret(&self) -> Result<&str, StepError> {
        present("replySecret", self.reply_secret.as_deref())
    }
}

fn present<'a>(name: &str, value: Option<&'a str>) -> Result<&'a str, StepError> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| StepError::Operator(format!("the help desk's secret has no \"{name}\"; put it in as a text")))
}

/// Reads the secret and keeps it for five minutes.
pub struct CredentialStore {
    secrets: Client,
    secret_id: String,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    credentials: Option<(Arc<Credentials>, Instant)>,
    renewed: Option<Instant>,
    /// The agent's e-mail address, and its id at the help desk.
    agent: Option<(String, String)>,
}

impl CredentialStore {
    /// Keeps the content of this secret; nothing is read yet.
    #[must_use]
    pub fn new(secrets: Client, secret_id: &str) -> Self {
        Self { secrets, secret_id: secret_id.to_owned(), kept: Mutex::default() }
    }

    /// The credentials, at most five minutes old.
    ///
    /// # Errors
    /// When Secrets Manager refuses or the secret is no such JSON.
    pub async fn current(&self) -> Result<Arc<Credentials>, StepError> {
        let kept = self.kept().credentials.clone();
        match kept {
            Some((credentials, read)) if read.elapsed() < LIFETIME => Ok(credentials),
            // Boxed, since the SDK's future within ours within the callers' is nested too deep for the compiler.
            _ => Box::pin(self.read()).await,
        }
    }

    /// The credentials read anew, after they were refused; nothing when that was done less than a minute ago.
    ///
    /// # Errors
    /// As [`Self::current`].
    pub async fn renewed(&self) -> Result<Option<Arc<Credentials>>, StepError> {
        {
            let mut kept = self.kept();
            if kept.renewed.is_some_and(|renewed| renewed.elapsed() < PAUSE) {
                return Ok(None);
            }
            kept.renewed = Some(Instant::now());
            kept.agent = None;
        }
        Box::pin(self.read()).await.map(Some)
    }

    /// The id at the help desk of the agent with this e-mail address, if it was kept since the last refusal.
    pub(crate) fn agent(&self, email: &str) -> Option<String> {
        self.kept().agent.as_ref().filter(|(known, _)| known == email).map(|(_, id)| id.clone())
    }

    /// Keeps the id at the help desk of the agent with this e-mail address.
    pub(crate) fn keep_agent(&self, email: &str, id: &str) {
        self.kept().agent = Some((email.to_owned(), id.to_owned()));
    }

    async fn read(&self) -> Result<Arc<Credentials>, StepError> {
        let secret = self
            .secrets
            .get_secret_value()
            .secret_id(&self.secret_id)
            .send()
            .await
            .map_err(|error| step_error("read the help desk's credentials", &error))?;
        // The parser's message would quote the content, so it is not passed on.
        let credentials = serde_json::from_str(secret.secret_string().unwrap_or_default()).map_err(|_| {
            StepError::Operator("the help desk's secret is not what it should be: a JSON object of texts".to_owned())
        })?;
        let credentials = Arc::new(credentials);
        self.kept().credentials = Some((Arc::clone(&credentials), Instant::now()));
        Ok(credentials)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves at worst an older secret.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
