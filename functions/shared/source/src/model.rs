//! The source: how to reach and log in to a deployment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::secret_text::SecretText;

/// How to reach and log in to the customer's deployment, always by TLS. Its JSON is what the secret holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Where to begin.
    pub seeds: Seeds,
    /// The database user.
    pub username: String,
    /// The user's password.
    pub password: SecretText,
    /// The database to read from, when one is named.
    #[serde(default)]
    pub database: Option<String>,
    /// The database that knows the user, when one is named; otherwise it is the DNS's, `database` or `admin`.
    #[serde(default)]
    pub auth_source: Option<String>,
    /// How to log in, when that is not left to the server.
    #[serde(default)]
    pub mechanism: Option<Mechanism>,
    /// The replica set's name, when one is named.
    #[serde(default)]
    pub replica_set: Option<String>,
    /// Whether only the one host that is named is to be used.
    #[serde(default)]
    pub direct_connection: bool,
    /// Whether a load balancer stands before the deployment.
    #[serde(default)]
    pub load_balanced: bool,
    /// The other options of the connection string, which do not change how it is reached.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// Where a driver begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Seeds {
    /// A list of hosts in the DNS, of a `mongodb+srv` string.
    Srv {
        /// The name that has the list, `cluster0-pl-0.abcde.mongodb.net`.
        name: String,
        /// The service's name in the DNS, `mongodb` unless the string says otherwise.
        service: String,
    },
    /// Hosts by name.
    Hosts(Vec<Host>),
}

/// A way to log in by user name and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// SCRAM with SHA-1.
    #[serde(rename = "SCRAM-SHA-1")]
    ScramSha1,
    /// SCRAM with SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
}

impl Mechanism {
    /// The name that MongoDB knows it by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }
}
