//! One onboarding in the weather: its people act until it has come to rest, and then it is judged.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::sleep_until;

use super::Ground;
use super::plan::Planned;
use super::sky::Sky;
use crate::people::{People, UNHEARD, Way};
use crate::promise;

/// How long things may take to come to rest when all is clear. Two cores may be busy with other things.
const RESTS: Duration = Duration::from_mins(8);
/// Who needs longer than this is no broken promise, but to be looked at.
const LATE: Duration = Duration::from_secs(75);
const PAUSE: Duration = Duration::from_millis(700);

/// An onboarding that has come to rest, or should have.
pub(super) struct Party<'a> {
    pub(super) people: People<'a>,
    came: Duration,
    rested: Option<Duration>,
    /// For how long all had been clear by then.
    clear: Duration,
}

/// What became of an onboarding.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) number: usize,
    pub(super) way: Way,
    pub(super) ticket: String,
    pub(super) execution: String,
    pub(super) onboarding: String,
    /// The secret part of its link.
    pub(super) key: Option<String>,
    pub(super) came: Duration,
    pub(super) rested: Option<Duration>,
    pub(super) stopped: bool,
    pub(super) outcome: String,
    pub(super) wrong: Vec<String>,
    pub(super) trail: Vec<String>,
}

/// Plays an onboarding until it has come to rest.
pub(super) async fn play<'a>(number: usize, planned: &Planned, ground: &'a Ground, sky: &Sky) -> Result<Party<'a>> {
    sleep_until(sky.begun + planned.comes).await;
    let world = &ground.world;
    let mut people = again(sky, async || People::new(&ground.stack, planned.way, number).await).await?;
    again(sky, async || people.announce(world).await).await?;
    let (came, execution) = (sky.now(), people.execution());
    let (mut to_stop, mut to_stop_closing) = (planned.is_stopped, planned.closing_is_stopped);
    let mut look_for = UNHEARD;
    loop {
        // What does not work is tried again.
        let _ = people.act(world).await;
        if to_stop.is_some_and(|at| at <= sky.now()) {
            people.stopped |= world.stop_execution(&execution).await.is_ok() && !has_ended(ground, &people).await;
            to_stop = None;
        }
        if to_stop_closing
            && let Some(closing) = world.closings_of(&execution).await.unwrap_or_default().pop()
            && closing.status == "RUNNING"
        {
            world.stop_closing(&closing.name).await?;
            to_stop_closing = false;
        }
        if people.way == Way::Tagged && sky.clear_for().is_some_and(|time| time > look_for) {
            look_for += UNHEARD;
            people.tag_again(world).await?;
        }
        if has_come_to_rest(ground, &execution).await.unwrap_or_default() {
            let clear = sky.clear_for().unwrap_or_default();
            return Ok(Party { people, came, rested: Some(sky.now()), clear });
        }
        if let Some(clear) = sky.clear_for().filter(|time| *time > RESTS) {
            return Ok(Party { people, came, rested: None, clear });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether it had an outcome already, so that whoever stops it changes nothing.
async fn has_ended(ground: &Ground, people: &People<'_>) -> bool {
    let item = ground.world.item(&people.execution()).await.ok().flatten().unwrap_or_default();
    item["shown"]["outcome"].is_object()
}

/// Whether nobody looks at it any more, nor closes it.
async fn has_come_to_rest(ground: &Ground, execution: &str) -> Result<bool> {
    if !ground.world.has_come_to_rest(execution).await? {
        return Ok(false);
    }
    let closings = ground.world.closings_of(execution).await?;
    Ok(closings.iter().all(|closing| closing.status != "RUNNING"))
}

/// Does what people do again when it did not work.
async fn again<T>(sky: &Sky, what: impl AsyncFn() -> Result<T>) -> Result<T> {
    loop {
        match what().await {
            Ok(done) => return Ok(done),
            Err(error) if sky.clear_for().is_some_and(|time| time > RESTS) => bail!(error),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Judges an onboarding.
pub(super) async fn judge(number: usize, party: Party<'_>, planned: &Planned, ground: &Ground) -> Result<Judged> {
    let Party { people, came, rested, clear } = party;
    let world = &ground.world;
    let execution = people.execution();
    let onboarding = world.onboarding(&execution);
    let item = world.item(&execution).await?.unwrap_or_default();
    let outcome = item["shown"]["state"].as_str().unwrap_or("nothing").to_owned();
    let mut wrong = Vec::new();
    if rested.is_none() {
        wrong.push("it does not come to rest".to_owned());
    }
    let judged = [
        promise::broken(&people, &ground.stack, world, false).await.map(Vec::from_iter),
        promise::unowned(&people, world, &outcome).await,
        promise::answers(&people, world).await,
        promise::kept(&people, world).await,
    ];
    for judged in judged {
        wrong.extend(judged.unwrap_or_else(|error| vec![format!("it cannot be judged: {error:#}")]));
    }
    let is_to_be_seen = !wrong.is_empty() || clear > LATE;
    let trail = if is_to_be_seen { world.trail(&execution).await? } else { Vec::new() };
    let key = people.link.as_deref().and_then(|link| link.rsplit('.').next()).map(str::to_owned);
    Ok(Judged {
        number,
        way: planned.way,
        ticket: people.ticket.clone(),
        execution,
        onboarding,
        key,
        came,
        rested,
        stopped: people.stopped,
        outcome,
        wrong,
        trail,
    })
}
