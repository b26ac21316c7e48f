//! A story as its file holds it: what the people do, and what the ticket, EC2 and the execution look like afterwards.

mod check;
mod play;

use std::sync::Mutex;

use serde::Deserialize;
use serde_json::{Map, Value};

use local_stack::fault::Fault;

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
    /// Further subnets, which lack something.
    #[serde(default)]
    more: Vec<Poor>,
}

/// A subnet that lacks something, as `PUT /_edge/subnets/{id}` takes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Poor {
    zone: String,
    lacking: Value,
}

/// What somebody does, or waits for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Step {
    /// The help desk sends webhooks about the ticket, because of its tag.
    FileTaggedTicket,
    /// Calls go wrong at one of the addresses; by the end all of them have. `{ticket}` in `where` is the ticket's number,
    /// `{onboarding}` the id of its round's onboarding.
    Fault { at: Address, calls: Value },
    /// What goes wrong until it is mended has gone wrong at least once, and still does.
    GoneWrong,
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
    /// The customer replies on the ticket with a command.
    CustomerSendsCommand(Pasted),
    /// The customer replies on the ticket with the connection string, and a password in it.
    CustomerSendsSource,
    /// The help desk tells of the customer's last comment once more.
    TellAgain,
    /// The support engineer writes on the ticket for all to see.
    EngineerSays(String),
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
    /// So many windows have passed, whether they count or not.
    Windows(usize),
    /// The execution ends.
    End,
    /// Somebody stops the execution by hand.
    Stop,
    /// Whether the stack hears of ended executions. Switched off by a story, it is switched on at that story's end.
    HearOfEnds(bool),
    /// An operator wants the onboarding closed.
    Cancel { who: String, why: String },
    /// An operator has what is held tried again: the first pause, which is a minute where a fault has it unscaled, ends
    /// before its time.
    Retry { who: String, why: String },
    /// The customer cancels on the page.
    CancelOnPage { why: String, status: u16, code: Option<String> },
    /// A closing has entered this state.
    Closing(String),
    /// Somebody stops the last closing by hand.
    StopClosing,
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
    /// Its output, or the cause of its failure, as far as given here; left out when it was not itself that said how it
    /// ended.
    result: Option<Map<String, Value>>,
    /// The output of its last closing, as far as given here; that is waited for, and undoes what it is to undo.
    closing: Option<Map<String, Value>>,
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

/// A password that the customer has written on the ticket.
pub(crate) const TOLD_PASSWORD: &str = "told-on-the-ticket-26";
