//! Decides whether a ticket can be served: business plan, one region throughout, a known target.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use shared::event::{self, TicketEvent};
use shared::ids::{Region, TicketId, VpcId};
use shared::target::Target;
use step::config::{self, ConfigError};
use step::{StepError, input};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The region of this stack. A private endpoint cannot leave its region.
    pub region: Region,
}

impl Config {
    /// Reads the configuration from the function's environment.
    ///
    /// # Errors
    /// When a variable is missing or unreadable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { region: config::required("AWS_REGION")? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
pub struct Input {
    /// The neutral event, or what is left of a malformed one.
    pub event: Value,
}

/// The verdict. A "no" is an output and not an error: nothing went wrong.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// The ticket can be served.
    Eligible(Eligible),
    /// It cannot.
    NotEligible(NotEligible),
}

/// What the later steps need to know of the ticket.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Eligible {
    /// Always true.
    pub eligible: bool,
    /// The ticket.
    pub ticket: TicketId,
    /// The target, when the ticket names one; otherwise it is read from the service name later.
    pub target: Option<Target>,
    /// The existing VPC that the ticket asks for.
    pub vpc_id: Option<VpcId>,
}

/// Why not, and what the customer can do.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct NotEligible {
    /// Always false.
    pub eligible: bool,
    /// The ticket.
    pub ticket: TicketId,
    /// The reason and the way out, for the customer.
    pub reason: String,
}

/// Checks the ticket. It calls nothing.
///
/// # Errors
/// [`StepError::InvalidInput`] for a malformed event.
pub fn handle(config: &Config, input: Input) -> Result<Output, StepError> {
    let event = read(input.event)?;
    Ok(match check(&config.region, &event) {
        Ok(target) => Output::Eligible(Eligible {
            eligible: true,
            ticket: event.ticket.id,
            target,
            vpc_id: event.network.and_then(|network| network.vpc_id),
        }),
        Err(reason) => Output::NotEligible(NotEligible { eligible: false, ticket: event.ticket.id, reason }),
    })
}

fn read(event: Value) -> Result<TicketEvent, StepError> {
    let unreadable = |problem: &str| StepError::InvalidInput(format!("the event cannot be read: {problem}"));
    if let Some(problem) = event::problem(&event) {
        return Err(unreadable(problem));
    }
    input::read(event).map_err(|error| unreadable(&error.to_string()))
}

fn check(stack: &Region, event: &TicketEvent) -> Result<Option<Target>, String> {
    let plan = event.customer.plan.as_str().trim();
    if !plan.eq_ignore_ascii_case("business") {
        return Err(format!(
            "AWS PrivateLink is part of the business plan, and {} is on the plan \"{plan}\". \
             Change to the business plan, then open a new ticket.",
            event.customer.name
        ));
    }
    let here = |region: &str| Region::from_atlas(region).is_ok_and(|region| region == *stack);
    if !here(event.customer.region.as_str()) {
        return Err(format!(
            "Your data platform's region is \"{}\", and this service connects deployments in {stack}. \
             A private endpoint cannot leave its region: open a ticket for the data platform's region.",
            event.customer.region
        ));
    }
    if !here(event.atlas.region.as_str()) {
        return Err(format!(
            "Your Atlas deployment is in \"{}\", and your data platform's region is {stack} (Atlas calls it {}). \
             A private endpoint cannot leave its region: open a new ticket for a deployment in {stack}, or ask us \
             about moving your data platform to the deployment's region.",
            event.atlas.region,
            stack.atlas_name()
        ));
    }
    match event.atlas.target.as_ref().map(|target| target.as_str().trim()) {
        None | Some("") => Ok(None),
        Some("dedicated") => Ok(Some(Target::Dedicated)),
        Some("federated") => Ok(Some(Target::Federated)),
        Some("online-archive") => Ok(Some(Target::OnlineArchive)),
        Some(other) => Err(format!(
            "The Atlas deployment is given as \"{other}\". A private endpoint can lead to a dedicated cluster (M10 or \
             larger), a federated database instance or an Online Archive; free and Flex clusters have none. \
             Open a new ticket with one of these: dedicated, federated, online-archive."
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(change: impl FnOnce(&mut Value)) -> Output {
        let mut event = json!({
            "ticket": {"id": "35436"},
            "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
            "atlas": {"region": "US_EAST_1", "target": "dedicated"},
        });
        change(&mut event);
        let config = Config { region: "us-east-1".parse().unwrap() };
        handle(&config, serde_json::from_value(json!({ "event": event })).unwrap()).unwrap()
    }

    fn reason(change: impl FnOnce(&mut Value)) -> String {
        match verdict(change) {
            Output::NotEligible(verdict) => verdict.reason,
            Output::Eligible(verdict) => panic!("eligible: {verdict:?}"),
        }
    }

    fn eligible(change: impl FnOnce(&mut Value)) -> Eligible {
        match verdict(change) {
            Output::Eligible(verdict) => verdict,
            Output::NotEligible(verdict) => panic!("not eligible: {}", verdict.reason),
        }
    }

    #[test]
    fn a_business_customer_in_the_stacks_region_is_eligible() {
        assert_eq!(eligible(|_| ()).target, Some(Target::Dedicated));
        assert_eq!(eligible(|event| event["customer"]["plan"] = json!("Business ")).target, Some(Target::Dedicated));
        assert_eq!(eligible(|event| event["atlas"]["region"] = json!("us-east-1")).vpc_id, None);
        assert_eq!(eligible(|event| event["atlas"] = json!({"region": "US_EAST_1"})).target, None);
        let asked = eligible(|event| event["network"] = json!({"vpcId": "vpc-0123456789abcdef0"}));
        assert_eq!(asked.vpc_id.unwrap().as_str(), "vpc-0123456789abcdef0");
    }

    #[test]
    fn a_reason_names_what_was_found_and_the_way_out() {
        let plan = reason(|event| event["customer"]["plan"] = json!("starter"));
        assert!(plan.contains("\"starter\"") && plan.contains("business plan, then open a new ticket"), "{plan}");
        let atlas = reason(|event| event["atlas"]["region"] = json!("EU_WEST_1"));
        assert!(atlas.contains("\"EU_WEST_1\"") && atlas.contains("US_EAST_1"), "{atlas}");
        let customer = reason(|event| event["customer"]["region"] = json!("eu-west-1"));
        assert!(customer.contains("\"eu-west-1\"") && customer.contains("us-east-1"), "{customer}");
        let target = reason(|event| event["atlas"]["target"] = json!("flex"));
        assert!(target.contains("\"flex\"") && target.contains("online-archive"), "{target}");
    }

    #[test]
    fn a_malformed_ticket_is_refused_by_the_name_of_the_field() {
        let config = Config { region: "us-east-1".parse().unwrap() };
        for event in [
            json!({"ticket": {"id": "1"}, "customer": {"id": "acme", "name": "Acme"}, "atlas": {}}),
            // As start-onboarding passes it on.
            json!({"ticket": {"id": "1"}, "malformed": "missing field `plan` at `customer`"}),
        ] {
            let error = handle(&config, Input { event }).unwrap_err();
            let expected = "the event cannot be read: missing field `plan` at `customer`";
            assert_eq!(error, StepError::InvalidInput(expected.to_owned()));
        }
    }
}
