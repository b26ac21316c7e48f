//! The questions that a ticket gets which lacks something.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::comment::{Block, Comment};
use crate::fact::Fact;
use crate::fields::Fields;

/// How the keys of our questions begin. What they ask for is in the rest, so that the same is asked once.
pub const QUESTION: &str = "details-";

/// Asks the customer for what only the customer knows, line by line.
#[must_use]
pub fn question(
    execution: &str,
    missing: &[Fact],
    unreadable: &BTreeMap<Fact, String>,
    is_target_known: bool,
) -> Comment {
    let mut lines: Vec<Fact> = missing.to_vec();
    if !is_target_known && !lines.contains(&Fact::AtlasTarget) {
        lines.push(Fact::AtlasTarget);
    }
    let mut blocks = Vec::new();
    for (fact, said) in unreadable.iter().filter(|(fact, _)| missing.contains(fact)) {
        blocks.push(Block::text(format!("We could not read \"{said}\" as the {}.", described(*fact))));
    }
    blocks.push(Block::text("Before we can prepare your private endpoint we need to know a little more."));
    let labels = lines.iter().filter_map(|fact| fact.label()).map(|label| format!("{label}:"));
    blocks.push(Block::Values("Please reply with these lines, filled in".to_owned(), labels.collect()));
    blocks.extend(lines.iter().map(|fact| Block::text(explained(*fact))));
    let asked = missing.iter().map(|fact| format!("{}={:?}", fact.name(), unreadable.get(fact)));
    Comment { blocks, public: true, status: Some("pending"), reference: reference(execution, "", asked), message: None }
}

/// Asks the support engineer for what the vendor knows itself; the customer is not bothered with it. `faults` says what is
/// expected where something is filled in that cannot be read.
#[must_use]
pub fn note(execution: &str, missing: &[Fact], faults: &BTreeMap<Fact, String>, fields: &Fields) -> Comment {
    let names = missing.iter().map(|fact| {
        let field = match fields.id(*fact) {
            Some(id) => format!("{} (custom field {id})", fact.name()),
            None => format!("{} (no custom field is configured for it)", fact.name()),
        };
        match faults.get(fact) {
            Some(expected) => format!("{field}: cannot be read, {expected}"),
            None => field,
        }
    });
    let why = if faults.is_empty() {
        "Causeway cannot set up the private endpoint yet: this ticket does not say who the customer is."
    } else {
        "Causeway cannot set up the private endpoint yet: it cannot read all that this ticket says."
    };
    let blocks = vec![
        Block::text(why),
        Block::Values("Please fill in".to_owned(), names.collect()),
        Block::text("It goes on by itself as soon as the fields are filled in."),
    ];
    let asked = missing.iter().map(|fact| match faults.get(fact) {
        Some(expected) => format!("{}: {expected}", fact.name()),
        None => fact.name(),
    });
    Comment { blocks, public: false, status: None, reference: reference(execution, "note-", asked), message: None }
}

fn reference(execution: &str, kind: &str, asked: impl Iterator<Item = String>) -> String {
    let digest = Sha256::digest(asked.collect::<Vec<_>>().join("\n"));
    format!("{execution}/{QUESTION}{kind}{}", HEXLOWER.encode(&digest[..4]))
}

const fn described(fact: Fact) -> &'static str {
    match fact {
        Fact::CustomerRegion => "region of your data platform",
        Fact::AtlasRegion => "region of your Atlas deployment",
        _ => "kind of your Atlas deployment",
    }
}

/// None of these begins with a label and a colon: a reply may quote them.
const fn explained(fact: Fact) -> &'static str {
    match fact {
        Fact::CustomerRegion => {
            "The data platform region is the AWS region that your pipelines run in, for example us-east-1."
        }
        Fact::AtlasRegion => {
            "The Atlas region is where your Atlas deployment runs, for example US_EAST_1; Atlas shows it beside the \
             deployment's name."
        }
        _ => "The Atlas target is dedicated, federated or online-archive; leave this line out if you are not sure.",
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

    #[test]
    fn the_customer_is_asked_for_exactly_what_is_missing() {
        let everything = [Fact::CustomerRegion, Fact::AtlasRegion];
        let first = question("ticket-35436", &everything, &BTreeMap::new(), false);
        let wrong = BTreeMap::from([(Fact::AtlasRegion, "<Virginia>".to_owned())]);
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
    fn the_support_engineer_is_told_what_is_expected_in_a_field_that_cannot_be_read() {
        let fields = "customer.name=360000000102,network.vpcId=360000000107".parse().unwrap();
        let missing = [Fact::CustomerName, Fact::CustomerPlan, Fact::VpcId];
        let said = [(Fact::CustomerName, "n".repeat(201)), (Fact::VpcId, "vpc".to_owned())];
        let faults = said.into_iter().map(|(fact, said)| (fact, fact.fault(&said).unwrap())).collect();
        let note = note("ticket-35436", &missing, &faults, &fields);
        insta::assert_snapshot!(note.text());
    }

    #[test]
    fn a_target_that_cannot_be_read_is_asked_for_on_one_line() {
        let said = BTreeMap::from([(Fact::AtlasTarget, "a cluster".to_owned())]);
        let text = question("ticket-35436", &[Fact::AtlasTarget], &said, false).text();
        assert_eq!(text.matches("Atlas target:").count(), 1, "{text}");
    }
}
