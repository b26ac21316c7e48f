use crate::target::{Deployment, UnreadTarget, target};
use shared::target::Target;

#[test]
fn a_target_is_read_as_atlas_and_people_call_it() {
    let cases: [(Target, &[&str]); 3] = [
        (
            Target::Dedicated,
            &[
                "dedicated",
                "Dedicated cluster",
                "dedicated_cluster",
                "Dedicated Cluster (M10+)",
                "M10+",
                "M30",
                "M40_NVME",
                "R40",
                "an M50 cluster",
                "atlas_dedicated",
                "Atlas Infinite",
                "privatelink_target__dedicated",
            ],
        ),
        (
            Target::Federated,
            &[
                "federated",
                "Atlas Data Federation",
                "federated database instance",
                "federated_database_instance",
                "Data Federation",
                "Federated Database Instance / Online Archive",
                "Atlas Data Lake",
            ],
        ),
        (
            Target::OnlineArchive,
            &["online-archive", "Online Archive", "online_archive", "Atlas Online Archive", "archive"],
        ),
    ];
    for (expected, spellings) in cases {
        for said in spellings {
            assert_eq!(target(said), Ok(Deployment::Reached(expected)), "{said}");
        }
    }
}

#[test]
fn what_has_no_private_endpoint_is_told_from_what_cannot_be_read() {
    for said in ["M0", "Free", "M0 (Free)", "M2", "shared_cluster", "Flex", "flex cluster", "Serverless instance"] {
        assert!(matches!(target(said), Ok(Deployment::Unreached(_))), "{said}: {:?}", target(said));
    }
    for said in
        ["a cluster", "M1", "M", "dedicated or flex", "not federated", "dedicated, federated", "x".repeat(201).as_str()]
    {
        assert_eq!(target(said), Err(UnreadTarget::Unknown), "{said}");
    }
    for said in ["", "-", "?", "not sure", "not_sure", "I don't know", "unknown", "n/a", "TBD"] {
        assert_eq!(target(said), Err(UnreadTarget::Unsure), "{said}");
    }
}
