//! The way to the help desk, whichever it is.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;

use crate::comment::Comment;
use crate::config::Config;
use crate::credentials::CredentialStore;
use crate::http::http_client;
use crate::product::Product;
use crate::refusal::Refusal;
use crate::webhook;
use crate::zendesk::Zendesk;
use shared::ids::TicketId;

/// The help desk, with what is needed to speak to it.
pub struct HelpDesk {
    /// Which one it is.
    pub product: Product,
    /// What we are there, and the secrets of the webhooks.
    pub credentials: CredentialStore,
    url: String,
    http: reqwest::Client,
}

impl HelpDesk {
    /// Makes the client; `timeout` is how long one call may take.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: Config, secrets: Client, timeout: Duration) -> Result<Self, reqwest::Error> {
        let credentials = CredentialStore::new(secrets, &config.secret);
        Ok(Self { product: config.product, credentials, url: config.url, http: http_client(timeout)? })
    }

    /// Zendesk, when it is that.
    #[must_use]
    pub fn zendesk(&self) -> Zendesk<'_> {
        Zendesk { http: &self.http, url: &self.url, credentials: &self.credentials }
    }

    /// Adds comments to a ticket, each once, and gives how many were added. Zendesk is asked for the ticket's thread first;
    /// a receiver of webhooks drops repeats by their id.
    ///
    /// # Errors
    /// When the help desk does not take them, or something of ours fails.
    pub async fn post(&self, ticket: &TicketId, comments: &[Comment]) -> Result<usize, Refusal> {
        match self.product {
            Product::Zendesk => {
                let zendesk = self.zendesk();
                let us = zendesk.us().await?;
                zendesk.post(ticket, &us, zendesk.conversation(ticket).await?, comments).await
            }
            Product::Webhook => webhook::post(&self.http, &self.url, &self.credentials, ticket, comments).await,
        }
    }
}
