//! The demo: an invitation to a person, or the whole way played by itself.
#![expect(clippy::print_stdout, reason = "a demo speaks to the person at the terminal")]

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::player::{PROJECT, Player, atlas_command};
use crate::stack::{Addresses, DatabaseUser};
use counterparts::atlas::deployments::public_seed_list;
use counterparts::atlas::printed::with_user;
use counterparts::help_desk::fields;

/// Says where a person can begin.
pub fn invite(addresses: &Addresses) {
    println!(
        "
The local stack is running. Play the customer:

  1. Help desk   {}   file a ticket; its thread shows what Causeway replies
  2. Atlas       {}   make a private endpoint with the VPC and subnets of the reply
  3. Portal      the link in the reply; paste the command from Atlas there, and when the endpoint is
                 accepted the connection string that Atlas shows

Ctrl-C stops everything.
",
        addresses.helpdesk, addresses.atlas
    );
}

/// Plays the customer and Atlas, and prints each step with its time.
///
/// # Errors
/// When a step does not go as it should.
pub async fn play(addresses: &Addresses) -> Result<()> {
    let player = Player::new(addresses);
    let clock = Instant::now();
    let step = |who: &str, what: &str| println!("{:>7.2} s  {who:<11} {what}", clock.elapsed().as_secs_f64());

    println!("\nOne onboarding, with the customer and Atlas played:\n");
    let ticket = player.file_ticket(&ticket()).await?;
    step("customer", &format!("files ticket {ticket}: PrivateLink for a dedicated cluster in US_EAST_1"));
    let link = player.link(&ticket, &format!("ticket-{ticket}")).await?;
    let shown = player.portal_state(&link, "awaiting-command").await?;
    step("Causeway", &format!("replies with {}, its subnets and the link", text(&shown["vpcId"])));
    let (service_id, service_name) = player.endpoint_service(PROJECT).await?;
    step("Atlas", &format!("prints the command for {service_name}"));

    let wrong = atlas_command(&shown, &service_name).replace(text(&shown["vpcId"]), "vpc-00000000000000000");
    let refused = player.bring_command(&link, &wrong).await?;
    anyhow::ensure!(refused.status == 422, "a command for another VPC was answered {}", refused.status);
    step("customer", "pastes a command for another VPC by mistake");
    step("Causeway", &format!("refuses it at once: {}", text(&refused.body["error"]["message"])));

    let pasted = Instant::now();
    let accepted = player.bring_command(&link, &atlas_command(&shown, &service_name)).await?;
    anyhow::ensure!(accepted.status == 202, "the command was answered {}: {}", accepted.status, accepted.body);
    step("customer", "pastes the right command");
    let shown = player.portal_state(&link, "awaiting-acceptance").await?;
    let endpoint = text(&shown["endpoint"]["id"]).to_owned();
    let until_endpoint = pasted.elapsed();
    step("Causeway", &format!("created {endpoint}, which is {}", text(&shown["endpoint"]["state"])));
    player.comment_with(&ticket, &endpoint, 1).await?;
    step("Causeway", "replies with the endpoint ID and where Atlas asks for it");

    player.finalize(PROJECT, &service_id, &endpoint).await?;
    step("customer", "finalizes in Atlas; Atlas accepts the endpoint");
    player.portal_state(&link, "awaiting-source").await?;
    player.comment_with(&ticket, "(source-wanted).", 1).await?;
    step("Causeway", "sees it accepted and asks for the connection string");

    let DatabaseUser { username, password } = addresses.database_user;
    let public = with_user(&format!("mongodb+srv://{}", public_seed_list(PROJECT)), username, password);
    let tried = player.bring_source(&link, &json!({ "connectionString": public })).await?;
    anyhow::ensure!(tried.status == 202, "the public connection string was answered {}: {}", tried.status, tried.body);
    step("customer", "gives the standard, public connection string by mistake");
    let shown = player.portal_state(&link, "awaiting-source").await?;
    step("Causeway", &format!("asks the DNS, and then again for a string: {}", text(&shown["error"])));
    let string = player.cluster_string(PROJECT, &endpoint).await?;
    let source = json!({ "connectionString": with_user(&string, username, password) });
    let accepted = player.bring_source(&link, &source).await?;
    anyhow::ensure!(accepted.status == 202, "the source was answered {}: {}", accepted.status, accepted.body);
    step("customer", &format!("gives the one for the private endpoint, {string}"));
    let shown = player.portal_state(&link, "connected").await?;
    for layer in shown["verification"]["layers"].as_array().into_iter().flatten() {
        step("Causeway", &format!("verifies {:<9} {}", text(&layer["name"]), text(&layer["evidence"])));
    }
    player.comment_with(&ticket, "(connected).", 1).await?;
    step("Causeway", "replies: connected");
    summary(&ticket, &endpoint, until_endpoint, clock.elapsed());
    Ok(())
}

fn summary(ticket: &str, endpoint: &str, until_endpoint: Duration, total: Duration) {
    println!(
        "
  ticket {ticket}: connected through {endpoint}
  from pasted command to endpoint ID: {:.2} s, waits of the definition at a hundredth of their length
  from ticket to connected:           {:.2} s
",
        until_endpoint.as_secs_f64(),
        total.as_secs_f64()
    );
}

fn ticket() -> serde_json::Value {
    json!({
        "subject": "PrivateLink for our Atlas cluster",
        "comment": {"body": "Please connect our Atlas cluster over AWS PrivateLink."},
        "tags": ["privatelink"],
        "custom_fields": fields::custom_fields(&json!({
            "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
            "atlas": {"region": "US_EAST_1", "target": "dedicated"},
        })),
    })
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}
