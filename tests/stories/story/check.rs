//! What must be there when a story has been played.

use std::sync::PoisonError;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use counterparts::atlas::deployments::PASSWORD;
use counterparts::help_desk::CUSTOMER;
use local_stack::player::{Player, eventually};
use local_stack::world::World;

use super::{KEYS, Onboarding, TOLD_PASSWORD, Then, WRONG_PASSWORD};

impl Onboarding {
    /// Checks the ticket, EC2 and the execution, and gives the network that was handed out.
    pub(super) async fn check(&mut self, then: &Then, world: &World, player: &Player) -> Result<Value> {
        let ended = world.ended(&self.execution()).await?;
        ensure!(ended.status == then.execution, "the execution ended as {}: {}", ended.status, ended.result);
        if let Some(result) = &then.result {
            self.check_result(&ended.result, result, world).await?;
        }
        if let Some(output) = &then.closing {
            let closed = self.closed(world).await?;
            self.check_result(&closed, output, world).await.context("the closing")?;
        }

        // The ticket is told beside the way: when the execution has ended, messages may still be on theirs.
        let thread = eventually(async || {
            let thread = player.thread(&self.ticket).await?;
            Ok((self.told(&thread) == then.thread && world.has_delivered_all(&self.execution()).await?)
                .then_some(thread))
        });
        let thread = match thread.await {
            Ok(thread) => thread,
            Err(error) => {
                let told = self.told(&player.thread(&self.ticket).await?);
                return Err(error.context(format!("the thread is {told:?}, not {:?}", then.thread)));
            }
        };
        let all: String = thread.iter().filter_map(|comment| comment["body"].as_str()).collect();
        for text in &then.says {
            let text = self.filled(text, world).await?;
            ensure!(all.contains(&text), "nobody says \"{text}\" on the ticket:\n{all}");
        }
        let status = player.ticket_status(&self.ticket).await?;
        ensure!(status == then.ticket_status, "the ticket is {status}");

        for fault in self.faults.drain(..) {
            let was = fault.take_back().await?;
            ensure!(was["left"] == 0, "not all has gone wrong that was to: {was}");
        }
        self.check_secrecy(&all, world, player).await?;
        let ours = thread.iter().filter(|comment| comment["author_id"] != CUSTOMER);
        let ours: String = ours.filter_map(|comment| comment["html_body"].as_str()).collect();
        ensure!(!ours.contains(TOLD_PASSWORD), "we repeat what the customer should not have said: {ours}");
        if ended.result["outcome"] == "connected" {
            let secret = ended.result["sourceSecretArn"].as_str().unwrap_or_default();
            ensure!(
                secret.contains(":secret:causeway/causeway/source/"),
                "the result names no secret: {}",
                ended.result
            );
            let version = ended.result["sourceVersionId"].as_str().unwrap_or_default();
            let current = world.current_version(secret).await?;
            ensure!(current.as_deref() == Some(version), "{version} was verified, {current:?} is the current one");
        }
        if let Some(link) = self.link.as_ref().filter(|_| self.gave_source) {
            let is_going = world.source_is_going(onboarding_of(link)).await?;
            // Announced before that is told, it is the platform's.
            let is_announced = world.times_entered(&self.execution(), "Tell: connected").await? > 0;
            ensure!(is_going == Some(!is_announced), "the source's secret is going: {is_going:?}");
        }
        let onboarding = world.onboarding(&self.execution());
        let is_gone = async || Ok((world.vault_is_going(&onboarding).await? != Some(false)).then_some(()));
        eventually(is_gone).await.context("the vault stays")?;
        let found = world.endpoints(&self.ticket).await?;
        ensure!(found == then.endpoints, "EC2 holds the endpoints {found:?}, not {:?}", then.endpoints);
        let groups = world.security_groups(&self.ticket).await?;
        ensure!(groups == found.len(), "EC2 holds {groups} security groups of this onboarding");
        if then.closing.is_some() {
            self.check_places(!found.is_empty(), world).await?;
        }
        match &self.link {
            Some(link) => {
                let shown = player.portal(link).await?;
                Ok(json!([shown["vpcId"], shown["subnetIds"]]))
            }
            None => Ok(Value::Null),
        }
    }

    /// Whoever was closed has a place in an intermediate VPC as long as an endpoint is left in it.
    async fn check_places(&self, has_endpoint: bool, world: &World) -> Result<()> {
        let onboarding = world.onboarding(&self.execution());
        let mut places = 0;
        for vpc in world.networks().await? {
            places += usize::from(world.places(&vpc).await?.contains(&onboarding));
        }
        ensure!(places == usize::from(has_endpoint), "the onboarding has {places} places");
        Ok(())
    }

    /// The output of the last closing, which an earlier one that failed is followed by.
    async fn closed(&self, world: &World) -> Result<Value> {
        let execution = self.execution();
        let ended = eventually(async || {
            let last = world.closings_of(&execution).await?.pop();
            Ok(last.filter(|closing| closing.status == "SUCCEEDED").map(|closing| closing.result))
        });
        ended.await.context("no closing succeeds")
    }

    async fn check_result(&mut self, result: &Value, wanted: &Map<String, Value>, world: &World) -> Result<()> {
        for (key, wanted) in wanted {
            let wanted = self.filled(wanted.as_str().unwrap_or_default(), world).await?;
            ensure!(result[key] == wanted, "the result's {key} is {}, not {wanted}", result[key]);
        }
        ensure!(result["ticket"] == self.ticket.as_str(), "the result names the ticket {}", result["ticket"]);
        Ok(())
    }

    /// Neither ticket nor history nor page holds a password; and what is not the customer's does not hold the link's key.
    async fn check_secrecy(&self, thread: &str, world: &World, player: &Player) -> Result<()> {
        let history = world.history(&self.execution()).await?;
        ensure!(
            !self.gave_source || history.contains(":secret:causeway/causeway/source/"),
            "no secret is in {history}"
        );
        let was_told = history.contains("PrivateLink Connected") && history.contains("\"FailedEntryCount\"");
        ensure!(
            was_told == history.contains("\"outcome\":\"connected\"") || !self.gave_source,
            "was the platform told? {history}"
        );
        let kept = world.kept(&self.execution()).await?;
        if let Some(link) = &self.link {
            let key = link.rsplit('.').next().unwrap_or_default();
            ensure!(key.len() == 40, "{link} has no key of 160 bits");
            KEYS.lock().unwrap_or_else(PoisonError::into_inner).push(key.to_owned());
            for (place, text) in [("executions' history", &history), ("register or a secret or a tag", &kept)] {
                ensure!(!text.contains(key), "the {place} holds the link's key");
            }
        }
        let mut places =
            vec![("ticket", thread.to_owned()), ("executions' history", history), ("register and the vault", kept)];
        if let Some(link) = &self.link {
            places.push(("page", player.portal_page(link).await?));
            places.push(("portal's JSON", player.portal(link).await?.to_string()));
        }
        for (place, text) in places {
            ensure!(text.len() > 100, "the {place} is all but empty: {text}");
            for password in [PASSWORD, WRONG_PASSWORD, TOLD_PASSWORD] {
                let is_told = place == "ticket" && password == TOLD_PASSWORD;
                ensure!(is_told || !text.contains(password), "the {place} holds a password: {text}");
            }
        }
        Ok(())
    }

    /// The thread in the words of a story. The first comment is the ticket's own text.
    fn told(&self, thread: &[Value]) -> Vec<String> {
        thread.iter().skip(1).map(|comment| self.message(comment)).collect()
    }

    fn message(&self, comment: &Value) -> String {
        let body = comment["body"].as_str().unwrap_or_default();
        let Some((_, reference)) = body.rsplit_once(&format!("Reference: ticket-{}", self.ticket)) else {
            let who = match comment["author_id"].as_u64() {
                Some(CUSTOMER) => "customer",
                Some(author) if author > 900_000 => "engineer",
                _ => "stranger",
            };
            return who.to_owned();
        };
        let (round, reference) = reference.split_once('/').unwrap_or_default();
        let message = match ["details-note-", "details-"].into_iter().find(|start| reference.starts_with(start)) {
            Some(question) => format!("{question}*"),
            // `o.7 (instructions).`
            None => reference.split(['(', ')']).nth(1).unwrap_or_default().to_owned(),
        };
        let round = round.strip_prefix('_').map(|round| format!("{round}/")).unwrap_or_default();
        if comment["public"] == true { format!("{round}{message}") } else { format!("[{round}{message}]") }
    }

    async fn filled(&mut self, text: &str, world: &World) -> Result<String> {
        let (endpoint, dns_name) = self.endpoint.clone().unwrap_or_default();
        let mut text = text.replace("{endpointId}", &endpoint).replace("{dnsName}", &dns_name);
        if text.contains("{vpcId}") {
            let vpc = world.vpc_of(&endpoint).await?;
            text = text.replace("{vpcId}", &vpc);
        }
        if text.contains('{') && !text.contains('"') {
            bail!("nothing to fill into \"{text}\"");
        }
        Ok(text)
    }
}

/// The id of the onboarding that a link leads to.
fn onboarding_of(link: &str) -> &str {
    link.rsplit('/').next().and_then(|link| link.split('.').next()).unwrap_or_default()
}
