//! A story: what the people do, and what the ticket, EC2 and the execution look like afterwards.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use counterparts::atlas::deployments::{PASSWORD, private_seed_list, public_seed_list};
use counterparts::atlas::printed::with_user;
use counterparts::help_desk::{CUSTOMER, fields};
use local_stack::fault::Fault;
use local_stack::player::{Player, atlas_command, eventually};
use local_stack::stack::{self, DatabaseUser, Stack};
use local_stack::world::World;

/// One file of this folder.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Story {
    /// What it is about, for the reader of the file.
    #[serde(rename = "story")]
    _about: String,
    /// Plays on the stack whose windows are over in seconds.
    #[serde(default)]
    pub(crate) nobody_answers: bool,
    /// How many customers play the same story side by side.
    #[serde(default = "one")]
    customers: usize,
    /// The neutral event without its ticket.
    event: Value,
    /// A VPC that exists before, and that the event names.
    existing_vpc: Option<ExistingVpc>,
    steps: Vec<Step>,
    then: Then,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExistingVpc {
    dns_hostnames: bool,
    /// Whose tickets may name it, as the operator tagged it.
    allowed: Option<String>,
}

/// What somebody does, or waits for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Step {
    /// The help desk sends webhooks about the ticket, because of its tag.
    FileTaggedTicket,
    /// Calls go wrong at one of the addresses; by the end all of them have. `{ticket}` in `where` is the ticket's number.
    Fault { at: Address, calls: Value },
    /// What goes wrong until it is mended has gone wrong at least once, and is mended.
    Mended,
    /// The event is put on the bus so many times.
    Announce(u32),
    /// The register holds this state, whether the ticket was told or not.
    Register(String),
    /// The portal shows this state.
    Portal(String),
    /// The portal shows this text as the error.
    Error(String),
    /// A comment with this message, or with this reference of a question, is on the ticket; `*` at its end stands for
    /// anything.
    Comment(String),
    /// The customer writes on the ticket.
    CustomerSays(String),
    /// Somebody in copy writes on the ticket.
    StrangerSays(String),
    /// The support engineer fills in these parts of the event.
    FillIn(Value),
    /// The support engineer merges the ticket into another one, which closes it for good.
    Merge,
    /// The support engineer solves the ticket.
    Solve,
    /// The support engineer opens the solved ticket again: what follows is its next round.
    Reopen,
    /// The customer pastes a command.
    Paste { command: Pasted, status: u16, code: Option<String> },
    /// The customer gives the source.
    Give { source: GivenSource, status: u16, code: Option<String> },
    /// The portal shows that the hosts are not there yet.
    NotYet,
    /// Atlas publishes the private hosts.
    Publish,
    /// The customer finalizes in Atlas, which accepts.
    Finalize,
    /// Atlas rejects the endpoint.
    Reject,
    /// AWS gives up on the endpoint.
    Fail,
    /// Somebody deletes the endpoint.
    Delete,
    /// The execution ends.
    End,
}

/// An address by its name in `stack.json`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Address {
    Aws,
    Ec2,
    HelpDesk,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Pasted {
    /// What Atlas prints.
    Right,
    /// With another VPC, as from an earlier try.
    OtherVpc,
    /// For an endpoint service that does not exist any more.
    GoneService,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum GivenSource {
    /// The connection string that Atlas shows for the private endpoint.
    Right,
    /// The same as single fields.
    Fields,
    /// The endpoint's own DNS name as the host.
    EndpointName,
    /// The string that Atlas will show, before it does.
    Unpublished,
    /// The standard string.
    Public,
    /// With another password.
    WrongPassword,
}

/// What is there afterwards.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Then {
    /// The messages on the ticket in their order: internal notes in brackets, those of a later round as
    /// `2/instructions`, questions by their reference with `*` for its digest, `customer` and `stranger` for what they
    /// write.
    thread: Vec<String>,
    /// Texts that the thread holds; `{vpcId}`, `{endpointId}` and `{dnsName}` stand for the real ones.
    #[serde(default)]
    says: Vec<String>,
    ticket_status: String,
    /// The state and the ports of each endpoint that exists; its security group goes with it.
    endpoints: Vec<(String, u16, u16)>,
    /// How the execution ended.
    execution: String,
    /// Its output, or the cause of its failure, as far as given here.
    result: Value,
}

fn one() -> usize {
    1
}

/// One customer's way through the story.
struct Onboarding {
    ticket: String,
    round: u32,
    event: Value,
    project: String,
    link: Option<String>,
    /// The Atlas service's id and name.
    service: Option<(String, String)>,
    endpoint: Option<(String, String)>,
    /// Whether a source was accepted.
    gave_source: bool,
    faults: Vec<Fault>,
}

/// The keys of the links that were handed out, to be looked for in the logs.
pub(crate) static KEYS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A password that opens nothing.
pub(crate) const WRONG_PASSWORD: &str = "not-the-password";

impl Story {
    /// Plays the story and checks what is there afterwards.
    pub(crate) async fn play(&self, stack: &Stack, project: &str) -> Result<()> {
        let world = World::new(&stack.addresses).await;
        let mut event = self.event.clone();
        if let Some(vpc) = &self.existing_vpc {
            event["network"] = json!({"vpcId": world.make_vpc(vpc.dns_hostnames, vpc.allowed.as_deref()).await?});
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
            Step::Fault { at, calls } => self.break_calls(*at, calls, stack).await?,
            Step::Mended => self.mend().await?,
            Step::Register(state) => {
                let execution = self.execution();
                let shown = eventually(async || {
                    let item = world.item(&execution).await?.unwrap_or_default();
                    Ok((item["shown"]["state"] == state.as_str()).then_some(()))
                });
                shown.await.with_context(|| format!("the register never held {state}"))?;
            }
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
            Step::CustomerSays(text) => self.say(text, CUSTOMER, player).await?,
            Step::StrangerSays(text) => self.say(text, CUSTOMER + 1, player).await?,
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
                ensure!(answer.status == *status, "the portal answered {}: {}", answer.status, answer.body);
                ensure!(
                    answer.body["error"]["code"].as_str() == code.as_deref(),
                    "the portal answered {}",
                    answer.body
                );
            }
            Step::Give { source, status, code } => {
                let source = self.source(*source, stack, player).await?;
                let answer = player.bring_source(self.link(player).await?, &source).await?;
                ensure!(answer.status == *status, "the portal answered {}: {}", answer.status, answer.body);
                self.gave_source |= *status == 202;
                let given = answer.body["error"]["code"].as_str();
                ensure!(given == code.as_deref(), "the portal answered {}", answer.body);
            }
            Step::NotYet => {
                let link = self.link(player).await?.to_owned();
                let seen = eventually(async || {
                    let shown = player.portal(&link).await?;
                    Ok((shown["verification"]["verdict"] == "not-yet").then_some(shown))
                });
                let shown = seen.await.context("the portal never said that the hosts are not there yet")?;
                ensure!(shown["state"] == "verifying", "the portal shows {shown}");
            }
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
        }
        Ok(())
    }

    async fn break_calls(&mut self, at: Address, calls: &Value, stack: &Stack) -> Result<()> {
        let address = match at {
            Address::Aws => &stack.addresses.aws,
            Address::Ec2 => &stack.addresses.ec2,
            Address::HelpDesk => &stack.addresses.helpdesk,
        };
        let mut calls = calls.clone();
        let r#where = calls["where"].as_str().context("a fault of a story meets its own calls only")?;
        calls["where"] = json!(r#where.replace("{ticket}", &self.ticket));
        self.faults.push(Fault::set(address, &calls).await?);
        Ok(())
    }

    async fn mend(&mut self) -> Result<()> {
        for fault in self.faults.drain(..) {
            let met = eventually(async || Ok((fault.met().await? > 0).then_some(())));
            met.await.context("nothing has gone wrong")?;
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

    async fn say(&self, text: &str, author: u64, player: &Player) -> Result<()> {
        let comment = json!({"body": text, "public": true, "author_id": author});
        player.change_ticket(&self.ticket, &json!({ "comment": comment })).await
    }

    fn execution(&self) -> String {
        match self.round {
            1 => format!("ticket-{}", self.ticket),
            round => format!("ticket-{}_{round}", self.ticket),
        }
    }

    async fn link(&mut self, player: &Player) -> Result<&str> {
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

    /// Checks the ticket, EC2 and the execution, and gives the network that was handed out.
    async fn check(&mut self, then: &Then, world: &World, player: &Player) -> Result<Value> {
        let ended = world.ended(&self.execution()).await?;
        ensure!(ended.status == then.execution, "the execution ended as {}: {}", ended.status, ended.result);
        for (key, value) in then.result.as_object().into_iter().flatten() {
            let wanted = self.filled(value.as_str().unwrap_or_default(), world).await?;
            ensure!(ended.result[key] == wanted, "the execution's {key} is {}, not {wanted}", ended.result[key]);
        }
        ensure!(
            ended.result["ticket"] == self.ticket.as_str(),
            "the result names the ticket {}",
            ended.result["ticket"]
        );

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
            let as_it_should = Some(ended.result["outcome"] != "connected");
            ensure!(is_going == as_it_should, "the source's secret is going: {is_going:?}");
        }
        let found = world.endpoints(&self.ticket).await?;
        ensure!(found == then.endpoints, "EC2 holds the endpoints {found:?}, not {:?}", then.endpoints);
        let groups = world.security_groups(&self.ticket).await?;
        ensure!(groups == found.len(), "EC2 holds {groups} security groups of this onboarding");
        match &self.link {
            Some(link) => {
                let shown = player.portal(link).await?;
                Ok(json!([shown["vpcId"], shown["subnetIds"]]))
            }
            None => Ok(Value::Null),
        }
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
            for (place, text) in [("execution's history", &history), ("register or a secret or a tag", &kept)] {
                ensure!(!text.contains(key), "the {place} holds the link's key");
            }
        }
        let mut places =
            vec![("ticket", thread.to_owned()), ("execution's history", history), ("register and the vault", kept)];
        if let Some(link) = &self.link {
            places.push(("page", player.portal_page(link).await?));
            places.push(("portal's JSON", player.portal(link).await?.to_string()));
        }
        for (place, text) in places {
            ensure!(text.len() > 100, "the {place} is all but empty: {text}");
            for password in [PASSWORD, WRONG_PASSWORD] {
                ensure!(!text.contains(password), "the {place} holds a password: {text}");
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
            let who = if comment["author_id"] == CUSTOMER { "customer" } else { "stranger" };
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
