//! Creates the interface endpoint from a request that was read out of the customer's command, with our own values.
//!
//! Taken from the customer are the service name and the choice among our subnets, both checked here once more.

mod endpoint;
mod security_group;
mod service;
mod subnets;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ResourceType, TagSpecification};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use endpoint::Made;
use register::Register;
use shared::endpoint::Endpoint;
use shared::ids::{OnboardingId, TicketId};
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::tags;
use shared::target::Target;
use step::StepError;
use step::config::{self, ConfigError};
use subnets::Subnets;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The stack's name, for tags.
    pub stack: String,
    /// From where the data platform connects to the endpoint.
    pub platform_cidrs: Vec<Ipv4Net>,
    /// The register's table.
    pub register: String,
    /// Atlas's AWS accounts; empty: whoever owns the service is accepted.
    pub atlas_accounts: Vec<String>,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            stack: config::required("STACK_NAME")?,
            register: config::required("REGISTER_TABLE")?,
            platform_cidrs: config::list("PLATFORM_CIDRS")?,
            atlas_accounts: config::list("ATLAS_ACCOUNTS")?,
        })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// The onboarding, for tags and the client token.
    pub onboarding: OnboardingId,
    /// The ticket, for tags.
    pub ticket: TicketId,
    /// Which attempt this is: a rejected endpoint cannot be accepted again, so that each attempt makes its own.
    pub attempt: u32,
    /// What was handed out.
    pub network: Network,
    /// The target, when the ticket named it.
    pub target: Option<Target>,
    /// What the customer's command asks for.
    pub request: EndpointRequest,
    /// Whether the definition waits for a service that EC2 does not know yet. One of before 0.2 does not.
    #[serde(default)]
    pub waits: bool,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// The endpoint. EC2 names it some time after it made it.
    Made(Endpoint),
    /// EC2 knows no such service. One that Atlas has only just made is known within minutes.
    Unknown(UnknownService),
}

/// That EC2 knows no such service.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename = "service-unknown")]
pub struct UnknownService {
    /// What the customer is told when it stays so.
    pub problem: String,
}

/// Creates the endpoint; run again, it finds the one that it made.
///
/// # Errors
/// [`StepError::Customer`] when the service or the subnets of the command cannot be used and another command can mend it,
/// [`StepError::Operator`] when no subnet of the VPC can be used,
/// [`StepError::InvalidInput`] when the request is not what the portal lets through, [`StepError::Closed`] when the onboarding
/// is being closed.
pub async fn handle(ec2: &Client, register: &Register, config: &Config, input: Input) -> Result<Output, StepError> {
    command::check(&input.request, &input.network, input.target).map_err(|refused| {
        let faults: Vec<&str> = refused.diagnostics.iter().map(|fault| fault.message.as_str()).collect();
        StepError::InvalidInput(format!("the request is not one that the portal lets through: {}", faults.join(" ")))
    })?;
    let unreadable = |error| StepError::InvalidInput(format!("the service's name cannot be read: {error}"));
    let service = input.request.service_name.service_id().map_err(unreadable)?;
    let target = input.target.unwrap_or_else(|| Target::of_service(&input.network.region, &service));
    // First, since what is made is made, whatever has become of the service.
    if let Some(made) = endpoint::find(ec2, &input).await? {
        return Ok(made.output(target));
    }
    // What is made from here on is the closing's to undo, which looks again when none of us can be at work any more.
    if register.read(&input.onboarding).await?.is_some_and(|onboarding| onboarding.fence.is_some()) {
        return Err(StepError::Closed);
    }
    let Some(offered) = service::zones(ec2, config, &input).await? else { return unknown(&input) };
    let subnets = Subnets::of(ec2, &input, offered).await?;
    let group = security_group::ensure(ec2, config, &input, target).await?;
    match endpoint::make(ec2, config, &input, subnets, &group).await? {
        Some(made) => Ok(made.output(target)),
        None => unknown(&input),
    }
}

fn unknown(input: &Input) -> Result<Output, StepError> {
    let problem = format!(
        "AWS knows no endpoint service {}, or does not let us reach it. Atlas replaces the service when its last private \
         endpoint is deleted: make sure that the Atlas deployment still exists, and copy the command from Atlas again.",
        input.request.service_name
    );
    if input.waits { Ok(Output::Unknown(UnknownService { problem })) } else { Err(StepError::Customer(problem)) }
}

impl Made {
    fn output(self, target: Target) -> Output {
        Output::Made(Endpoint { left_out: self.left_out, ..Endpoint::made(self.id, target) })
    }
}

impl Input {
    /// Whether the customer gave Atlas all that we sent, and so cannot mend it.
    fn names_all_subnets(&self) -> bool {
        self.network.subnet_ids.iter().all(|subnet| self.request.subnet_ids.contains(subnet))
    }
}

fn tagged(resource: ResourceType, config: &Config, input: &Input) -> TagSpecification {
    let (name, attempt) = (format!("{} ticket {}", config.stack, input.ticket), input.attempt.to_string());
    ec2::tagged(
        resource,
        [
            ("Name", name.as_str()),
            (tags::ONBOARDING, input.onboarding.as_str()),
            (tags::ATTEMPT, &attempt),
            (tags::TICKET, input.ticket.as_str()),
            (tags::STACK, &config.stack),
        ],
    )
}

#[cfg(test)]
mod tests;
