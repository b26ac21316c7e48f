//! The second opinion of MongoDB's official driver, on the counterpart and on the intake.

use crate::world::user;
use counterparts::certificates::{Authority, Validity};
use counterparts::mongodb::{Mechanism, ReplicaSet, Role};
use source::{Given, Seeds, read};

/// What the counterpart of MongoDB is worth: the official driver finds its primary and logs in, or does not.
#[tokio::test]
async fn the_official_driver_takes_the_counterpart_for_mongodb() {
    let authority = Authority::new().unwrap();
    let anchor = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources-authority.pem");
    std::fs::write(&anchor, authority.pem()).unwrap();
    let users = vec![
        user("new", &[Mechanism::ScramSha1, Mechanism::ScramSha256], &[""]),
        user("old", &[Mechanism::ScramSha1], &[""]),
    ];
    let mut set = ReplicaSet::new("rs", "127.0.0.1", users);
    let tls = authority.server(&["127.0.0.1"], Validity::Current).unwrap();
    let secondary = set.add(Role::Secondary, tls.clone()).await.unwrap();
    set.add(Role::Primary, tls).await.unwrap();
    for (login, works) in [("new:p%40ss", true), ("old:p%40ss", true), ("new:wrong", false)] {
        let text = format!(
            "mongodb://{login}@127.0.0.1:{secondary}/?replicaSet=rs&tls=true&tlsCAFile={}&retryReads=false",
            anchor.display()
        );
        let client = mongodb::Client::with_uri_str(text).await.unwrap();
        let answer = client.database("admin").run_command(bson::doc! { "ping": 1 }).await;
        assert_eq!(answer.is_ok(), works, "{login}: {answer:?}");
        client.shutdown().immediate(true).await;
    }
    assert_eq!(set.logins(), ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
}

/// The official driver's second opinion on every connection string of the intake's table.
#[test]
fn the_official_driver_reads_connection_strings_as_the_intake_does() {
    let table: toml::Table =
        toml::from_str(include_str!("../../functions/shared/source/src/tests/strings.toml")).unwrap();
    let mut differences = Vec::new();
    for case in table["string"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let marked = |mark: &str| case.get(mark).is_some_and(|value| value.as_bool() == Some(true));
        let ours = read(&Given { connection_string: Some(text.to_owned().into()), ..Given::default() }, None);
        let theirs = mongodb::options::ConnectionString::parse(text);
        let (Ok(ours), Ok(theirs)) = (&ours, &theirs) else {
            let expected = (ours.is_ok() && !marked("driver_refuses")) || marked("stricter");
            if theirs.is_ok() != expected {
                differences.push(format!("{text}: the driver says {:?}", theirs.as_ref().map(|_| "yes")));
            }
            continue;
        };
        let credential = theirs.credential.as_ref().unwrap();
        assert_eq!(credential.username.as_deref(), Some(ours.source.username.as_str()), "{text}");
        assert_eq!(credential.password.as_deref(), Some(ours.source.password.reveal()), "{text}");
        assert_eq!(credential.source, ours.source.auth_source, "{text}");
        assert_eq!(theirs.default_database, ours.source.database, "{text}");
        assert_eq!(theirs.replica_set, ours.source.replica_set, "{text}");
        assert_eq!(theirs.direct_connection.unwrap_or_default(), ours.source.direct_connection, "{text}");
        assert_eq!(theirs.load_balanced.unwrap_or_default(), ours.source.load_balanced, "{text}");
        match (&ours.source.seeds, &theirs.host_info) {
            (Seeds::Srv { name, .. }, mongodb::options::HostInfo::DnsRecord(theirs)) => {
                assert_eq!(name, &theirs.to_lowercase(), "{text}");
            }
            (Seeds::Hosts(hosts), mongodb::options::HostInfo::HostIdentifiers(theirs)) => {
                let ours: Vec<String> = hosts.iter().map(ToString::to_string).collect();
                let theirs: Vec<String> = theirs.iter().map(ToString::to_string).collect();
                assert_eq!(ours, theirs, "{text}");
            }
            (ours, theirs) => panic!("{text}: {ours:?} and {theirs:?}"),
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
