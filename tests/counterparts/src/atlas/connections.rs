//! Atlas as the provider in PrivateLink: it accepts what its customers submit, and sees what becomes of it.

use super::deployments::Accepted;
use crate::aws::private_link::{Connection, ConnectionState, PrivateLink};

/// Accepts a submitted endpoint; the error is for the customer.
pub(super) fn accept(private_link: &PrivateLink, endpoint_id: &str, service_name: &str) -> Result<(), String> {
    let Some(connection) = private_link.connection(endpoint_id) else {
        return Err(format!("No connection request of {endpoint_id} has arrived. Check the ID, or wait and retry."));
    };
    if connection.service_name != service_name {
        return Err(format!("{endpoint_id} was made for another endpoint service than {service_name}."));
    }
    if connection.subnet_ids.is_empty() {
        return Err(format!("{endpoint_id} was made without subnets and has no DNS entries."));
    }
    match connection.state {
        ConnectionState::PendingAcceptance => private_link.accept(endpoint_id).map_err(|refused| refused.to_string()),
        // Submitted once more.
        ConnectionState::Pending | ConnectionState::Available => Ok(()),
        state => Err(format!("{endpoint_id} is {} in AWS and cannot be accepted. Make a new one.", state.as_str())),
    }
}

/// Refuses or ends a connection; one that has ended already stays as it is.
pub(super) fn reject(private_link: &PrivateLink, endpoint_id: &str) {
    if let Err(refused) = private_link.reject(endpoint_id) {
        tracing::debug!("{endpoint_id} is not rejected: {refused}");
    }
}

/// The endpoint with its regional name, once it is accepted and has one.
pub(super) fn accepted(private_link: &PrivateLink, endpoint_id: &str) -> Option<Accepted> {
    let connection = private_link.connection(endpoint_id)?;
    let is_accepted = matches!(connection.state, ConnectionState::Pending | ConnectionState::Available);
    let dns_name = connection.dns_names.into_iter().next().filter(|_| is_accepted)?;
    Some(Accepted { endpoint_id: connection.endpoint_id, dns_name })
}

/// Why a connection that Atlas accepted is no longer one.
pub(super) fn loss(connection: &Connection) -> Option<String> {
    let Connection { endpoint_id, state, .. } = connection;
    match state {
        ConnectionState::PendingAcceptance | ConnectionState::Pending | ConnectionState::Available => None,
        ConnectionState::Rejected | ConnectionState::Failed | ConnectionState::Expired | ConnectionState::Deleting => {
            Some(format!("{endpoint_id} is {} in AWS.", state.as_str()))
        }
    }
}

/// `vpce-` and 17 (formerly 8) hexadecimal digits.
pub(super) fn is_endpoint_id(text: &str) -> bool {
    text.strip_prefix("vpce-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether a name is the endpoint's regional one: `vpce-<id>-<8 characters>.vpce-svc-<id>.<region>.vpce.amazonaws.com`.
pub(super) fn is_regional_name(name: &str, endpoint_id: &str, service_id: &str, region: &str) -> bool {
    let ending = format!(".{service_id}.{region}.vpce.amazonaws.com");
    name.strip_prefix(endpoint_id)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_suffix(&ending))
        .is_some_and(|suffix| suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_regional_name_of_this_endpoint_will_do() {
        let is = |name: &str| is_regional_name(name, "vpce-0123456789abcdef0", "vpce-svc-1", "eu-west-1");
        assert!(is("vpce-0123456789abcdef0-abcd1234.vpce-svc-1.eu-west-1.vpce.amazonaws.com"));
        assert!(!is("vpce-0123456789abcdef0-abcd1234-eu-west-1a.vpce-svc-1.eu-west-1.vpce.amazonaws.com"));
        assert!(!is("vpce-0123456789abcdef1-abcd1234.vpce-svc-1.eu-west-1.vpce.amazonaws.com"));
        assert!(!is("vpce-0123456789abcdef0-abcd1234.vpce-svc-2.eu-west-1.vpce.amazonaws.com"));
        assert!(!is("vpce-0123456789abcdef0-abcd1234.vpce-svc-1.us-east-1.vpce.amazonaws.com"));
    }

    #[test]
    fn an_endpoint_id_has_17_or_8_digits() {
        assert!(is_endpoint_id("vpce-0123456789abcdef0"));
        assert!(is_endpoint_id("vpce-01234567"));
        assert!(!is_endpoint_id("vpce-0123456789ABCDEF0"));
        assert!(!is_endpoint_id("vpce-svc-0123456789abcdef0"));
    }
}
