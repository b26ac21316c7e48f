//! What the spelling of a host's name tells. It is a hint for sentences and no proof: nothing promises how Atlas names what
//! leads through a private endpoint, so that the DNS decides.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, quoted};

/// What all of Atlas's names end in.
const ATLAS: &str = ".mongodb.net";

/// What a name looks like that does not look like one for a private endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// `cluster0.abcde.mongodb.net`; a named connection string for a private endpoint may look so too.
    Standard,
    /// `cluster0-pri.abcde.mongodb.net`.
    Peering,
    /// `….a.query.mongodb.net` without `pl`, which the private names of federated database instances always have.
    PublicFederated,
}

impl Look {
    /// What a name of Atlas's looks like, unless it looks like one for a private endpoint.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let labels: Vec<&str> = name.strip_suffix(ATLAS)?.split('.').collect();
        let first = labels.first()?;
        if labels.last() == Some(&"query") {
            let has_pl = labels.iter().any(|label| label.split('-').any(|word| word == "pl"));
            return (!has_pl).then_some(Self::PublicFederated);
        }
        match () {
            () if is_private(first) => None,
            () if first.ends_with("-pri") => Some(Self::Peering),
            () => Some(Self::Standard),
        }
    }

    /// The remark on such a name.
    pub(crate) fn remark(self, name: &str) -> Diagnostic {
        let host = quoted(name);
        let (code, looks) = match self {
            Self::Standard => (Code::PublicHost, "the standard, public name of the cluster"),
            Self::Peering => (Code::PeeringHost, "the name for VPC peering"),
            Self::PublicFederated => {
                (Code::PublicHost, "the public name of a federated database instance or an archive")
            }
        };
        Diagnostic::new(code, format!("The host{host} looks like {looks}.")).hint(
            "That one does not lead through the private endpoint. In Atlas choose Connect > Private Endpoint and copy the \
             string from there.",
        )
    }
}

/// `cluster0-pl-0`, `cluster0-pl-0-lb`, `pl-0-us-east-1`. A cluster may have `pl` in its own name: a number follows here.
fn is_private(label: &str) -> bool {
    let mut behind = label.strip_prefix("pl-").into_iter().chain(label.split("-pl-").skip(1));
    behind.any(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_like_what_atlas_makes_them_for() {
        for (name, expected) in [
            ("cluster0-pl-0.abcde.mongodb.net", None),
            ("cluster0-pl-0-lb.abcde.mongodb.net", None),
            ("pl-0-us-east-1.abcde.mongodb.net", None),
            ("fdi-abcde-pl-0.a.query.mongodb.net", None),
            ("fdi-abcde.pl.virginia-usa.a.query.mongodb.net", None),
            ("db.example.com", None),
            ("mongodb.net", None),
            ("cluster0.abcde.mongodb.net", Some(Look::Standard)),
            ("cluster0-shard-00-00.abcde.mongodb.net", Some(Look::Standard)),
            ("simple-plan.abcde.mongodb.net", Some(Look::Standard)),
            // Clusters have names of their own.
            ("warsaw-pl-prod.abcde.mongodb.net", Some(Look::Standard)),
            ("sub-pri-east.abcde.mongodb.net", Some(Look::Standard)),
            ("cluster0-pri.abcde.mongodb.net", Some(Look::Peering)),
            ("cluster0-shard-00-00-pri.abcde.mongodb.net", Some(Look::Peering)),
            ("fdi-abcde.a.query.mongodb.net", Some(Look::PublicFederated)),
            ("archived-atlas-online-archive-abcde.virginia-usa.a.query.mongodb.net", Some(Look::PublicFederated)),
        ] {
            assert_eq!(Look::of(name), expected, "{name}");
        }
    }
}
