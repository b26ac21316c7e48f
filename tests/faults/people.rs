//! The people of an onboarding, who do what page and ticket ask of them, and do it again when it did not work.

use anyhow::{Context, Result};
use counterparts::atlas::printed::with_user;
use counterparts::help_desk::fields;
use local_stack::player::{Player, atlas_command};
use local_stack::stack::{self, Stack};
use local_stack::world::World;
use serde_json::{Value, json};

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
}

impl Way {
    /// From the longest to the shortest: a state is played on the first way that comes through it.
    pub(crate) const ALL: [Self; 7] =
        [Self::Connected, Self::Declined, Self::Expired, Self::Failed, Self::Tagged, Self::Again, Self::Cancelled];

    /// The outcome, as execution and page name it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Connected | Self::Tagged | Self::Again => "connected",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Cancelled => "closed",
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
    /// Whether the operator's event is on the bus.
    cancelled: bool,
}

impl<'a> People<'a> {
    /// Files a ticket, which nobody announces yet but for a tagged one.
    pub(crate) async fn new(stack: &'a Stack, way: Way, number: usize) -> Result<Self> {
        let player = Player::new(&stack.addresses);
        let ticket = json!({
            "subject": "PrivateLink",
            "comment": {"body": "Please connect our Atlas deployment."},
            "tags": if way == Way::Tagged { vec!["privatelink"] } else { vec![] },
            "custom_fields": fields::custom_fields(&event(way)),
        });
        let ticket = player.file_ticket(&ticket).await?;
        let project = format!("{number:024x}");
        let service = player.endpoint_service(&project).await?;
        Ok(Self { stack, player, way, ticket, link: None, project, service, rejected: None, cancelled: false })
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
            ("awaiting-command", Way::Connected | Way::Failed | Way::Tagged | Way::Again | Way::Cancelled) => {
                self.player.bring_command(&link, &atlas_command(&shown, &self.service.1)).await?;
            }
            ("awaiting-acceptance", Way::Again) if self.is_first(&shown) => {
                let endpoint = endpoint(&shown)?;
                // Refused once it is rejected.
                let _ = self.stack.private_link.reject(&endpoint);
                self.rejected = Some(endpoint);
            }
            ("awaiting-acceptance", Way::Connected | Way::Tagged | Way::Again) => {
                let endpoint = endpoint(&shown)?;
                self.player.finalize(&self.project, &self.service.0, &endpoint).await?;
            }
            ("awaiting-acceptance", Way::Cancelled) if !self.cancelled => {
                let (events, bus) = (&world.events, &self.stack.addresses.bus);
                stack::put_cancel(events, bus, &self.ticket, "Jo", "The deal is off.").await?;
                self.cancelled = true;
            }
            ("awaiting-acceptance", Way::Failed) => {
                let endpoint = endpoint(&shown)?;
                // Refused once it has failed.
                let _ = self.stack.private_link.fail(&endpoint, "no address is free");
            }
            ("awaiting-source", Way::Connected | Way::Tagged | Way::Again) => {
                let string = self.player.cluster_string(&self.project, &endpoint(&shown)?).await?;
                let user = &self.stack.addresses.database_user;
                let string = with_user(&string, user.username, user.password);
                self.player.bring_source(&link, &json!({"connectionString": string})).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether Atlas is to accept the endpoint.
    pub(crate) fn finalizes(&self) -> bool {
        self.way.outcome() == "connected"
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
    json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": plan, "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    })
}
