//! The people of an onboarding, who do what page and ticket ask of them, and do it again when it did not work.

use std::time::Duration;

use anyhow::{Context, Result};
use counterparts::atlas::deployments::public_seed_list;
use counterparts::atlas::printed::with_user;
use counterparts::help_desk::fields;
use local_stack::player::{Player, PortalReply, atlas_command};
use local_stack::stack::{self, Stack};
use local_stack::world::World;
use serde_json::{Value, json};

/// How long after a fault the operator looks for tickets that nobody heard of.
pub(crate) const UNHEARD: Duration = Duration::from_secs(20);

/// Which way an onboarding goes without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// From ticket to source.
    Connected,
    /// The plan is not the right one.
    Declined,
    /// Nobody answers.
    Expired,
    /// AWS gives up on the endpoint.
    Failed,
    /// As `Connected`, with a ticket that the help desk announces itself.
    Tagged,
    /// As `Connected`, after Atlas has rejected a first endpoint.
    Again,
    /// The operator wants it closed while Atlas has not accepted the endpoint.
    Cancelled,
    /// As `Connected`, to a federated database instance.
    Federated,
    /// As `Connected`, after a command for another VPC and a connection string that leads over the internet.
    Mistaken,
    /// The customer cancels on the page while Atlas has not accepted the endpoint.
    Withdrawn,
    /// The operator wants it closed after Atlas has accepted the endpoint.
    Regretted,
}

impl Way {
    /// From the longest to the shortest: a state is played on the first way that comes through it.
    pub(crate) const OF_THE_MATRIX: [Self; 7] =
        [Self::Connected, Self::Declined, Self::Expired, Self::Failed, Self::Tagged, Self::Again, Self::Cancelled];

    /// Those in which all that is asked for is brought.
    fn is_straight(self) -> bool {
        self.outcome() == "connected" || self == Self::Regretted
    }

    /// The outcome, as execution and page name it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Connected | Self::Tagged | Self::Again | Self::Federated | Self::Mistaken => "connected",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Cancelled | Self::Withdrawn | Self::Regretted => "closed",
        }
    }
}

/// Everybody who plays in one onboarding.
pub(crate) struct People<'a> {
    stack: &'a Stack,
    pub(crate) player: Player,
    pub(crate) way: Way,
    pub(crate) ticket: String,
    /// The customer's link, once it was told.
    pub(crate) link: Option<String>,
    project: String,
    /// Atlas's endpoint service: id and name.
    pub(crate) service: (String, String),
    /// The endpoint that Atlas has rejected.
    rejected: Option<String>,
    /// The endpoint that Atlas has accepted.
    pub(crate) accepted: Option<String>,
    /// Whether the wish to close it was heard.
    cancelled: bool,
    /// What was done wrong once.
    mistakes: usize,
    /// What the portal said to answers.
    pub(crate) answers: Answers,
    /// Whether somebody has stopped the execution.
    pub(crate) stopped: bool,
}

/// How many answers the portal took, and how many it may have taken.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) taken: usize,
    pub(crate) unknown: usize,
}

impl Answers {
    /// Counts what came of an answer, and says whether it was taken.
    fn count(&mut self, reply: Result<PortalReply>) -> Result<bool> {
        let is_taken = matches!(&reply, Ok(reply) if reply.status == 202);
        let is_unknown = reply.as_ref().map_or(true, |reply| reply.status.is_server_error());
        self.taken += usize::from(is_taken);
        self.unknown += usize::from(is_unknown);
        reply.map(|_| is_taken)
    }
}

impl<'a> People<'a> {
    /// Files a ticket, which nobody announces yet but for a tagged one.
    pub(crate) async fn new(stack: &'a Stack, way: Way, number: usize) -> Result<Self> {
        let player = Player::new(&stack.addresses);
        let project = format!("{number:024x}");
        let service = match way {
            Way::Federated => {
                let id = "vpce-svc-00e311695874992b4";
                (id.to_owned(), format!("com.amazonaws.vpce.us-east-1.{id}"))
            }
            _ => player.endpoint_service(&project).await?,
        };
        let ticket = json!({
            "subject": "PrivateLink",
            "comment": {"body": "Please connect our Atlas deployment."},
            "tags": if way == Way::Tagged { vec!["privatelink"] } else { vec![] },
            "custom_fields": fields::custom_fields(&event(way)),
        });
        let ticket = player.file_ticket(&ticket).await?;
        Ok(Self {
            stack,
            player,
            way,
            ticket,
            link: None,
            project,
            service,
            rejected: None,
            accepted: None,
            cancelled: false,
            mistakes: 0,
            answers: Answers::default(),
            stopped: false,
        })
    }

    /// Puts the ticket's event on the bus, unless the help desk does.
    pub(crate) async fn announce(&self, world: &World) -> Result<()> {
        if self.way == Way::Tagged {
            return Ok(());
        }
        let mut event = event(self.way);
        event["ticket"] = json!({"id": self.ticket});
        stack::put_event(&world.events, &self.stack.addresses.bus, &event).await
    }

    /// What the operator does when the help desk was not heard: the ticket is tagged again.
    pub(crate) async fn tag_again(&self, world: &World) -> Result<()> {
        if world.executions_of(&self.ticket).await?.is_empty() {
            self.player.change_ticket(&self.ticket, &json!({"tags": []})).await?;
            self.player.change_ticket(&self.ticket, &json!({"tags": ["privatelink"]})).await?;
        }
        Ok(())
    }

    /// What the ticket's execution is called.
    pub(crate) fn execution(&self) -> String {
        format!("ticket-{}", self.ticket)
    }

    /// Looks at the ticket and at the page, and does what is asked. What does not work is tried again the next time.
    pub(crate) async fn act(&mut self, world: &World) -> Result<()> {
        if self.link.is_none() {
            let thread = self.player.thread(&self.ticket).await?;
            let mut words =
                thread.iter().filter_map(|comment| comment["body"].as_str()).flat_map(str::split_whitespace);
            self.link = words.rfind(|word| word.contains("/o/")).map(str::to_owned);
        }
        let Some(link) = self.link.clone() else { return Ok(()) };
        let shown = self.player.portal(&link).await?;
        match (shown["state"].as_str().unwrap_or_default(), self.way) {
            ("awaiting-command", Way::Failed | Way::Cancelled | Way::Withdrawn) => self.command(&link, &shown).await?,
            ("awaiting-command", way) if way.is_straight() => self.command(&link, &shown).await?,
            ("awaiting-acceptance", Way::Again) if self.is_first(&shown) => {
                let endpoint = endpoint(&shown)?;
                // Refused once it is rejected.
                let _ = self.stack.private_link.reject(&endpoint);
                self.rejected = Some(endpoint);
            }
            ("awaiting-acceptance", Way::Cancelled) | ("awaiting-source", Way::Regretted) => self.cancel(world).await?,
            ("awaiting-acceptance", Way::Withdrawn) if !self.cancelled => {
                let answer = self.player.cancel(&link, "We do not need it any more.").await?;
                self.cancelled = answer.status == 202;
            }
            ("awaiting-acceptance", Way::Failed) => {
                let endpoint = endpoint(&shown)?;
                // Refused once it has failed.
                let _ = self.stack.private_link.fail(&endpoint, "no address is free");
            }
            ("awaiting-acceptance", way) if way.is_straight() => self.finalize(&shown).await?,
            ("awaiting-source", way) if way.is_straight() => self.source(&link, &shown).await?,
            _ => {}
        }
        Ok(())
    }

    async fn command(&mut self, link: &str, shown: &Value) -> Result<()> {
        let command = atlas_command(shown, &self.service.1);
        if self.way == Way::Mistaken && self.mistakes == 0 {
            let other = command.replace(shown["vpcId"].as_str().unwrap_or_default(), "vpc-00000000000000000");
            let refused = self.player.bring_command(link, &other).await?;
            self.mistakes += usize::from(refused.status == 422);
            return Ok(());
        }
        let answer = self.player.bring_command(link, &command).await;
        self.answers.count(answer).map(|_| ())
    }

    async fn finalize(&mut self, shown: &Value) -> Result<()> {
        let endpoint = endpoint(shown)?;
        if self.way == Way::Federated {
            let name = shown["endpoint"]["dnsName"].as_str().context("the page shows no name")?;
            self.player.finalize_shared(&self.project, &endpoint, name).await?;
        } else {
            self.player.finalize(&self.project, &self.service.0, &endpoint).await?;
        }
        self.accepted = Some(endpoint);
        Ok(())
    }

    async fn source(&mut self, link: &str, shown: &Value) -> Result<()> {
        let endpoint = endpoint(shown)?;
        let is_mistaken = self.way == Way::Mistaken && self.mistakes == 1;
        let string = match self.way {
            _ if is_mistaken => format!("mongodb+srv://{}", public_seed_list(&self.project)),
            Way::Federated => self.player.federated_string(&self.project, &endpoint).await?,
            _ => self.player.cluster_string(&self.project, &endpoint).await?,
        };
        let user = &self.stack.addresses.database_user;
        let string = with_user(&string, user.username, user.password);
        let answer = self.player.bring_source(link, &json!({"connectionString": string})).await;
        let is_taken = self.answers.count(answer)?;
        self.mistakes += usize::from(is_mistaken && is_taken);
        Ok(())
    }

    /// Lets the operator wish that it be closed, once.
    async fn cancel(&mut self, world: &World) -> Result<()> {
        if !self.cancelled {
            let (events, bus) = (&world.events, &self.stack.addresses.bus);
            stack::put_cancel(events, bus, &self.ticket, "Jo", "The deal is off.").await?;
            self.cancelled = true;
        }
        Ok(())
    }

    /// Whether Atlas is to accept the endpoint.
    pub(crate) fn finalizes(&self) -> bool {
        self.way.is_straight()
    }

    /// Whether it may end like this.
    pub(crate) fn may_end_as(&self, outcome: &str) -> bool {
        outcome == self.way.outcome() || (self.stopped && outcome == "failed")
    }

    /// Whether the page shows the first endpoint.
    fn is_first(&self, shown: &Value) -> bool {
        self.rejected.as_ref().is_none_or(|first| shown["endpoint"]["id"] == first.as_str())
    }
}

fn endpoint(shown: &Value) -> Result<String> {
    shown["endpoint"]["id"].as_str().map(str::to_owned).context("the page shows no endpoint")
}

fn event(way: Way) -> Value {
    let plan = if way == Way::Declined { "free" } else { "business" };
    let target = if way == Way::Federated { "federated" } else { "dedicated" };
    json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": plan, "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": target},
    })
}
