//! Calls that go wrong at an address of the local stack.

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::Value;

/// A fault that was set.
#[derive(Debug)]
pub struct Fault {
    http: Client,
    /// All faults of the address.
    url: String,
    id: u64,
}

impl Fault {
    /// Sets a fault at an address, as its `POST /_faults` takes it.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn set(address: &str, asked: &Value) -> Result<Self> {
        let (http, url) = (Client::new(), format!("{address}/_faults"));
        let answer = http.post(&url).json(asked).send().await?;
        let (status, said) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{url} refuses {asked}: {said}");
        let set: Value = serde_json::from_str(&said)?;
        Ok(Self { http, url, id: set["id"].as_u64().context("a fault without a number")? })
    }

    /// How often it was met.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn met(&self) -> Result<u64> {
        self.shown().await?["met"].as_u64().context("a fault that was met nobody knows how often")
    }

    async fn shown(&self) -> Result<Value> {
        let all: Vec<Value> = self.http.get(&self.url).send().await?.error_for_status()?.json().await?;
        all.into_iter().find(|fault| fault["id"] == self.id).context("the fault is gone")
    }

    /// Takes the fault back, and says how it was: `met` and `left` tell how often it was met and would still be.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn take_back(self) -> Result<Value> {
        let own = self.shown().await?;
        self.http.delete(format!("{}/{}", self.url, self.id)).send().await?.error_for_status()?;
        Ok(own)
    }
}
