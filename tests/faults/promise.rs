//! What must be true when everything has come to rest.

use anyhow::Result;
use counterparts::atlas::deployments::PASSWORD;
use local_stack::stack::Stack;
use local_stack::world::World;
use serde_json::Value;

use crate::people::{Answers, People};

/// The text that an answer nobody can read holds; each onboarding has its own, so that it is known in the logs.
pub(crate) fn canary(people: &People<'_>) -> String {
    format!("canary-{}-sings", people.ticket)
}

/// What is wrong, in the words of the table; nothing when the promise was kept.
pub(crate) async fn broken(people: &People<'_>, stack: &Stack, world: &World, garbled: bool) -> Result<Option<String>> {
    let executions = world.executions_of(&people.ticket).await?;
    let [execution] = executions.as_slice() else {
        return Ok(Some(format!("{} executions", executions.len())));
    };
    if execution.status == "RUNNING" {
        return Ok(Some("does not end".to_owned()));
    }
    let item = world.item(&execution.name).await?.unwrap_or_default();
    let Some(outcome) = item["shown"]["outcome"].as_object().and(item["shown"]["state"].as_str()) else {
        return Ok(Some("does not end".to_owned()));
    };
    let mut wrong = Vec::new();
    if !people.may_end_as(outcome) {
        wrong.push(format!("ends as {outcome}"));
    }
    wrong.extend(ticket(people, outcome).await?);
    wrong.extend(left(people, world, outcome).await?);
    let history = world.history(&execution.name).await?;
    if outcome == "connected" && !history.contains("\"FailedEntryCount\"") {
        wrong.push("the platform is not told".to_owned());
    }
    let page = match &people.link {
        Some(link) => people.player.portal_page(link).await?,
        None => String::new(),
    };
    let thread: String = bodies(&people.player.thread(&people.ticket).await?).collect();
    let canary = canary(people);
    let key = people.link.as_deref().and_then(|link| link.rsplit('.').next()).unwrap_or("no link");
    if history.contains(key) {
        wrong.push("the link is seen".to_owned());
    }
    if [PASSWORD, &canary].iter().any(|secret| [&history, &page, &thread].iter().any(|text| text.contains(secret))) {
        wrong.push("a secret is seen".to_owned());
    }
    // Only an answer that cannot be read holds one, and to look through the logs takes long.
    if garbled && stack.function_logs(Some(&canary)).await?.contains(&canary) {
        wrong.push("a secret is logged".to_owned());
    }
    Ok((!wrong.is_empty()).then(|| wrong.join(", ")))
}

fn bodies(thread: &[Value]) -> impl Iterator<Item = &str> {
    thread.iter().filter_map(|comment| comment["body"].as_str())
}

/// Whether ticket and page tell the end, and nothing twice.
async fn ticket(people: &People<'_>, outcome: &str) -> Result<Vec<String>> {
    let thread = people.player.thread(&people.ticket).await?;
    let references: Vec<&str> =
        bodies(&thread).filter_map(|body| body.rsplit_once("Reference: ")).map(|(_, reference)| reference).collect();
    let mut wrong = Vec::new();
    if !references.iter().any(|reference| reference.ends_with(&format!("({outcome})."))) {
        wrong.push("the ticket is not told".to_owned());
    }
    let mut once = references.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() != references.len() {
        wrong.push("the ticket is told twice".to_owned());
    }
    if let Some(link) = &people.link
        && people.player.portal(link).await?["state"] != outcome
    {
        wrong.push("the page says something else".to_owned());
    }
    Ok(wrong)
}

/// What is there that should not be, or is not that should.
async fn left(people: &People<'_>, world: &World, outcome: &str) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let endpoints = world.endpoints(&people.ticket).await?;
    let (accepted, others): (Vec<_>, Vec<_>) = endpoints.iter().partition(|(state, ..)| state == "available");
    // What Atlas accepted stays, unless somebody wanted it gone.
    let most = usize::from(outcome != "closed" && people.finalizes());
    let is_to_stay = outcome == "connected" || (people.accepted.is_some() && outcome != "closed");
    if accepted.len() < usize::from(is_to_stay) {
        wrong.push("the endpoint is gone".to_owned());
    }
    let too_many = others.len() + accepted.len().saturating_sub(most);
    if too_many > 0 {
        wrong.push(format!("{too_many} endpoints too many"));
    }
    let groups = world.security_groups(&people.ticket).await?;
    if groups != usize::from(!endpoints.is_empty()) {
        wrong.push(format!("{groups} security groups"));
    }
    if people.way.outcome() == "connected" {
        match (world.source_is_going(&world.onboarding(&people.execution())).await?, outcome) {
            (Some(true), "connected") => wrong.push("the source is going".to_owned()),
            (None, "connected") => wrong.push("there is no source".to_owned()),
            (Some(false), outcome) if outcome != "connected" => wrong.push("the source stays".to_owned()),
            _ => {}
        }
    }
    Ok(wrong)
}

/// Whether an onboarding has a place in a VPC.
async fn has_place(world: &World, onboarding: &str) -> Result<bool> {
    for network in world.networks().await? {
        if world.places(&network).await?.contains(onboarding) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an onboarding that has ended still has, and has no use for.
pub(crate) async fn unowned(people: &People<'_>, world: &World, outcome: &str) -> Result<Vec<String>> {
    let onboarding = world.onboarding(&people.execution());
    let mut wrong = Vec::new();
    if world.vault_is_going(&onboarding).await? == Some(false) {
        wrong.push("the vault stays".to_owned());
    }
    let has_endpoint = !world.endpoints(&people.ticket).await?.is_empty();
    match (has_endpoint, has_place(world, &onboarding).await?) {
        (true, false) => wrong.push("the place was given away".to_owned()),
        (false, true) => wrong.push(format!("the place stays after {outcome}")),
        _ => {}
    }
    Ok(wrong)
}

/// Whether a secret is kept beside its own place, or the customer's link anywhere.
pub(crate) async fn kept(people: &People<'_>, world: &World) -> Result<Vec<String>> {
    let kept = world.kept(&people.execution()).await?;
    let key = people.link.as_deref().and_then(|link| link.rsplit('.').next());
    let is_kept = [Some(PASSWORD), key].into_iter().flatten().any(|secret| kept.contains(secret));
    Ok(is_kept.then(|| "a secret or the link is kept".to_owned()).into_iter().collect())
}

/// Whether each answer was taken once: what the portal took has resumed the execution, and nothing else has.
pub(crate) async fn answers(people: &People<'_>, world: &World) -> Result<Vec<String>> {
    let taken = world.answers_taken(&people.execution()).await?;
    let Answers { taken: said, unknown } = people.answers;
    let mut wrong = Vec::new();
    if taken > said + unknown {
        wrong.push(format!("{taken} answers were taken, and the customer gave {said}, perhaps {unknown} more"));
    }
    if taken < said && !people.stopped {
        wrong.push(format!("the portal took {said} answers, and {taken} did something"));
    }
    Ok(wrong)
}
