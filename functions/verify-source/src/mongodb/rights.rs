//! What the user may read. The path of a connection string names a database to log in at, and not always one to read.

use std::collections::BTreeSet;

use bson::{Bson, Document};

use crate::mongodb::hello::shown;
use crate::mongodb::wire;

/// The servers' own databases: whoever may read them alone, as monitoring may, reads nothing of the customer's.
const OWN: [&str; 2] = ["config", "local"];
/// How many databases are told by name.
const MOST: usize = 5;

/// The databases in which a user may read something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// In every one.
    Every,
    /// In these, of which there may be none.
    Some(BTreeSet<String>),
}

impl Readable {
    /// Reads the privileges that a server tells of a user.
    pub(crate) fn of(privileges: &[Bson]) -> Self {
        let mut databases = BTreeSet::new();
        for privilege in privileges.iter().filter_map(Bson::as_document).filter(|privilege| lets_find(privilege)) {
            let Ok(resource) = privilege.get_document("resource") else { continue };
            let is_own = resource.get_str("collection").is_ok_and(|collection| collection.starts_with("system."));
            match resource.get_str("db") {
                Ok("") if !is_own => return Self::Every,
                Ok(database) if !is_own && !OWN.contains(&database) => {
                    databases.insert(database.to_owned());
                }
                Err(_) if wire::is_true(resource, "anyResource") => return Self::Every,
                _ => {}
            }
        }
        Self::Some(databases)
    }

    /// What the user may read, and that the database that the source names is not among it; nothing if there is none.
    pub(crate) fn describe(&self, wanted: Option<&str>) -> Option<String> {
        let databases = match self {
            Self::Every => return Some("may read every database".to_owned()),
            Self::Some(databases) if databases.is_empty() => return None,
            Self::Some(databases) => databases,
        };
        let first = databases.iter().take(MOST).map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(", ");
        let more = databases.len().checked_sub(MOST).filter(|more| *more > 0);
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        let missing = wanted.filter(|wanted| !databases.contains(*wanted));
        let missing = missing.map(|wanted| format!(", and not `{}`", shown(wanted))).unwrap_or_default();
        Some(format!("may read {first}{more}{missing}"))
    }
}

fn lets_find(privilege: &Document) -> bool {
    privilege.get_array("actions").is_ok_and(|actions| actions.contains(&Bson::String("find".to_owned())))
}
