//! AWS regions: Atlas's names of them, their zones, and the service that all federated databases there share.

/// A region that Atlas offers.
#[derive(Debug)]
pub(super) struct Region {
    /// AWS's name.
    pub(super) name: &'static str,
    letters: &'static str,
    /// Of federated database instances and Online Archive; one for all customers.
    pub(super) shared_service: Option<&'static str>,
}

impl Region {
    /// Its availability zones.
    pub(super) fn zones(&self) -> Vec<String> {
        self.letters.chars().map(|letter| format!("{}{letter}", self.name)).collect()
    }

    /// Atlas's name: `eu-west-1` is `EU_WEST_1`.
    pub(super) fn atlas_name(&self) -> String {
        self.name.to_ascii_uppercase().replace('-', "_")
    }

    /// The region of either name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        REGIONS.iter().find(|region| region.name == name)
    }

    const fn new(name: &'static str, letters: &'static str, shared_service: Option<&'static str>) -> Self {
        Self { name, letters, shared_service }
    }
}

/// The zones are those that moto has.
pub(super) const REGIONS: &[Region] = &[
    Region::new("us-east-1", "abcdef", Some("vpce-svc-00e311695874992b4")),
    Region::new("us-east-2", "abc", None),
    Region::new("us-west-1", "ab", None),
    Region::new("us-west-2", "abcd", Some("vpce-svc-09d86b19e59d1b4bb")),
    Region::new("ca-central-1", "abd", Some("vpce-svc-08564bb8ccae8ba64")),
    Region::new("sa-east-1", "abc", Some("vpce-svc-0b56e75e8cdf50044")),
    Region::new("eu-central-1", "abc", Some("vpce-svc-0ac8ce91871138c0d")),
    Region::new("eu-north-1", "abc", None),
    Region::new("eu-west-1", "abc", Some("vpce-svc-0824460b72e1a420e")),
    Region::new("eu-west-2", "abc", Some("vpce-svc-052f1840aa0c4f1f9")),
    Region::new("eu-west-3", "abc", None),
    Region::new("ap-northeast-1", "acd", Some("vpce-svc-0b63834ecd618a332")),
    Region::new("ap-northeast-2", "abcd", None),
    Region::new("ap-south-1", "abc", Some("vpce-svc-03eb8a541f96d356d")),
    Region::new("ap-southeast-1", "abc", Some("vpce-svc-07728d2dfd2860efb")),
    Region::new("ap-southeast-2", "abc", Some("vpce-svc-036f1de74d761706e")),
];
