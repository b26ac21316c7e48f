//! Every flag of `aws ec2 create-vpc-endpoint` and every global option of the AWS CLI, and what becomes of each here.

/// How many values a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// None: it is a switch.
    None,
    /// Exactly one.
    One,
    /// All words up to the next flag.
    Many,
}

/// What becomes of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// It must be there, and its value is checked.
    Required,
    /// It may be there, and its value is checked.
    Checked,
    /// It has no effect here, because of this.
    Ignored(&'static str),
    /// It is refused, because of this.
    Refused(&'static str),
}

/// A flag of the AWS CLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// As it is written, with its dashes.
    pub name: &'static str,
    /// How many values it takes.
    pub values: Values,
    /// What becomes of it.
    pub treatment: Treatment,
}

const OWN_SETTING: &str = "the platform sets its own";
const OUTPUT_ONLY: &str = "it only changes what the AWS CLI prints";
const CONNECTION_ONLY: &str = "it only changes how the AWS CLI connects";
const NOT_INTERFACE: &str = "it makes another kind of endpoint";
const READS_INPUT: &str = "it takes the request from somewhere else";

/// The flags, in the order of their names.
pub const FLAGS: &[Flag] = &[
    flag("--ca-bundle", Values::One, Treatment::Refused("it reads a file and changes whom the AWS CLI trusts")),
    flag("--cli-auto-prompt", Values::None, Treatment::Refused("it asks for the request instead of stating it")),
    flag("--cli-binary-format", Values::One, Treatment::Ignored("there are no binary values")),
    flag("--cli-connect-timeout", Values::One, Treatment::Ignored(CONNECTION_ONLY)),
    flag("--cli-error-format", Values::One, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--cli-input-json", Values::One, Treatment::Refused(READS_INPUT)),
    flag("--cli-input-yaml", Values::One, Treatment::Refused(READS_INPUT)),
    flag("--cli-read-timeout", Values::One, Treatment::Ignored(CONNECTION_ONLY)),
    flag("--client-token", Values::One, Treatment::Ignored(OWN_SETTING)),
    flag("--color", Values::One, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--debug", Values::None, Treatment::Refused("it is for finding faults of the AWS CLI")),
    flag("--dns-options", Values::One, Treatment::Refused("it changes the endpoint's DNS")),
    flag("--dry-run", Values::None, Treatment::Refused("it makes no endpoint")),
    flag("--endpoint-url", Values::One, Treatment::Refused("it sends the request somewhere else")),
    flag("--generate-cli-skeleton", Values::One, Treatment::Refused("it makes no endpoint")),
    flag("--ip-address-type", Values::One, Treatment::Checked),
    flag("--no-cli-auto-prompt", Values::None, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--no-cli-pager", Values::None, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--no-dry-run", Values::None, Treatment::Ignored("it is so anyway")),
    flag("--no-paginate", Values::None, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--no-private-dns-enabled", Values::None, Treatment::Ignored("private DNS is off anyway")),
    flag("--no-sign-request", Values::None, Treatment::Refused("it sends the request without credentials")),
    flag("--no-verify-ssl", Values::None, Treatment::Refused("it trusts any server")),
    flag("--output", Values::One, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--policy-document", Values::One, Treatment::Refused("it changes who may use the endpoint")),
    flag("--private-dns-enabled", Values::None, Treatment::Ignored("private DNS stays off: Atlas's names need none")),
    flag("--profile", Values::One, Treatment::Ignored("the platform uses its own account")),
    flag("--query", Values::One, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--region", Values::One, Treatment::Required),
    flag("--resource-configuration-arn", Values::One, Treatment::Refused(NOT_INTERFACE)),
    flag("--route-table-ids", Values::Many, Treatment::Refused(NOT_INTERFACE)),
    flag("--security-group-ids", Values::Many, Treatment::Ignored(OWN_SETTING)),
    flag("--service-name", Values::One, Treatment::Required),
    flag("--service-network-arn", Values::One, Treatment::Refused(NOT_INTERFACE)),
    flag("--service-region", Values::One, Treatment::Checked),
    flag("--subnet-configurations", Values::Many, Treatment::Refused("it chooses the endpoint's addresses")),
    flag("--subnet-ids", Values::Many, Treatment::Required),
    flag("--tag-specifications", Values::Many, Treatment::Ignored(OWN_SETTING)),
    flag("--v2-debug", Values::None, Treatment::Ignored(OUTPUT_ONLY)),
    flag("--version", Values::None, Treatment::Refused("it makes no endpoint")),
    flag("--vpc-endpoint-type", Values::One, Treatment::Required),
    flag("--vpc-id", Values::One, Treatment::Required),
];

const fn flag(name: &'static str, values: Values, treatment: Treatment) -> Flag {
    Flag { name, values, treatment }
}

/// The flag of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

/// The flag that `name` is the beginning of: a required one, if there is any.
pub(crate) fn abbreviated(name: &str) -> Option<&'static Flag> {
    let full = |flag: &&Flag| name.len() > "--".len() && flag.name.starts_with(name);
    let required = FLAGS.iter().filter(|flag| flag.treatment == Treatment::Required);
    required.chain(FLAGS).find(full)
}

/// The flag that `name` is most likely a slip for.
pub(crate) fn nearest(name: &str) -> Option<&'static Flag> {
    let plain = name.trim_start_matches('-').replace('_', "-").to_ascii_lowercase();
    let candidates = FLAGS.iter().map(|flag| (distance(&plain, flag.name.trim_start_matches('-')), flag));
    candidates.filter(|(distance, _)| *distance <= 2).min_by_key(|(distance, _)| *distance).map(|(_, flag)| flag)
}

/// How many letters must be added, dropped or changed to make one of the other; many, when the lengths are far apart.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    if left.len().abs_diff(right.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (done, one) in left.bytes().enumerate() {
        let mut diagonal = done;
        let mut before = done + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(right.bytes()) {
            let changed = diagonal + usize::from(one != other);
            diagonal = *cell;
            before = changed.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = done + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(FLAGS.is_sorted_by(|left, right| left.name < right.name));
    }

    #[test]
    fn slips_are_recognised() {
        for (slip, meant) in [
            ("--subnet-id", "--subnet-ids"),
            ("--vpcid", "--vpc-id"),
            ("-region", "--region"),
            ("--Service_Name", "--service-name"),
        ] {
            assert_eq!(nearest(slip).map(|flag| flag.name), Some(meant), "{slip}");
        }
        assert_eq!(nearest("--colour-scheme"), None);
        assert_eq!(abbreviated("--service").map(|flag| flag.name), Some("--service-name"));
        assert_eq!(abbreviated("--vpc-e").map(|flag| flag.name), Some("--vpc-endpoint-type"));
        assert_eq!(abbreviated("--"), None);
    }
}
