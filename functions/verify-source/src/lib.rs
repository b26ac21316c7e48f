//! Verifies that a source works through the endpoint, in five layers: DNS, ownership, TCP, TLS, MongoDB.
//!
//! It speaks MongoDB's protocol itself instead of through the official driver. The driver resolves and dials names by
//! itself, again and again, so that nothing could be said about where it connects: an answer of the DNS may change
//! between our check and its own query. Here a name is resolved once, every address is checked against the subnets
//! ([`tcp`]), and the connection that was dialled to the checked address is the one that greets and logs in. What is
//! left of the protocol is three commands and SCRAM; the counterpart that tests it is itself tested with the driver.

mod config;
mod dns;
mod mongodb;
mod ownership;
mod regions;
mod report;
mod spelling;
mod tcp;
mod tls;

pub use config::Config;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use futures_util::future::join_all;
use ipnet::IpNet;
use serde::Deserialize;
use tokio::time::timeout;

use dns::{Names, Path, Traced};
use mongodb::hello::{self, Greeted, Hello};
use mongodb::login::Login;
use mongodb::preference;
use report::{Report, Stop};
use shared::endpoint::Endpoint;
use shared::ids::OnboardingId;
use shared::verification::{Verdict, Verification};
use source::{Host, MOST_HOSTS, Source};
use step::StepError;

/// The longest that one try lasts; the function may run for 60 seconds.
const TOTAL: Duration = Duration::from_secs(50);

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The onboarding, for the log.
    pub onboarding: OnboardingId,
    /// The endpoint that the source must be reached through.
    pub endpoint: Endpoint,
    /// The ranges of the subnets that the endpoint stands in; nothing is sent to an address outside of them.
    pub subnet_cidrs: Vec<IpNet>,
    /// The secret with the source.
    pub source_secret_arn: String,
    /// The version of it that was given.
    pub source_version_id: String,
}

/// What came of it.
pub type Output = Verification;

/// Verifies exactly the version of the source that was given, and makes one that works the current one. That it does not
/// work, or not yet, is an output.
///
/// # Errors
/// When the secret cannot be read, the resolver cannot be configured or there are no subnets.
pub async fn handle(secrets: &Client, config: &Config, input: Input) -> Result<Output, StepError> {
    if input.subnet_cidrs.is_empty() {
        return Err(StepError::InvalidInput("there are no ranges of subnets that could be connected to".to_owned()));
    }
    if input.endpoint.dns_name.is_none() {
        return Err(StepError::InvalidInput("the endpoint's DNS name is not known yet".to_owned()));
    }
    let source = secrets::source::read(secrets, &input.source_secret_arn, &input.source_version_id).await?;
    let names = Names::new(&config.dns_servers)?;
    let mut report = Report::default();
    let verified = timeout(TOTAL, verify(config, &names, &input, &source, &mut report)).await;
    let output = report.finish(verified.unwrap_or_else(|_| Err(Stop::slow("the whole verification", TOTAL))));
    if output.verdict == Verdict::Connected {
        secrets::source::make_current(secrets, &input.source_secret_arn, &input.source_version_id).await?;
    }
    tracing::info!(onboarding = %input.onboarding, verdict = ?output.verdict, "the source was tried");
    Ok(output)
}

async fn verify(
    config: &Config,
    names: &Names,
    input: &Input,
    source: &Source,
    report: &mut Report,
) -> Result<(), Stop> {
    let seeds = names.seeds(source).await?;
    let traced = names.trace_all(seeds.hosts).await;
    let in_one_region = regions::check(&traced, &input.endpoint, false);
    let evidence = dns::evidence(&traced);
    if in_one_region.is_err() && traced.iter().any(|traced| traced.path.is_ok()) {
        report.pass(&evidence);
    }
    in_one_region?;
    let paths = followed(traced)?;
    report.pass(&evidence);

    let owned = own(input, paths)?;
    report.pass(&ownership::evidence(&owned, &input.endpoint));

    let dialled = dial(owned).await?;
    report.pass(&tcp::evidence(&dialled));

    let secured = secure(config, input, dialled).await?;
    report.pass(&tls::evidence(&secured));

    let login = Login::new(source, seeds.auth_source);
    let load_balanced = source.load_balanced || seeds.load_balanced;
    let mut greeted = greet(secured, &login, load_balanced).await?;
    // A driver will connect to every member of the set, so each must lead through the endpoint as the seeds do.
    let members = names.trace_all(new_members(&greeted, source)?).await;
    regions::check(&members, &input.endpoint, true)?;
    greeted.extend(reach(config, input, members, &login, load_balanced).await?);
    preference::check(&greeted, source)?;
    let expected_set = source.replica_set.as_deref().or(seeds.replica_set.as_deref());
    let primary = hello::choose(&mut greeted, expected_set, source.direct_connection)?;
    let logged_in = login.run(primary).await?;
    report.pass(&format!("{}; {logged_in}", hello::evidence(&greeted)));
    Ok(())
}

/// All layers below the login for members that only the set names.
async fn reach(
    config: &Config,
    input: &Input,
    members: Vec<Traced>,
    login: &Login<'_>,
    load_balanced: bool,
) -> Result<Vec<Greeted>, Stop> {
    let mut greeted = Vec::new();
    for Traced { hosts, path, .. } in members {
        let path = path.map_err(|stop| stop.of_members(&hosts))?;
        for host in hosts {
            let member = [host.clone()];
            let one = async {
                let owned = own(input, vec![(host, path.clone())])?;
                greet(secure(config, input, dial(owned).await?).await?, login, load_balanced).await
            };
            greeted.extend(one.await.map_err(|stop| stop.of_members(&member))?);
        }
    }
    Ok(greeted)
}

/// The members that the set names beyond those that were greeted.
fn new_members(greeted: &[Greeted], source: &Source) -> Result<BTreeSet<Host>, Stop> {
    if source.direct_connection {
        return Ok(BTreeSet::new());
    }
    let known: BTreeSet<&Host> = greeted.iter().map(|server| &server.host).collect();
    let named = greeted.iter().flat_map(|server| &server.hello.hosts);
    let new: BTreeSet<Host> = named.filter(|host| !known.contains(host)).cloned().collect();
    if new.len() > MOST_HOSTS {
        return Err(Stop::ask_again(
            format!("the set names {} more members", new.len()),
            format!("The replica set names more than {MOST_HOSTS} members."),
            "Check that the connection string is the right cluster's.",
        ));
    }
    Ok(new)
}

/// Every host with its way, or why one has none.
fn followed(traced: Vec<Traced>) -> Result<Vec<(Host, Path)>, Stop> {
    let followed = report::all(traced.into_iter().map(|Traced { hosts, path, .. }| path.map(|path| (hosts, path))))?;
    Ok(followed.into_iter().flat_map(|(hosts, path)| hosts.into_iter().map(move |host| (host, path.clone()))).collect())
}

fn own(input: &Input, paths: Vec<(Host, Path)>) -> Result<Vec<ownership::Owned>, Stop> {
    report::all(
        paths.into_iter().map(|(host, path)| ownership::check(host, &path, &input.endpoint, &input.subnet_cidrs)),
    )
}

async fn dial(owned: Vec<ownership::Owned>) -> Result<Vec<tcp::Dialled>, Stop> {
    report::all(join_all(owned.into_iter().map(|owned| tcp::dial(owned.host, owned.addresses))).await)
}

async fn secure(config: &Config, input: &Input, dialled: Vec<tcp::Dialled>) -> Result<Vec<tls::Secured>, Stop> {
    report::all(join_all(dialled.into_iter().map(|host| tls::secure(config, &input.endpoint, host))).await)
}

async fn greet(secured: Vec<tls::Secured>, login: &Login<'_>, load_balanced: bool) -> Result<Vec<Greeted>, Stop> {
    let user = login.full_name();
    let greetings = secured.into_iter().map(|server| Hello::exchange(server, &user, load_balanced));
    report::all(join_all(greetings).await)
}
