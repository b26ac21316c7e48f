//! The words of PrivateLink: services, connections and their states.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A provider's endpoint service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointService {
    /// `vpce-svc-` and 17 hexadecimal digits.
    pub id: String,
    /// The AWS region that it stands in.
    pub region: String,
    /// The provider's AWS account.
    pub owner: String,
    /// The availability zones that it can be reached from.
    pub zones: Vec<String>,
    /// Whether the provider must accept each connection.
    pub acceptance_required: bool,
}

impl EndpointService {
    /// The name that consumers put into `CreateVpcEndpoint`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("com.amazonaws.vpce.{}.{}", self.region, self.id)
    }
}

/// The states of an interface endpoint, spelled as EC2 answers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionState {
    /// The provider has not decided yet.
    PendingAcceptance,
    /// Accepted, and AWS is connecting the endpoint.
    Pending,
    /// Connected.
    Available,
    /// The provider refused it, before or after it was available.
    Rejected,
    /// AWS could not make it.
    Failed,
    /// The provider did not decide in time.
    Expired,
    /// Its maker deleted it, and AWS takes its time.
    Deleting,
}

impl ConnectionState {
    /// EC2's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "pendingAcceptance",
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Deleting => "deleting",
        }
    }
}

/// An interface endpoint as its maker describes it to PrivateLink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// The endpoint's ID.
    pub endpoint_id: String,
    /// The service that it connects to.
    pub service: EndpointService,
    /// The VPC that it stands in.
    pub vpc_id: String,
    /// Its subnets; without any it has no DNS names.
    pub subnet_ids: Vec<String>,
    /// Its security groups.
    pub security_group_ids: Vec<String>,
    /// The zones of its subnets.
    pub zones: Vec<String>,
}

/// What PrivateLink shows of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The endpoint's ID.
    pub endpoint_id: String,
    /// The name of the service that it connects to.
    pub service_name: String,
    /// The VPC that it stands in.
    pub vpc_id: String,
    /// Its subnets.
    pub subnet_ids: Vec<String>,
    /// Its security groups.
    pub security_group_ids: Vec<String>,
    /// Its state.
    pub state: ConnectionState,
    /// The regional DNS name and then one per zone; empty as long as AWS has not filled them in.
    pub dns_names: Vec<String>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What is known of a `ClientToken`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientToken {
    /// Not seen before.
    New,
    /// Used with the same parameters for this endpoint.
    Used(String),
    /// Used with other parameters.
    Mismatch,
}

/// Why a connection cannot be brought into a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No such endpoint.
    Unknown,
    /// Its present state does not allow it.
    Not(ConnectionState),
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => formatter.write_str("there is no such endpoint"),
            Self::Not(state) => write!(formatter, "the endpoint is {}", state.as_str()),
        }
    }
}
