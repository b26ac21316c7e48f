//! What of Atlas an endpoint is to lead to, as people write it.

use std::collections::BTreeSet;

use crate::LONGEST;
use crate::doubt::{is_doubt, is_unsure};
use crate::words::{is_number, pieces, words};
use shared::target::Target;

/// A deployment of Atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// A private endpoint can lead to it.
    Reached(Target),
    /// It has no private endpoint, whichever of these it is.
    Unreached(&'static str),
}

/// Why a text is not read as a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreadTarget {
    /// It names none, or more than one.
    Unknown,
    /// It says that nobody knows yet; which the service's name tells later.
    Unsure,
}

/// The kinds of deployment, by what they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Dedicated,
    Federated,
    OnlineArchive,
    Free,
    Shared,
    Flex,
    Serverless,
}

/// Reads a target as somebody wrote it: `Dedicated cluster`, `M30`, `online_archive`, `Atlas Data Federation`.
///
/// # Errors
/// When it cannot be read, or might be another one.
pub fn target(said: &str) -> Result<Deployment, UnreadTarget> {
    if said.len() > LONGEST {
        return Err(UnreadTarget::Unknown);
    }
    let pieces = pieces(said);
    if is_unsure(&words(&pieces)) {
        return Err(UnreadTarget::Unsure);
    }
    let kinds: BTreeSet<Kind> = pieces.iter().filter_map(|piece| Kind::of(piece)).collect();
    // Atlas's own tab names both, and the endpoint is the same.
    let is_shared_service = kinds == BTreeSet::from([Kind::Federated, Kind::OnlineArchive]);
    if is_shared_service {
        return Ok(Deployment::Reached(Target::Federated));
    }
    match Vec::from_iter(kinds)[..] {
        [kind] if !pieces.iter().any(|piece| is_doubt(piece)) => Ok(kind.deployment()),
        _ => Err(UnreadTarget::Unknown),
    }
}

impl Kind {
    fn of(piece: &str) -> Option<Self> {
        Some(match piece {
            "dedicated" | "infinite" | "sharded" => Self::Dedicated,
            "federated" | "federation" | "datafederation" | "lake" | "datalake" => Self::Federated,
            "archive" | "archives" | "onlinearchive" => Self::OnlineArchive,
            "free" | "m0" => Self::Free,
            "shared" | "m2" | "m5" => Self::Shared,
            "flex" => Self::Flex,
            "serverless" => Self::Serverless,
            _ if is_dedicated_tier(piece) => Self::Dedicated,
            _ => return None,
        })
    }

    const fn deployment(self) -> Deployment {
        match self {
            Self::Dedicated => Deployment::Reached(Target::Dedicated),
            Self::Federated => Deployment::Reached(Target::Federated),
            Self::OnlineArchive => Deployment::Reached(Target::OnlineArchive),
            Self::Free => Deployment::Unreached("free cluster"),
            Self::Shared => Deployment::Unreached("shared cluster"),
            Self::Flex => Deployment::Unreached("flex cluster"),
            Self::Serverless => Deployment::Unreached("serverless instance"),
        }
    }
}

/// Whether a piece is the size of a cluster, which says nothing of its region.
pub(crate) fn is_tier(piece: &str) -> bool {
    ["m0", "m2", "m5"].contains(&piece) || is_dedicated_tier(piece)
}

/// `M10` and larger, and `R40` and larger, which have less processor.
fn is_dedicated_tier(piece: &str) -> bool {
    let size = piece.strip_prefix('m').or_else(|| piece.strip_prefix('r'));
    size.is_some_and(|size| (2..=4).contains(&size.len()) && is_number(size) && !size.starts_with('0'))
}
