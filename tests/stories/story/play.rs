//! How a story is played: each step of each customer's way.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::join_all;
use serde_json::{Value, json};

use counterparts::atlas::deployments::{private_seed_list, public_seed_list};
use counterparts::atlas::printed::with_user;
use counterparts::help_desk::{CUSTOMER, fields};
use local_stack::fault::Fault;
use local_stack::player::{Player, PortalReply, atlas_command, eventually, eventually_within};
use local_stack::stack::{self, DatabaseUser, Stack};
use local_stack::world::World;

use super::{Address, GivenSource, Onboarding, Pasted, Step, Story, TOLD_PASSWORD, WRONG_PASSWORD};

/// For how long windows may pass.
const WINDOWS: Duration = Duration::from_mins(4);

/// How long the first pause of what is held lasts, in seconds.
const FIRST_PAUSE: f64 = 60.0;

impl Story {
    /// Plays the story and checks what is there afterwards.
    pub(crate) async fn play(&self, stack: &Stack, project: &str) -> Result<()> {
        let world = World::new(&stack.addresses).await;
        let mut event = self.event.clone();
        if let Some(vpc) = &self.existing_vpc {
            let id = world.make_vpc(vpc.dns_hostnames, vpc.allowed.as_deref()).await?;
            for (number, poor) in (2..).zip(&vpc.more) {
                let subnet = world.add_subnet(&id, &poor.zone, &format!("127.0.{number}.0/24")).await?;
                let url = format!("{}/_edge/subnets/{subnet}", stack.addresses.ec2);
                reqwest::Client::new().put(url).json(&poor.lacking).send().await?.error_for_status()?;
            }
            event["network"] = json!({ "vpcId": id });
        }
        let plays = (0..self.customers).map(|number| {
            let project = format!("{}{number:x}", &project[..23]);
            self.play_one(stack, &world, event.clone(), project)
        });
        let mut networks = Vec::new();
        for network in join_all(plays).await {
            networks.push(network?);
        }
        if let [first, rest @ ..] = networks.as_slice() {
            ensure!(rest.iter().all(|other| other == first), "the onboardings got different networks: {networks:?}");
        }
        Ok(())
    }

    async fn play_one(&self, stack: &Stack, world: &World, event: Value, project: String) -> Result<Value> {
        let player = Player::new(&stack.addresses);
        let tagged = self.steps.iter().any(|step| matches!(step, Step::FileTaggedTicket));
        let ticket = player
            .file_ticket(&json!({
                "subject": "PrivateLink",
                "comment": {"body": "Please connect our Atlas deployment."},
                "tags": if tagged { vec!["privatelink"] } else { vec![] },
                "custom_fields": fields::custom_fields(&event),
            }))
            .await?;
        let mut event = event;
        event["ticket"] = json!({"id": ticket});
        let mut onboarding = Onboarding {
            ticket,
            round: 1,
            event,
            project,
            link: None,
            service: None,
            endpoint: None,
            gave_source: false,
            faults: Vec::new(),
        };
        for (number, step) in self.steps.iter().enumerate() {
            onboarding
                .step(step, stack, world, &player)
                .await
                .with_context(|| format!("ticket {}, step {}: {step:?}", onboarding.ticket, number + 1))?;
        }
        onboarding.check(&self.then, world, &player).await.with_context(|| format!("ticket {}", onboarding.ticket))
    }
}

impl Onboarding {
    async fn step(&mut self, step: &Step, stack: &Stack, world: &World, player: &Player) -> Result<()> {
        match step {
            Step::FileTaggedTicket => {}
            Step::Fault { at, calls } => self.break_calls(*at, calls, stack, world).await?,
            Step::GoneWrong => self.gone_wrong().await?,
            Step::Mended => self.mend().await?,
            Step::Register(state) => self.register(state, world).await?,
            Step::Announce(times) => {
                for _ in 0..*times {
                    stack::put_event(&world.events, &stack.addresses.bus, &self.event).await?;
                }
            }
            Step::Portal(state) => {
                let shown = player.portal_state(self.link(player).await?, state).await?;
                let text = |name: &str| shown["endpoint"][name].as_str().map(str::to_owned);
                self.endpoint = text("id").zip(text("dnsName")).or(self.endpoint.take());
            }
            Step::Error(text) => {
                let shown = player.portal(self.link(player).await?).await?;
                ensure!(shown["error"].as_str().is_some_and(|error| error.contains(text)), "the portal shows {shown}");
            }
            Step::Comment(reference) => {
                let text = reference.strip_suffix('*').map_or(format!("({reference})."), |start| format!("/{start}"));
                player.comment_with(&self.ticket, &text, 1).await?;
            }
            Step::TellAgain => player.tell_again(&self.ticket).await?,
            Step::CustomerSays(_)
            | Step::CustomerSendsCommand(_)
            | Step::CustomerSendsSource
            | Step::EngineerSays(_)
            | Step::StrangerSays(_) => self.write(step, stack, player).await?,
            Step::FillIn(parts) => {
                let change = json!({"custom_fields": fields::custom_fields(parts)});
                player.change_ticket(&self.ticket, &change).await?;
            }
            Step::Merge => player.change_ticket(&self.ticket, &json!({"status": "closed"})).await?,
            Step::Solve => player.change_ticket(&self.ticket, &json!({"status": "solved"})).await?,
            Step::Reopen => {
                player.change_ticket(&self.ticket, &json!({"status": "open"})).await?;
                self.round += 1;
                self.link = None;
            }
            Step::Paste { command, status, code } => {
                let command = self.command(*command, player).await?;
                let answer = player.bring_command(self.link(player).await?, &command).await?;
                expect(&answer, *status, code.as_deref())?;
            }
            Step::Give { source, status, code } => {
                let source = self.source(*source, stack, player).await?;
                let answer = player.bring_source(self.link(player).await?, &source).await?;
                expect(&answer, *status, code.as_deref())?;
                self.gave_source |= *status == 202;
            }
            Step::NotYet => self.not_yet(player).await?,
            Step::Publish => {
                self.connection_string(player).await?;
            }
            Step::Finalize => {
                let (endpoint, dns_name) = self.endpoint.clone().context("no endpoint was shown")?;
                if self.event["atlas"]["target"] == "dedicated" {
                    let (service, _) = self.service.clone().context("Atlas made no service")?;
                    player.finalize(&self.project, &service, &endpoint).await?;
                } else {
                    player.finalize_shared(&self.project, &endpoint, &dns_name).await?;
                }
            }
            Step::Reject => {
                let (endpoint, _) = self.endpoint.as_ref().context("no endpoint was shown")?;
                let rejected = stack.private_link.reject(endpoint);
                ensure!(rejected.is_ok(), "PrivateLink refuses to reject {endpoint}: {rejected:?}");
            }
            Step::Fail => {
                let (endpoint, _) = self.endpoint.as_ref().context("no endpoint was shown")?;
                let failed = stack.private_link.fail(endpoint, "no address is free");
                ensure!(failed.is_ok(), "PrivateLink refuses to fail {endpoint}: {failed:?}");
            }
            Step::Delete => world.delete_endpoints(&self.ticket).await?,
            Step::End => {
                world.ended(&self.execution()).await?;
            }
            Step::Stop => world.stop_execution(&self.execution()).await?,
            Step::HearOfEnds(on) => world.hear_of_ends(*on).await?,
            Step::Cancel { who, why } => {
                stack::put_cancel(&world.events, &stack.addresses.bus, &self.ticket, who, why).await?;
            }
            Step::Retry { who, why } => self.retry(who, why, stack, world).await?,
            Step::CancelOnPage { why, status, code } => {
                let answer = player.cancel(self.link(player).await?, why).await?;
                expect(&answer, *status, code.as_deref())?;
            }
            Step::Windows(count) => self.windows(*count, world).await?,
            Step::Closing(state) => self.closing(state, world).await?,
            Step::StopClosing => {
                let last = world.closings_of(&self.execution()).await?.pop().context("nothing closes it")?;
                world.stop_closing(&last.name).await?;
            }
        }
        Ok(())
    }

    async fn retry(&self, who: &str, why: &str, stack: &Stack, world: &World) -> Result<()> {
        let execution = self.execution();
        ensure!(world.entered("Go on", &execution).await?.is_none(), "a pause was over before anybody ended it");
        stack::put_retry(&world.events, &stack.addresses.bus, &self.ticket, who, why).await?;
        let over = eventually(async || world.entered("Go on", &execution).await).await.context("the pause lasts")?;
        let began = world.entered("Tell: held", &execution).await?.context("nothing was held")?;
        let lasted = over - began;
        ensure!(lasted < FIRST_PAUSE, "after {lasted} s the pause was over by itself");
        Ok(())
    }

    async fn register(&self, state: &str, world: &World) -> Result<()> {
        let execution = self.execution();
        let shown = eventually(async || {
            let item = world.item(&execution).await?.unwrap_or_default();
            Ok((item["shown"]["state"] == state).then_some(()))
        });
        shown.await.with_context(|| format!("the register never held {state}"))
    }

    async fn windows(&self, count: usize, world: &World) -> Result<()> {
        let execution = self.execution();
        let passed = eventually_within(WINDOWS, async || {
            let passed = world.times_entered(&execution, "Another window?").await?;
            Ok((passed >= count).then_some(()))
        });
        passed.await.with_context(|| format!("{count} windows never passed"))
    }

    async fn closing(&self, state: &str, world: &World) -> Result<()> {
        let execution = self.execution();
        let entered = eventually(async || {
            let states = world.states(&execution).await?;
            Ok(states.iter().any(|entered| entered == state).then_some(()))
        });
        entered.await.with_context(|| format!("no closing was ever in {state}"))
    }

    async fn not_yet(&mut self, player: &Player) -> Result<()> {
        let link = self.link(player).await?.to_owned();
        let seen = eventually(async || {
            let shown = player.portal(&link).await?;
            Ok((shown["verification"]["verdict"] == "not-yet").then_some(shown))
        });
        let shown = seen.await.context("the portal never said that the hosts are not there yet")?;
        ensure!(shown["state"] == "verifying", "the portal shows {shown}");
        Ok(())
    }

    async fn break_calls(&mut self, at: Address, calls: &Value, stack: &Stack, world: &World) -> Result<()> {
        let address = match at {
            Address::Aws => &stack.addresses.aws,
            Address::Ec2 => &stack.addresses.ec2,
            Address::HelpDesk => &stack.addresses.helpdesk,
        };
        let mut calls = calls.clone();
        let r#where = calls["where"].as_str().context("a fault of a story meets its own calls only")?;
        let r#where = r#where.replace("{ticket}", &self.ticket);
        calls["where"] = json!(r#where.replace("{onboarding}", &world.onboarding(&self.execution())));
        self.faults.push(Fault::set(address, &calls).await?);
        Ok(())
    }

    async fn gone_wrong(&self) -> Result<()> {
        for fault in &self.faults {
            let met = eventually(async || Ok((fault.met().await? > 0).then_some(())));
            met.await.context("nothing has gone wrong")?;
        }
        Ok(())
    }

    async fn mend(&mut self) -> Result<()> {
        self.gone_wrong().await?;
        for fault in self.faults.drain(..) {
            fault.take_back().await?;
        }
        Ok(())
    }

    /// The connection string for the private endpoint, without a user.
    async fn connection_string(&self, player: &Player) -> Result<String> {
        let (endpoint, _) = self.endpoint.as_ref().context("no endpoint was shown")?;
        if self.event["atlas"]["target"] == "dedicated" {
            player.cluster_string(&self.project, endpoint).await
        } else {
            player.federated_string(&self.project, endpoint).await
        }
    }

    async fn source(&self, given: GivenSource, stack: &Stack, player: &Player) -> Result<Value> {
        let DatabaseUser { username, password } = stack.addresses.database_user;
        let string = |string: &str, password: &str| json!({"connectionString": with_user(string, username, password)});
        Ok(match given {
            GivenSource::Right => string(&self.connection_string(player).await?, password),
            GivenSource::Unpublished => {
                string(&format!("mongodb+srv://{}", private_seed_list(&self.project)), password)
            }
            GivenSource::Public => string(&format!("mongodb+srv://{}", public_seed_list(&self.project)), password),
            GivenSource::WrongPassword => string(&self.connection_string(player).await?, WRONG_PASSWORD),
            GivenSource::EndpointName => {
                self.connection_string(player).await?;
                let (_, dns_name) = self.endpoint.as_ref().context("no endpoint was shown")?;
                json!({"host": dns_name, "port": 27017, "username": username, "password": password})
            }
            GivenSource::Fields => {
                self.connection_string(player).await?;
                let host = private_seed_list(&self.project);
                json!({"host": host, "username": username, "password": password, "tls": true})
            }
        })
    }

    /// Somebody writes on the ticket.
    async fn write(&mut self, step: &Step, stack: &Stack, player: &Player) -> Result<()> {
        match step {
            Step::CustomerSays(text) => self.say(text, CUSTOMER, player).await,
            Step::StrangerSays(text) => self.say(text, CUSTOMER + 1, player).await,
            Step::CustomerSendsCommand(command) => {
                let command = self.command(*command, player).await?;
                let text = format!("Hi,\n\nhere is the command:\n\n{command}\n\nThanks,\nAnn");
                self.say(&text, CUSTOMER, player).await
            }
            Step::CustomerSendsSource => {
                let string = self.connection_string(player).await?;
                let text = with_user(&string, stack.addresses.database_user.username, TOLD_PASSWORD);
                self.say(&format!("Hello,\nhere you are: {text}\nAnn"), CUSTOMER, player).await
            }
            Step::EngineerSays(text) => {
                player.change_ticket(&self.ticket, &json!({"comment": {"body": text, "public": true}})).await
            }
            _ => bail!("nobody writes"),
        }
    }

    async fn say(&self, text: &str, author: u64, player: &Player) -> Result<()> {
        let comment = json!({"body": text, "public": true, "author_id": author});
        player.change_ticket(&self.ticket, &json!({ "comment": comment })).await
    }

    pub(super) fn execution(&self) -> String {
        match self.round {
            1 => format!("ticket-{}", self.ticket),
            round => format!("ticket-{}_{round}", self.ticket),
        }
    }

    pub(super) async fn link(&mut self, player: &Player) -> Result<&str> {
        if self.link.is_none() {
            self.link = Some(player.link(&self.ticket, &self.execution()).await?);
        }
        self.link.as_deref().context("no link")
    }

    async fn command(&mut self, pasted: Pasted, player: &Player) -> Result<String> {
        let shown = player.portal(self.link(player).await?).await?;
        if self.service.is_none() {
            self.service = Some(if self.event["atlas"]["target"] == "dedicated" {
                player.endpoint_service(&self.project).await?
            } else {
                let id = "vpce-svc-00e311695874992b4";
                (id.to_owned(), format!("com.amazonaws.vpce.us-east-1.{id}"))
            });
        }
        let (_, service) = self.service.as_ref().context("no service")?;
        let right = atlas_command(&shown, service);
        Ok(match pasted {
            Pasted::Right => right,
            Pasted::OtherVpc => right.replace(shown["vpcId"].as_str().unwrap_or_default(), "vpc-00000000000000000"),
            Pasted::GoneService => right.replace(service, "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000"),
        })
    }
}

/// What the portal answered to a POST is as the story has it.
fn expect(answer: &PortalReply, status: u16, code: Option<&str>) -> Result<()> {
    let given = answer.body["error"]["code"].as_str();
    ensure!(answer.status == status && given == code, "the portal answered {}: {}", answer.status, answer.body);
    Ok(())
}
