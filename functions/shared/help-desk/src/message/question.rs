//! The questions that a ticket gets which lacks something.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::comment::{Block, Comment};
use crate::fact::{Fact, Unreadable, Why};
use crate::fields::Fields;

/// How the keys of our questions begin. What they ask for is in the rest, so that the same is asked once.
pub const QUESTION: &str = "details-";

/// Asks the customer for what only the customer knows, line by line.
#[must_use]
pub fn question(
    execution: &str,
    missing: &[Fact],
    unreadable: &BTreeMap<Fact, Unreadable>,
    is_target_known: bool,
) -> Comment {
    let mut lines: Vec<Fact> = missing.to_vec();
    if !is_target_known && !lines.contains(&Fact::AtlasTarget) {
        lines.push(Fact::AtlasTarget);
    }
    let mut blocks = Vec::new();
    let asked_again = unreadable.iter().filter(|(fact, _)| missing.contains(fact));
    blocks.extend(asked_again.filter_map(|(fact, unreadable)| Some(Block::text(refusal(fact.label()?, unreadable)))));
    blocks.push(Block::text("Before we can prepare your private endpoint we need to know a little more."));
    let labels = lines.iter().filter_map(|fact| fact.label()).map(|label| format!("{label}:"));
    blocks.push(Block::Values("Please reply with these lines, filled in".to_owned(), labels.collect()));
    blocks.extend(lines.iter().map(|fact| Block::text(explained(*fact))));
    let said = |fact| unreadable.get(fact).map(|unreadable| &unreadable.said);
    let asked = missing.iter().map(|fact| format!("{}={:?}", fact.name(), said(fact)));
    Comment { blocks, public: true, status: Some("pending"), reference: reference(execution, "", asked), message: None }
}

/// Asks the support engineer for what the vendor knows itself; the customer is not bothered with it. Where something is
/// filled in that cannot be read, it says what is expected.
#[must_use]
pub fn note(execution: &str, missing: &[Fact], unreadable: &BTreeMap<Fact, Unreadable>, fields: &Fields) -> Comment {
    let expected = |fact| match &unreadable.get(fact)?.why {
        Why::Expected(expected) => Some(expected),
        Why::Region(_) | Why::Target => None,
    };
    let names = missing.iter().map(|fact| {
        let field = match fields.place(*fact) {
            Some(place) => format!("{} ({place})", fact.name()),
            None => format!("{} (no custom field is configured for it)", fact.name()),
        };
        match expected(fact) {
            Some(expected) => format!("{field}: cannot be read, {expected}"),
            None => field,
        }
    });
    let why = if missing.iter().all(|fact| expected(fact).is_none()) {
        "Causeway cannot set up the private endpoint yet: this ticket does not say who the customer is."
    } else {
        "Causeway cannot set up the private endpoint yet: it cannot read all that this ticket says."
    };
    let then = if missing.iter().any(|fact| fields.is_organizations(*fact)) {
        "It goes on as soon as the ticket's fields are filled in. Nobody hears of a change of the organization: write an \
         internal note here when it is made."
    } else {
        "It goes on by itself as soon as the fields are filled in."
    };
    let blocks = vec![Block::text(why), Block::Values("Please fill in".to_owned(), names.collect()), Block::text(then)];
    let asked = missing.iter().map(|fact| match expected(fact) {
        Some(expected) => format!("{}: {expected}", fact.name()),
        None => fact.name(),
    });
    Comment { blocks, public: false, status: None, reference: reference(execution, "note-", asked), message: None }
}

fn reference(execution: &str, kind: &str, asked: impl Iterator<Item = String>) -> String {
    let digest = Sha256::digest(asked.collect::<Vec<_>>().join("\n"));
    format!("{execution}/{QUESTION}{kind}{}", HEXLOWER.encode(&digest[..4]))
}

/// Why something is asked for again, under the label that the customer sees.
fn refusal(label: &str, Unreadable { said, why }: &Unreadable) -> String {
    match why {
        Why::Region(unread) => unread.sentence(label, said),
        Why::Target | Why::Expected(_) => format!("We could not read \"{said}\" as the {label}."),
    }
}

/// None of these begins with a label and a colon: a reply may quote them.
const fn explained(fact: Fact) -> &'static str {
    match fact {
        Fact::CustomerRegion => {
            "The data platform region is the AWS region that your pipelines run in, for example us-east-1, or US East (N. Virginia)."
        }
        Fact::AtlasRegion => {
            "The Atlas region is where your Atlas deployment runs, for example US_EAST_1, or AWS / N. Virginia \
             (us-east-1); Atlas shows it beside the deployment's name."
        }
        _ => {
            "The Atlas target is dedicated (a cluster of M10 or larger), federated or online-archive; leave this line \
              out if you are not sure."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(comment: &Comment) -> String {
        let status = comment.status.unwrap_or("as it was");
        let kind = if comment.public { "public" } else { "internal" };
        format!("--- {kind}, status {status}\n{}\n\n--- the same as HTML\n{}\n", comment.text(), comment.html())
    }

    fn unreadable(said: &[(Fact, &str)]) -> BTreeMap<Fact, Unreadable> {
        said.iter().map(|(fact, said)| (*fact, fact.read(said).unwrap_err())).collect()
    }

    #[test]
    fn the_customer_is_told_why_a_region_is_asked_for_again_by_the_label_on_the_ticket() {
        let facts = [Fact::CustomerRegion, Fact::AtlasRegion, Fact::AtlasTarget];
        let said = [(facts[0], "US East"), (facts[1], "Azure / Virginia (eastus2)"), (facts[2], "a cluster")];
        insta::assert_snapshot!(question("ticket-35436", &facts, &unreadable(&said), false).text());
    }

    #[test]
    fn the_customer_is_asked_for_exactly_what_is_missing() {
        let everything = [Fact::CustomerRegion, Fact::AtlasRegion];
        let first = question("ticket-35436", &everything, &BTreeMap::new(), false);
        let wrong = unreadable(&[(Fact::AtlasRegion, "<somewhere>")]);
        let again = question("ticket-35436_2", &[Fact::AtlasRegion], &wrong, true);
        insta::assert_snapshot!(format!("{}\n{}", shown(&first), shown(&again)));
    }

    #[test]
    fn the_support_engineer_is_told_which_fields_to_fill_in() {
        let fields = "customer.id=360000000101".parse().unwrap();
        let note = note("ticket-35436", &[Fact::CustomerId, Fact::CustomerPlan], &BTreeMap::new(), &fields);
        insta::assert_snapshot!(shown(&note));
    }

    #[test]
    fn the_support_engineer_is_told_that_a_change_of_the_organization_is_not_heard_of() {
        let fields = "customer.plan=360000000103,customer.plan=organization.plan".parse().unwrap();
        let text = note("ticket-35436", &[Fact::CustomerPlan], &BTreeMap::new(), &fields).text();
        assert!(text.contains("customer.plan (the organization's plan)") && text.contains("internal note"), "{text}");
    }

    #[test]
    fn the_support_engineer_is_told_what_is_expected_in_a_field_that_cannot_be_read() {
        let fields = "customer.name=360000000102,network.vpcId=360000000107".parse().unwrap();
        let missing = [Fact::CustomerName, Fact::CustomerPlan, Fact::VpcId];
        let unreadable = unreadable(&[(Fact::CustomerName, &"n".repeat(201)), (Fact::VpcId, "vpc")]);
        let note = note("ticket-35436", &missing, &unreadable, &fields);
        insta::assert_snapshot!(note.text());
    }

    #[test]
    fn a_target_that_cannot_be_read_is_asked_for_on_one_line() {
        let unreadable = unreadable(&[(Fact::AtlasTarget, "a cluster")]);
        let text = question("ticket-35436", &[Fact::AtlasTarget], &unreadable, false).text();
        assert_eq!(text.matches("Atlas target:").count(), 1, "{text}");
    }
}
