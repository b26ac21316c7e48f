//! A command that was accepted, and what comes of it in a sentence.

use crate::diagnostic::Diagnostic;
use crate::request::listed;
use shared::network::Network;
use shared::request::EndpointRequest;

/// A command that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What was read out of it.
    pub request: EndpointRequest,
    /// Remarks, in the order of the text: ignored flags, characters read as others.
    pub notes: Vec<Diagnostic>,
    /// The flags that were given and have no effect, as the AWS CLI writes them.
    pub ignored: Vec<&'static str>,
}

impl Accepted {
    /// In one line what will be created, where and with what, and which flags were ignored.
    #[must_use]
    pub fn preview(&self, network: &Network) -> String {
        let subnets = &self.request.subnet_ids;
        let mut line = format!(
            "An interface endpoint for {} in {}, VPC {}, {} {}; private DNS off",
            self.request.service_name,
            network.region,
            network.vpc_id,
            if subnets.len() == 1 { "subnet" } else { "subnets" },
            listed(subnets, ", "),
        );
        if !self.ignored.is_empty() {
            line.push_str("; ignored: ");
            line.push_str(&self.ignored.join(", "));
        }
        line.push('.');
        line
    }
}
