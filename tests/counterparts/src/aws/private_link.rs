//! What AWS PrivateLink keeps between a provider and its consumers: endpoint services and the state of each connection.
//!
//! One handle is shared by the consumer's side (`edge`) and the provider's side (`atlas`), as AWS stands between both.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

pub use self::model::{ClientToken, Connection, ConnectionState, EndpointService, NewConnection, Refused};

mod model;

/// AWS's default quota of interface endpoints per VPC.
const DEFAULT_ENDPOINT_LIMIT: usize = 50;

/// AWS fills in the DNS names some time after the endpoint was made; here it is from this Describe on.
const DESCRIBES_UNTIL_DNS: u32 = 2;

/// The shared handle; a clone is the same PrivateLink.
#[derive(Debug, Clone, Default)]
pub struct PrivateLink {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    services: BTreeMap<String, EndpointService>,
    endpoints: BTreeMap<String, Endpoint>,
    tokens: HashMap<String, (String, String)>,
    endpoint_limit: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            services: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            tokens: HashMap::new(),
            endpoint_limit: DEFAULT_ENDPOINT_LIMIT,
        }
    }
}

#[derive(Debug)]
struct Endpoint {
    made: NewConnection,
    suffix: String,
    state: ConnectionState,
    /// Whether the state, which AWS leaves by itself, was shown once.
    passing_was_shown: bool,
    describes: u32,
    failure: Option<String>,
}

impl Endpoint {
    fn show(&self) -> Connection {
        Connection {
            endpoint_id: self.made.endpoint_id.clone(),
            service_name: self.made.service.name(),
            vpc_id: self.made.vpc_id.clone(),
            subnet_ids: self.made.subnet_ids.clone(),
            security_group_ids: self.made.security_group_ids.clone(),
            state: self.state,
            dns_names: if self.describes < DESCRIBES_UNTIL_DNS { Vec::new() } else { self.dns_names() },
            failure: self.failure.clone(),
        }
    }

    fn dns_names(&self) -> Vec<String> {
        if self.made.subnet_ids.is_empty() {
            return Vec::new();
        }
        let NewConnection { endpoint_id, service, zones, .. } = &self.made;
        let name = |zone: &str| {
            format!("{endpoint_id}-{}{zone}.{}.{}.vpce.amazonaws.com", self.suffix, service.id, service.region)
        };
        std::iter::once(name("")).chain(zones.iter().map(|zone| name(&format!("-{zone}")))).collect()
    }
}

impl PrivateLink {
    /// An empty PrivateLink.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a service with a new ID that requires acceptance.
    #[must_use]
    pub fn add_service(&self, region: &str, owner: &str, zones: &[String]) -> EndpointService {
        let digits = Uuid::new_v4().simple().to_string().split_off(15);
        let service = EndpointService {
            id: format!("vpce-svc-{digits}"),
            region: region.to_owned(),
            owner: owner.to_owned(),
            zones: zones.to_vec(),
            acceptance_required: true,
        };
        self.register_service(service.clone());
        service
    }

    /// Puts a service with a known ID there; one with the same name is replaced.
    pub fn register_service(&self, service: EndpointService) {
        self.lock().services.insert(service.name(), service);
    }

    /// Takes a service away: its name is unknown from then on.
    pub fn remove_service(&self, name: &str) {
        self.lock().services.remove(name);
    }

    /// The service of that name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<EndpointService> {
        self.lock().services.get(name).cloned()
    }

    /// All services of a region, by name.
    #[must_use]
    pub fn services(&self, region: &str) -> Vec<EndpointService> {
        self.lock().services.values().filter(|service| service.region == region).cloned().collect()
    }

    /// Sets how many interface endpoints a VPC can have.
    pub fn set_endpoint_limit(&self, per_vpc: usize) {
        self.lock().endpoint_limit = per_vpc;
    }

    /// Whether the VPC has as many endpoints as it can have.
    #[must_use]
    pub fn is_full(&self, vpc_id: &str) -> bool {
        let state = self.lock();
        state.endpoints.values().filter(|endpoint| endpoint.made.vpc_id == vpc_id).count() >= state.endpoint_limit
    }

    /// What is known of a client token; `parameters` is any text that is the same for the same request.
    #[must_use]
    pub fn client_token(&self, token: &str, parameters: &str) -> ClientToken {
        match self.lock().tokens.get(token) {
            None => ClientToken::New,
            Some((known, endpoint_id)) if known == parameters => ClientToken::Used(endpoint_id.clone()),
            Some(_) => ClientToken::Mismatch,
        }
    }

    /// Remembers a client token. Deleting the endpoint does not free it.
    pub fn remember_client_token(&self, token: &str, parameters: &str, endpoint_id: &str) {
        self.lock().tokens.insert(token.to_owned(), (parameters.to_owned(), endpoint_id.to_owned()));
    }

    /// Records a new endpoint; it waits for the provider if the service requires acceptance.
    pub fn connect(&self, made: NewConnection) {
        let state = if made.service.acceptance_required {
            ConnectionState::PendingAcceptance
        } else {
            ConnectionState::Pending
        };
        let endpoint =
            Endpoint { state, suffix: eight_characters(), passing_was_shown: false, describes: 0, failure: None, made };
        self.lock().endpoints.insert(endpoint.made.endpoint_id.clone(), endpoint);
    }

    /// Looks at an endpoint without any effect.
    #[must_use]
    pub fn connection(&self, endpoint_id: &str) -> Option<Connection> {
        self.lock().endpoints.get(endpoint_id).map(Endpoint::show)
    }

    /// All endpoints that use the security group or stand in the subnet.
    #[must_use]
    pub fn users_of(&self, group_or_subnet_id: &str) -> Vec<String> {
        let uses = |endpoint: &&Endpoint| {
            let NewConnection { subnet_ids, security_group_ids, .. } = &endpoint.made;
            subnet_ids.iter().chain(security_group_ids).any(|id| id == group_or_subnet_id)
        };
        self.lock().endpoints.values().filter(uses).map(|endpoint| endpoint.made.endpoint_id.clone()).collect()
    }

    /// Shows an endpoint to its maker, which is also what lets time pass for it: after acceptance it is `pending`
    /// once and then `available`, after its deletion it is `deleting` once and then gone, and its DNS names are there
    /// from the second time on.
    #[must_use]
    pub fn describe(&self, endpoint_id: &str) -> Option<Connection> {
        let mut state = self.lock();
        let endpoint = state.endpoints.get_mut(endpoint_id)?;
        endpoint.describes = endpoint.describes.saturating_add(1);
        match endpoint.state {
            ConnectionState::Pending if endpoint.passing_was_shown => endpoint.state = ConnectionState::Available,
            ConnectionState::Deleting if endpoint.passing_was_shown => {
                state.endpoints.remove(endpoint_id);
                return None;
            }
            ConnectionState::Pending | ConnectionState::Deleting => endpoint.passing_was_shown = true,
            _ => {}
        }
        Some(endpoint.show())
    }

    /// The maker deletes an endpoint. It is there, with all that it uses, until it was described twice.
    pub fn delete(&self, endpoint_id: &str) {
        if let Some(endpoint) = self.lock().endpoints.get_mut(endpoint_id)
            && endpoint.state != ConnectionState::Deleting
        {
            endpoint.state = ConnectionState::Deleting;
            endpoint.passing_was_shown = false;
        }
    }

    /// The provider accepts the connection.
    ///
    /// # Errors
    /// The endpoint is unknown or does not wait for acceptance.
    pub fn accept(&self, endpoint_id: &str) -> Result<(), Refused> {
        self.change(endpoint_id, &[ConnectionState::PendingAcceptance], ConnectionState::Pending, None)
    }

    /// The provider rejects the connection, which it can do at any time.
    ///
    /// # Errors
    /// The endpoint is unknown or has ended already.
    pub fn reject(&self, endpoint_id: &str) -> Result<(), Refused> {
        self.change(endpoint_id, &ALIVE, ConnectionState::Rejected, None)
    }

    /// AWS gives up on the connection.
    ///
    /// # Errors
    /// The endpoint is unknown or has ended already.
    pub fn fail(&self, endpoint_id: &str, reason: &str) -> Result<(), Refused> {
        self.change(endpoint_id, &ALIVE, ConnectionState::Failed, Some(reason.to_owned()))
    }

    /// The provider's time to accept runs out.
    ///
    /// # Errors
    /// The endpoint is unknown or does not wait for acceptance.
    pub fn expire(&self, endpoint_id: &str) -> Result<(), Refused> {
        self.change(endpoint_id, &[ConnectionState::PendingAcceptance], ConnectionState::Expired, None)
    }

    fn change(
        &self,
        endpoint_id: &str,
        from: &[ConnectionState],
        to: ConnectionState,
        failure: Option<String>,
    ) -> Result<(), Refused> {
        let mut state = self.lock();
        let endpoint = state.endpoints.get_mut(endpoint_id).ok_or(Refused::Unknown)?;
        if !from.contains(&endpoint.state) {
            return Err(Refused::Not(endpoint.state));
        }
        endpoint.state = to;
        endpoint.failure = failure;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the maps whole: each change is a single insert, remove or assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const ALIVE: [ConnectionState; 3] =
    [ConnectionState::PendingAcceptance, ConnectionState::Pending, ConnectionState::Available];

/// The part between the endpoint's ID and the service's ID in its DNS names.
fn eight_characters() -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    Uuid::new_v4().as_bytes().iter().take(8).map(|byte| char::from(ALPHABET[usize::from(byte % 36)])).collect()
}

#[cfg(test)]
mod tests;
