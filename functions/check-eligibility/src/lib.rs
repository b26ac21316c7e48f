//! Decides whether a ticket can be served: business plan, one region throughout, a target with private endpoints.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use shared::event::{self, TicketEvent};
use shared::ids::{Region, TicketId, VpcId};
use shared::target::Target;
use spelling::Deployment;
use step::config::{self, ConfigError};
use step::{StepError, input};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// The region of this stack, which connects deployments in the same region.
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
/// [`StepError::InvalidInput`] for a malformed event, [`StepError::Customer`] for a region that cannot be read.
pub fn handle(config: &Config, input: Input) -> Result<Output, StepError> {
    let event = read(input.event)?;
    Ok(match check(&config.region, &event)? {
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

/// The target, or the reason why not.
fn check(stack: &Region, event: &TicketEvent) -> Result<Result<Option<Target>, String>, StepError> {
    let plan = event.customer.plan.as_str().trim();
    if !plan.eq_ignore_ascii_case("business") {
        return Ok(Err(format!(
            "AWS PrivateLink is part of the business plan, and {} is on the plan \"{plan}\". \
             Change to the business plan, then open a new ticket.",
            event.customer.name
        )));
    }
    let customers = region("data platform region", event.customer.region.as_str())?;
    if customers != *stack {
        return Ok(Err(format!(
            "Your data platform's region is \"{customers}\"{}, and this service connects deployments in the same region, \
             here {stack}. Open a new ticket that names {stack} if your data platform is there after all; otherwise ask \
             us for the service in {customers}.",
            named(&customers)
        )));
    }
    let atlas = region("Atlas region", event.atlas.region.as_str())?;
    if atlas != *stack {
        return Ok(Err(format!(
            "Your Atlas deployment is in \"{}\"{}, and your data platform's region is {stack} (Atlas calls it {}). This \
             service connects deployments in the same region: open a new ticket for a deployment in {stack}, or ask us \
             about moving your data platform to the deployment's region.",
            atlas.atlas_name(),
            named(&atlas),
            stack.atlas_name()
        )));
    }
    // What cannot be read is read from the service's name later, as what is not said.
    match event.atlas.target.as_ref().and_then(|target| spelling::target(target.as_str()).ok()) {
        None => Ok(Ok(None)),
        Some(Deployment::Reached(target)) => Ok(Ok(Some(target))),
        Some(Deployment::Unreached(kind)) => Ok(Err(format!(
            "The Atlas deployment is a {kind}, which has no private endpoints. A private endpoint can lead to a dedicated \
             cluster (M10 or larger), a federated database instance or an Online Archive. Open a new ticket with one of \
             these: dedicated, federated, online-archive."
        ))),
    }
}

/// A region that cannot be read is not known to be another one: a colleague looks into it. Tickets are asked before that.
fn region(label: &str, said: &str) -> Result<Region, StepError> {
    spelling::region(said).map_err(|unread| StepError::Customer(unread.sentence(label, said)))
}

/// AWS's name of a region, to stand behind its code.
fn named(region: &Region) -> String {
    spelling::region::name(region).map(|name| format!(", {name}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({
            "ticket": {"id": "35436"},
            "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
            "atlas": {"region": "US_EAST_1", "target": "dedicated"},
        })
    }

    fn verdict(change: impl FnOnce(&mut Value)) -> Output {
        let mut event = event();
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
        for region in [&atlas, &customer] {
            assert!(region.contains("Europe (Ireland)") && region.contains("in the same region"), "{region}");
        }
        let target = reason(|event| event["atlas"]["target"] = json!("flex"));
        assert!(target.contains("flex cluster") && target.contains("online-archive"), "{target}");
    }

    #[test]
    fn a_spelling_is_no_reason_to_decline() {
        for region in ["AWS / N. Virginia (us-east-1)", "US East (N. Virginia)", "us_east_1", "Virginia"] {
            eligible(|event| event["atlas"]["region"] = json!(region));
            eligible(|event| event["customer"]["region"] = json!(region));
        }
        for (said, target) in [
            ("Dedicated cluster", Some(Target::Dedicated)),
            ("online_archive", Some(Target::OnlineArchive)),
            ("Atlas Data Federation", Some(Target::Federated)),
            ("a cluster", None),
            ("", None),
        ] {
            assert_eq!(eligible(|event| event["atlas"]["target"] = json!(said)).target, target, "{said}");
        }
        let config = Config { region: "us-east-1".parse().unwrap() };
        for (part, label) in [("customer", "data platform region"), ("atlas", "Atlas region")] {
            for said in ["somewhere", "us-esat-1", "GCP us-east1", "US East"] {
                let mut event = event();
                event[part]["region"] = json!(said);
                let error = handle(&config, Input { event }).unwrap_err();
                let StepError::Customer(sentence) = error else { panic!("{error}") };
                assert!(sentence.contains(label) && sentence.contains(&format!("\"{said}\"")), "{sentence}");
            }
        }
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
