//! Plays the people of an onboarding: the customer at the help desk, at the portal and at Atlas.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::stack::Addresses;
use counterparts::atlas::printed;

/// Any 24 hex digits are a project of the local Atlas.
pub const PROJECT: &str = "65f0c0ffee65f0c0ffee65f0";

/// How long something may take that needs no person.
const SOON: Duration = Duration::from_mins(1);

/// Plays against one local stack.
#[derive(Debug, Clone)]
pub struct Player {
    addresses: Addresses,
    http: Client,
}

/// What the portal answered to a POST.
#[derive(Debug)]
pub struct PortalReply {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
}

impl Player {
    /// Plays against this local stack.
    #[must_use]
    pub fn new(addresses: &Addresses) -> Self {
        Self { addresses: addresses.clone(), http: Client::new() }
    }

    /// Files a ticket; with the tag `privatelink` the help desk announces it.
    ///
    /// # Errors
    /// When the help desk refuses.
    pub async fn file_ticket(&self, ticket: &Value) -> Result<String> {
        let url = format!("{}/api/v2/tickets.json", self.addresses.helpdesk);
        let answer = self.at_help_desk(self.http.post(url).json(&json!({ "ticket": ticket }))).await?;
        let id = answer["ticket"]["id"].as_u64().context("the help desk gave no ticket ID")?;
        Ok(id.to_string())
    }

    /// The ticket's comments, oldest first.
    ///
    /// # Errors
    /// When the help desk refuses.
    pub async fn thread(&self, ticket: &str) -> Result<Vec<Value>> {
        let url = format!("{}/api/v2/tickets/{ticket}/comments.json", self.addresses.helpdesk);
        let answer = self.at_help_desk(self.http.get(url)).await?;
        Ok(answer["comments"].as_array().cloned().unwrap_or_default())
    }

    /// The ticket's status.
    ///
    /// # Errors
    /// When the help desk refuses.
    pub async fn ticket_status(&self, ticket: &str) -> Result<String> {
        let url = format!("{}/api/v2/tickets/{ticket}.json", self.addresses.helpdesk);
        let answer = self.at_help_desk(self.http.get(url)).await?;
        Ok(answer["ticket"]["status"].as_str().unwrap_or_default().to_owned())
    }

    /// Changes a ticket, as Zendesk's API takes it: fields that are filled in, a status, a comment in somebody's name.
    ///
    /// # Errors
    /// When the help desk refuses.
    pub async fn change_ticket(&self, ticket: &str, change: &Value) -> Result<()> {
        let url = format!("{}/api/v2/tickets/{ticket}.json", self.addresses.helpdesk);
        self.at_help_desk(self.http.put(url).json(&json!({ "ticket": change }))).await.map(|_| ())
    }

    /// Has the help desk tell of the customer's last comment once more.
    ///
    /// # Errors
    /// When the help desk refuses.
    pub async fn tell_again(&self, ticket: &str) -> Result<()> {
        let url = format!("{}/_help-desk/tell-again/{ticket}", self.addresses.helpdesk);
        let answer = self.http.post(url).send().await?;
        anyhow::ensure!(answer.status().is_success(), "the help desk answered {}", answer.status());
        Ok(())
    }

    /// Waits until the thread holds `count` comments that contain `text`, and gives the last of them.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn comment_with(&self, ticket: &str, text: &str, count: usize) -> Result<String> {
        eventually(async || {
            let thread = self.thread(ticket).await?;
            let mut bodies = thread.iter().filter_map(|comment| comment["body"].as_str());
            Ok(bodies.by_ref().filter(|body| body.contains(text)).nth(count - 1).map(str::to_owned))
        })
        .await
        .with_context(|| format!("ticket {ticket} never got {count} comments with \"{text}\""))
    }

    /// Waits for a note that the customer does not see and that contains `text`.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn note_with(&self, ticket: &str, text: &str) -> Result<String> {
        eventually(async || {
            let thread = self.thread(ticket).await?;
            let notes = thread.iter().filter(|comment| comment["public"] == false);
            Ok(notes.filter_map(|note| note["body"].as_str()).find(|body| body.contains(text)).map(str::to_owned))
        })
        .await
        .with_context(|| format!("ticket {ticket} never got a note with \"{text}\""))
    }

    /// Waits for the customer's link to a ticket's onboarding, by the execution's name: the first message holds it.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn link(&self, ticket: &str, execution: &str) -> Result<String> {
        let of_this = format!("Reference: {execution}/");
        eventually(async || {
            let thread = self.thread(ticket).await?;
            let mut bodies = thread.iter().filter_map(|comment| comment["body"].as_str());
            let told = bodies.find(|body| body.contains(&of_this) && body.contains("/o/"));
            Ok(told.and_then(|body| body.split_whitespace().find(|word| word.contains("/o/"))).map(str::to_owned))
        })
        .await
        .with_context(|| format!("ticket {ticket} never got a link to {execution}"))
    }

    /// What the portal shows.
    ///
    /// # Errors
    /// When the portal does not answer with success.
    pub async fn portal(&self, link: &str) -> Result<Value> {
        let answer = self.http.get(link).header("accept", "application/json").send().await?;
        expect_success("the portal", answer).await
    }

    /// The page behind the link.
    ///
    /// # Errors
    /// When the portal does not answer with success.
    pub async fn portal_page(&self, link: &str) -> Result<String> {
        let answer = self.http.get(link).header("accept", "text/html").send().await?;
        anyhow::ensure!(answer.status().is_success(), "the portal answered {}", answer.status());
        Ok(answer.text().await?)
    }

    /// Waits until the portal shows the state.
    ///
    /// # Errors
    /// When it ends in another state before, or does not come there.
    pub async fn portal_state(&self, link: &str, state: &str) -> Result<Value> {
        eventually(async || {
            let shown = self.portal(link).await?;
            let now = shown["state"].as_str().unwrap_or_default();
            if now != state && ["closed", "connected", "declined", "expired", "failed"].contains(&now) {
                bail!("the onboarding ended as {now}: {shown}");
            }
            Ok((now == state).then_some(shown))
        })
        .await
        .with_context(|| format!("the portal never showed {state}"))
    }

    /// Brings a command to the portal.
    ///
    /// # Errors
    /// When the portal does not answer at all.
    pub async fn bring_command(&self, link: &str, command: &str) -> Result<PortalReply> {
        self.bring(&format!("{link}/command"), &json!({ "command": command })).await
    }

    /// Brings a source to the portal.
    ///
    /// # Errors
    /// When the portal does not answer at all.
    pub async fn bring_source(&self, link: &str, source: &Value) -> Result<PortalReply> {
        self.bring(&format!("{link}/source"), source).await
    }

    /// Cancels on the portal.
    ///
    /// # Errors
    /// When the portal does not answer at all.
    pub async fn cancel(&self, link: &str, why: &str) -> Result<PortalReply> {
        self.bring(&format!("{link}/cancel"), &json!({ "why": why })).await
    }

    async fn bring(&self, url: &str, body: &Value) -> Result<PortalReply> {
        let request = self.http.post(url).json(body);
        let answer = request.send().await.context("the portal does not answer")?;
        let status = answer.status();
        let body = answer.text().await?;
        Ok(PortalReply { status, body: serde_json::from_str(&body).unwrap_or(Value::String(body)) })
    }

    /// Has Atlas make a private endpoint service, or finds it, and gives its id and name.
    ///
    /// # Errors
    /// When Atlas refuses.
    pub async fn endpoint_service(&self, project: &str) -> Result<(String, String)> {
        let url = format!("{}/privateEndpoint/endpointService", self.project_url(project));
        let body = json!({"providerName": "AWS", "region": "US_EAST_1"});
        let made = self.http.post(url).bearer_auth("local").json(&body).send().await?;
        if made.status() != StatusCode::CONFLICT {
            expect_success("Atlas", made).await?;
        }
        eventually(async || {
            let url = format!("{}/privateEndpoint/AWS/endpointService", self.project_url(project));
            let services = self.at_atlas(self.http.get(url)).await?;
            let service = &services[0];
            let name = service["endpointServiceName"].as_str();
            Ok(name.zip(service["id"].as_str()).map(|(name, id)| (id.to_owned(), name.to_owned())))
        })
        .await
        .context("Atlas never named its endpoint service")
    }

    /// Finalizes in Atlas: a dedicated cluster's dialog takes the endpoint ID.
    ///
    /// # Errors
    /// When Atlas refuses.
    pub async fn finalize(&self, project: &str, service_id: &str, endpoint_id: &str) -> Result<Value> {
        let url = format!("{}/privateEndpoint/AWS/endpointService/{service_id}/endpoint", self.project_url(project));
        self.at_atlas(self.http.post(url).json(&json!({ "id": endpoint_id }))).await
    }

    /// Has Atlas reject an endpoint.
    ///
    /// # Errors
    /// When Atlas refuses.
    pub async fn reject(&self, project: &str, service_id: &str, endpoint_id: &str) -> Result<()> {
        let path = format!("privateEndpoint/AWS/endpointService/{service_id}/endpoint/{endpoint_id}");
        let request = self.http.delete(format!("{}/{path}", self.project_url(project)));
        let answer = request.bearer_auth("local").send().await?;
        anyhow::ensure!(answer.status().is_success(), "Atlas answered {}", answer.status());
        Ok(())
    }

    /// Finalizes in Atlas for a federated database instance or an Online Archive: endpoint ID and DNS name.
    ///
    /// # Errors
    /// When Atlas refuses.
    pub async fn finalize_shared(&self, project: &str, endpoint_id: &str, dns_name: &str) -> Result<Value> {
        let url = format!("{}/privateNetworkSettings/endpointIds", self.project_url(project));
        let body = json!({
            "endpointId": endpoint_id, "provider": "AWS", "type": "DATA_LAKE", "region": "US_EAST_1",
            "customerEndpointDNSName": dns_name,
        });
        self.at_atlas(self.http.post(url).json(&body)).await
    }

    /// The connection string for the private endpoint, without a user, of a project's cluster; Atlas publishes its names
    /// with this.
    ///
    /// # Errors
    /// When Atlas has none for this endpoint.
    pub async fn cluster_string(&self, project: &str, endpoint_id: &str) -> Result<String> {
        let cluster = self.at_atlas(self.http.get(format!("{}/clusters/Cluster0", self.project_url(project)))).await?;
        let strings = cluster["connectionStrings"]["privateEndpoint"].as_array().cloned().unwrap_or_default();
        let own = strings.iter().find(|string| string["endpoints"][0]["endpointId"] == endpoint_id);
        let string = own.and_then(|string| string["srvConnectionString"].as_str());
        string.map(str::to_owned).with_context(|| format!("Atlas has no string for {endpoint_id}: {cluster}"))
    }

    /// Likewise of a project's federated database instance.
    ///
    /// # Errors
    /// When Atlas has none for this endpoint.
    pub async fn federated_string(&self, project: &str, endpoint_id: &str) -> Result<String> {
        let url = format!("{}/dataFederation/FederatedDatabaseInstance0", self.project_url(project));
        let instance = self.at_atlas(self.http.get(url)).await?;
        let hosts = instance["privateEndpointHostnames"].as_array().cloned().unwrap_or_default();
        let own = hosts.iter().find(|host| host["privateEndpoint"] == endpoint_id);
        let string = own.and_then(|host| host["hostname"].as_str());
        string.map(str::to_owned).with_context(|| format!("Atlas has no host for {endpoint_id}: {instance}"))
    }

    async fn at_help_desk(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let answer = request.basic_auth("customer@example.com/token", Some("local")).send().await?;
        expect_success("the help desk", answer).await
    }

    async fn at_atlas(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        expect_success("Atlas", request.bearer_auth("local").send().await?).await
    }

    fn project_url(&self, project: &str) -> String {
        format!("{}/api/atlas/v2/groups/{project}", self.addresses.atlas)
    }
}

/// The command that Atlas prints for what the portal shows.
#[must_use]
pub fn atlas_command(shown: &Value, service_name: &str) -> String {
    let text = |name: &str| shown[name].as_str().unwrap_or_default();
    let subnets = shown["subnetIds"].as_array().map(Vec::as_slice).unwrap_or_default();
    let subnets: Vec<&str> = subnets.iter().filter_map(Value::as_str).collect();
    printed::command(text("vpcId"), text("region"), service_name, &subnets)
}

/// Asks again until there is something.
///
/// # Errors
/// When asking fails, or nothing has come within a minute.
pub async fn eventually<T>(ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    eventually_within(SOON, ask).await
}

/// Asks again until there is something.
///
/// # Errors
/// When asking fails, or nothing has come within this time.
pub async fn eventually_within<T>(time: Duration, ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + time;
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        anyhow::ensure!(Instant::now() < deadline, "it did not happen within {} s", time.as_secs());
        sleep(Duration::from_millis(50)).await;
    }
}

async fn expect_success(who: &str, answer: Response) -> Result<Value> {
    let status = answer.status();
    let body = answer.text().await?;
    anyhow::ensure!(status.is_success(), "{who} answered {status}: {body}");
    Ok(serde_json::from_str(&body).unwrap_or(Value::String(body)))
}
