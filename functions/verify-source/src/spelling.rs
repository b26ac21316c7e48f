//! Which names are Atlas's, and the region that one is named for. What leads where, the alias decides ([`crate::ownership`]).

use shared::endpoint::EndpointName;
use shared::ids::Region;

/// What all of Atlas's names end in.
const ATLAS: &str = ".mongodb.net";

/// Whether a name may be looked up: one of Atlas's, or an interface endpoint's. Any other could be one inside of our
/// network, of which nobody is to learn anything.
pub(crate) fn is_looked_up(name: &str) -> bool {
    is_of_atlas(name) || EndpointName::read(name).is_some()
}

/// Whether a name stands in Atlas's domain.
pub(crate) fn is_of_atlas(name: &str) -> bool {
    name.ends_with(ATLAS)
}

/// The region in a host's name, `pl-0-us-east-1.abcde.mongodb.net`.
pub(crate) fn region(name: &str) -> Option<Region> {
    let label = name.strip_suffix(ATLAS)?.split('.').next()?;
    let (number, region) = label.strip_prefix("pl-")?.split_once('-')?;
    number.parse::<u8>().ok().and_then(|_| region.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_for_a_private_endpoint_tells_its_region() {
        let told = |name: &str| region(name).map(|region| region.as_str().to_owned());
        assert_eq!(told("pl-0-us-east-2.abcde.mongodb.net").as_deref(), Some("us-east-2"));
        for name in ["cluster0-pl-0.abcde.mongodb.net", "pl-0.abcde.mongodb.net", "pl-0-us-east-2.example.com"] {
            assert_eq!(told(name), None, "{name}");
        }
    }

    #[test]
    fn only_names_of_atlas_and_of_endpoints_are_looked_up() {
        let endpoint = "vpce-0123456789abcdef0-abcd1234.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";
        assert!(is_looked_up("cluster0.abcde.mongodb.net") && is_looked_up(endpoint));
        for name in ["mongodb.net.example.com", "examplemongodb.net", "db.internal"] {
            assert!(!is_looked_up(name), "{name}");
        }
    }
}
