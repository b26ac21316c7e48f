//! What can be seen from outside: EC2 and Step Functions, over their own APIs.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Context, Result, anyhow};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, IpPermission, Tag, VpcEndpoint};
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::deploy::STACK;
use crate::player::eventually;
use crate::stack::{self, Addresses};

/// Clients for a local stack.
#[derive(Debug)]
pub struct World {
    /// The bus.
    pub events: aws_sdk_eventbridge::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    ec2: aws_sdk_ec2::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sfn: aws_sdk_sfn::Client,
    state_machine_arn: String,
    closing_state_machine_arn: String,
    table: String,
}

/// An execution as it is now.
#[derive(Debug)]
pub struct Execution {
    /// Its name.
    pub name: String,
    /// As Step Functions names it.
    pub status: String,
    /// The output, or the cause of the failure; null while it runs.
    pub result: Value,
}

impl Execution {
    fn has_ended(&self) -> bool {
        self.status != ExecutionStatus::Running.as_str()
    }
}

impl World {
    /// Clients for the stack at these addresses.
    pub async fn new(addresses: &Addresses) -> Self {
        let aws = stack::config(&addresses.aws).await;
        Self {
            events: aws_sdk_eventbridge::Client::new(&aws),
            dynamodb: aws_sdk_dynamodb::Client::new(&aws),
            ec2: aws_sdk_ec2::Client::new(&stack::config(&addresses.ec2).await),
            secrets: aws_sdk_secretsmanager::Client::new(&aws),
            sfn: aws_sdk_sfn::Client::new(&aws),
            state_machine_arn: addresses.state_machine_arn.clone(),
            closing_state_machine_arn: addresses.closing_state_machine_arn.clone(),
            table: addresses.table.clone(),
        }
    }

    fn arn(&self, execution: &str) -> String {
        arn(&self.state_machine_arn, execution)
    }

    async fn execution(&self, name: &str) -> Result<Option<Execution>> {
        self.described(&self.state_machine_arn, name).await
    }

    async fn described(&self, machine: &str, name: &str) -> Result<Option<Execution>> {
        let execution = match self.sfn.describe_execution().execution_arn(arn(machine, name)).send().await {
            Ok(execution) => execution,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_execution_does_not_exist()) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let succeeded = *execution.status() == ExecutionStatus::Succeeded;
        let result = if succeeded { execution.output() } else { execution.cause() }.unwrap_or("null");
        let result = serde_json::from_str(result).unwrap_or_else(|_| Value::String(result.to_owned()));
        Ok(Some(Execution { name: name.to_owned(), status: execution.status().as_str().to_owned(), result }))
    }

    /// Waits until the execution has ended.
    ///
    /// # Errors
    /// When it does not end, or AWS does not answer.
    pub async fn ended(&self, execution: &str) -> Result<Execution> {
        let ended = async || Ok(self.execution(execution).await?.filter(Execution::has_ended));
        eventually(ended).await.with_context(|| format!("{execution} does not end"))
    }

    /// Whether an execution was started and has ended.
    ///
    /// # Errors
    /// When AWS does not answer.
    pub async fn has_ended(&self, execution: &str) -> Result<bool> {
        Ok(self.execution(execution).await?.is_some_and(|execution| execution.has_ended()))
    }

    /// The executions of all rounds of a ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn executions_of(&self, ticket: &str) -> Result<Vec<Execution>> {
        let list = self.sfn.list_executions().state_machine_arn(&self.state_machine_arn);
        let all: Vec<_> = list.into_paginator().items().send().collect::<Result<_, _>>().await?;
        let own = format!("ticket-{ticket}");
        let mut found = Vec::new();
        for item in all.iter().filter(|item| item.name() == own || item.name().starts_with(&format!("{own}_"))) {
            found.extend(self.execution(item.name()).await?);
        }
        Ok(found)
    }

    /// The closings of an execution's onboarding, by their numbers: `<id>_c1` first.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn closings_of(&self, execution: &str) -> Result<Vec<Execution>> {
        let own = format!("{}_c", self.onboarding(execution));
        let list = self.sfn.list_executions().state_machine_arn(&self.closing_state_machine_arn);
        let all: Vec<_> = list.into_paginator().items().send().collect::<Result<_, _>>().await?;
        let mut numbers: Vec<u32> =
            all.iter().filter_map(|item| item.name().strip_prefix(&own)?.parse().ok()).collect();
        numbers.sort_unstable();
        let mut found = Vec::new();
        for number in numbers {
            found.extend(self.described(&self.closing_state_machine_arn, &format!("{own}{number}")).await?);
        }
        Ok(found)
    }

    /// Stops an execution, as somebody does in the console.
    ///
    /// # Errors
    /// When AWS does not answer, or it has ended otherwise.
    pub async fn stop_execution(&self, execution: &str) -> Result<()> {
        self.sfn.stop_execution().execution_arn(self.arn(execution)).send().await?;
        Ok(())
    }

    /// Stops a closing, by its name.
    ///
    /// # Errors
    /// When AWS does not answer, or it has ended otherwise.
    pub async fn stop_closing(&self, closing: &str) -> Result<()> {
        self.sfn.stop_execution().execution_arn(arn(&self.closing_state_machine_arn, closing)).send().await?;
        Ok(())
    }

    /// Switches the rule off, or on again, by which the stack hears that an execution of its onboardings has ended.
    ///
    /// # Errors
    /// When AWS does not answer, or there is no such rule.
    pub async fn hear_of_ends(&self, on: bool) -> Result<()> {
        let rules = self.events.list_rules().send().await?;
        let ours = |rule: &&aws_sdk_eventbridge::types::Rule| {
            rule.event_pattern().is_some_and(|pattern| pattern.contains(&format!("\"{}\"", self.state_machine_arn)))
        };
        let rule = rules.rules().iter().find(ours).and_then(|rule| rule.name()).context("there is no rule")?;
        if on {
            self.events.enable_rule().name(rule).send().await?;
        } else {
            self.events.disable_rule().name(rule).send().await?;
        }
        Ok(())
    }

    /// The events of an execution, and of the closings of its onboarding.
    async fn events(&self, execution: &str) -> Result<Vec<HistoryEvent>> {
        let mut arns = vec![self.arn(execution)];
        let closings = self.closings_of(execution).await?;
        arns.extend(closings.iter().map(|closing| arn(&self.closing_state_machine_arn, &closing.name)));
        let mut found = Vec::new();
        for arn in arns {
            let events = self.sfn.get_execution_history().execution_arn(arn).into_paginator().items().send();
            found.extend(events.collect::<Result<Vec<_>, _>>().await?);
        }
        Ok(found)
    }

    /// The states that an execution and the closings of its onboarding entered, each once, in the order of their first time.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn states(&self, execution: &str) -> Result<Vec<String>> {
        let events = self.events(execution).await?;
        let mut states: Vec<String> = Vec::new();
        for entered in events.iter().filter_map(|event| event.state_entered_event_details()) {
            if !states.iter().any(|known| known == entered.name()) {
                states.push(entered.name().to_owned());
            }
        }
        Ok(states)
    }

    /// How often an execution, and the closings of its onboarding, entered a state.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn times_entered(&self, execution: &str, state: &str) -> Result<usize> {
        let events = self.events(execution).await?;
        let entered = events.iter().filter_map(|event| event.state_entered_event_details());
        Ok(entered.filter(|entered| entered.name() == state).count())
    }

    /// What an execution, and the closings of its onboarding, went through, a line for each state that was entered and each
    /// task that failed, oldest first.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn trail(&self, execution: &str) -> Result<Vec<String>> {
        let line = |event: &HistoryEvent| {
            let (what, why) = if let Some(entered) = event.state_entered_event_details() {
                (entered.name(), String::new())
            } else if let Some(failed) = event.task_failed_event_details() {
                (failed.error().unwrap_or_default(), failed.cause().unwrap_or_default().to_owned())
            } else {
                let failed = event.execution_failed_event_details()?;
                (failed.error().unwrap_or_default(), failed.cause().unwrap_or_default().to_owned())
            };
            Some(format!("{} {what} {why}", event.timestamp().secs()))
        };
        Ok(self.events(execution).await?.iter().filter_map(line).collect())
    }

    /// How many answers of the customer have resumed an execution.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn answers_taken(&self, execution: &str) -> Result<usize> {
        let events = self.events(execution).await?;
        let succeeded = events.iter().filter_map(|event| event.task_succeeded_event_details());
        Ok(succeeded.filter(|details| details.resource().ends_with(".waitForTaskToken")).count())
    }

    /// When an execution first entered this state, in seconds of Unix time; nothing while it has not.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn entered(&self, state: &str, execution: &str) -> Result<Option<f64>> {
        let is_it =
            |event: &HistoryEvent| event.state_entered_event_details().is_some_and(|entered| entered.name() == state);
        let events = self.events(execution).await?;
        Ok(events.iter().find(|event| is_it(event)).map(|event| event.timestamp().as_secs_f64()))
    }

    /// All that the history of an execution, and of the closings of its onboarding, tells of inputs, outputs and causes; the
    /// SDK's own format leaves them out.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn history(&self, execution: &str) -> Result<String> {
        let events = self.events(execution).await?;
        let texts = events.iter().flat_map(|event| {
            [
                event.execution_started_event_details().and_then(|details| details.input()),
                event.state_entered_event_details().and_then(|details| details.input()),
                event.state_exited_event_details().and_then(|details| details.output()),
                event.task_scheduled_event_details().map(|details| details.parameters()),
                event.task_succeeded_event_details().and_then(|details| details.output()),
                event.task_failed_event_details().and_then(|details| details.cause()),
                event.execution_succeeded_event_details().and_then(|details| details.output()),
                event.execution_failed_event_details().and_then(|details| details.cause()),
            ]
        });
        Ok(texts.flatten().collect::<Vec<_>>().join("\n"))
    }

    /// An execution's item in the register; nothing while it has none.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn item(&self, execution: &str) -> Result<Option<Value>> {
        let key = AttributeValue::S(format!("onboarding/{}", self.onboarding(execution)));
        let get = self.dynamodb.get_item().table_name(&self.table).key("key", key).consistent_read(true);
        Ok(get.send().await?.item.map(serde_dynamo::from_item).transpose()?)
    }

    /// The id of the onboarding that an execution is.
    #[must_use]
    pub fn onboarding(&self, execution: &str) -> String {
        HEXLOWER.encode(&Sha256::digest(self.arn(execution))[..16])
    }

    /// Whether an onboarding is over: its execution has ended, the register knows how, and something became of each message
    /// to its ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn has_come_to_rest(&self, execution: &str) -> Result<bool> {
        let item = self.item(execution).await?.unwrap_or_default();
        let has_outcome = item["shown"]["outcome"].is_object();
        Ok(has_outcome && self.has_ended(execution).await? && self.has_delivered_all(execution).await?)
    }

    /// Whether something became of each message of an execution to its ticket.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn has_delivered_all(&self, execution: &str) -> Result<bool> {
        let Some(item) = self.item(execution).await? else { return Ok(false) };
        let timeline = item["timeline"].as_object().into_iter().flatten();
        let mut messages = timeline.filter(|(_, line)| line["forTicket"] == true);
        Ok(messages.all(|(reference, _)| item["deliveries"].get(reference).is_some()))
    }

    /// What is kept of an execution where the customer's link must not be: its item, all secrets with their names, the
    /// tags of what it made.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn kept(&self, execution: &str) -> Result<String> {
        let mut kept = self.item(execution).await?.unwrap_or_default().to_string();
        let pages = self.secrets.list_secrets().into_paginator().send();
        let pages: Vec<_> = pages.collect::<Result<_, _>>().await?;
        for secret in pages.iter().flat_map(|page| page.secret_list()) {
            let _ = write!(kept, "\n{} {:?}", secret.name().unwrap_or_default(), secret.tags());
            // An empty or a deleted one has no value.
            let value = self.secrets.get_secret_value().secret_id(secret.arn().unwrap_or_default()).send().await;
            // A source holds a password, which is where it belongs.
            if let Ok(value) = value
                && !secret.name().is_some_and(|name| name.contains("/source/"))
            {
                kept += value.secret_string().unwrap_or_default();
            }
        }
        let endpoints = self.ec2.describe_vpc_endpoints().send().await?;
        for endpoint in endpoints.vpc_endpoints() {
            let _ = write!(kept, "\n{:?}", endpoint.tags());
        }
        for group in self.ec2.describe_security_groups().send().await?.security_groups() {
            let _ = write!(kept, "\n{:?} {:?}", group.group_name(), group.tags());
        }
        Ok(kept)
    }

    /// Whether the secret with an onboarding's source is on its way out; nothing when there is none.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn source_is_going(&self, onboarding: &str) -> Result<Option<bool>> {
        self.is_going(format!("causeway/{STACK}/source/{onboarding}")).await
    }

    /// Likewise an onboarding's vault.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn vault_is_going(&self, onboarding: &str) -> Result<Option<bool>> {
        self.is_going(format!("causeway/{STACK}/onboarding/{onboarding}")).await
    }

    async fn is_going(&self, name: String) -> Result<Option<bool>> {
        match self.secrets.describe_secret().secret_id(name).send().await {
            Ok(secret) => Ok(Some(secret.deleted_date().is_some())),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The version of a secret that is the current one.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn current_version(&self, secret: &str) -> Result<Option<String>> {
        let secret = self.secrets.describe_secret().secret_id(secret).send().await?;
        let versions = secret.version_ids_to_stages.unwrap_or_default();
        let current = versions.into_iter().find(|(_, stages)| stages.iter().any(|stage| stage == "AWSCURRENT"));
        Ok(current.map(|(version, _)| version))
    }

    /// The onboardings that have a secret, a security group or an endpoint.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn owners(&self) -> Result<BTreeSet<String>> {
        let mut owners = BTreeSet::new();
        let pages: Vec<_> = self.secrets.list_secrets().into_paginator().send().collect::<Result<_, _>>().await?;
        for secret in pages.iter().flat_map(|page| page.secret_list()) {
            let name = secret.name().unwrap_or_default();
            let kinds = ["onboarding", "source"].map(|kind| format!("causeway/{STACK}/{kind}/"));
            owners.extend(kinds.iter().filter_map(|kind| name.strip_prefix(kind.as_str())).map(str::to_owned));
        }
        let tagged = Filter::builder().name("tag-key").values("causeway:onboarding").build();
        let groups = self.ec2.describe_security_groups().filters(tagged.clone()).send().await?;
        let endpoints = self.ec2.describe_vpc_endpoints().filters(tagged).send().await?;
        let tags = groups.security_groups().iter().map(|group| group.tags());
        let tags = tags.chain(endpoints.vpc_endpoints().iter().map(|endpoint| endpoint.tags())).flatten();
        let owner = tags.filter(|tag| tag.key() == Some("causeway:onboarding")).filter_map(|tag| tag.value());
        owners.extend(owner.map(str::to_owned));
        Ok(owners)
    }

    /// The VPCs that the stack has made.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn networks(&self) -> Result<Vec<String>> {
        let ours = Filter::builder().name("tag-key").values("causeway:intermediate-vpc").build();
        let answer = self.ec2.describe_vpcs().filters(ours).send().await?;
        Ok(answer.vpcs().iter().filter_map(|vpc| vpc.vpc_id().map(str::to_owned)).collect())
    }

    /// The onboardings that have a place in a VPC.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn places(&self, vpc: &str) -> Result<BTreeSet<String>> {
        let key = AttributeValue::S(format!("vpc/{vpc}"));
        let get = self.dynamodb.get_item().table_name(&self.table).key("key", key).consistent_read(true);
        let item = get.send().await?.item.unwrap_or_default();
        let places = item.get("places").map(AttributeValue::as_ss).transpose();
        let places = places.map_err(|other| anyhow!("the places of {vpc} are no set of texts: {other:?}"))?;
        Ok(places.into_iter().flatten().cloned().collect())
    }

    /// The state and the ports of each of the ticket's endpoints that is not about to vanish.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn endpoints(&self, ticket: &str) -> Result<Vec<(String, u16, u16)>> {
        let answer = self.ec2.describe_vpc_endpoints().filters(of(ticket)).send().await?;
        let mut found = Vec::new();
        let is_deleting = |endpoint: &&VpcEndpoint| {
            endpoint.state().is_some_and(|state| state.as_str().eq_ignore_ascii_case("deleting"))
        };
        for endpoint in answer.vpc_endpoints().iter().filter(|endpoint| !is_deleting(endpoint)) {
            let group = endpoint.groups().first().and_then(|group| group.group_id()).context("no security group")?;
            let group = self.ec2.describe_security_groups().group_ids(group).send().await?;
            let rules: Vec<&IpPermission> =
                group.security_groups().iter().flat_map(|group| group.ip_permissions()).collect();
            anyhow::ensure!(rules.len() == 1, "the security group has {} rules", rules.len());
            let port = |port: Option<i32>| u16::try_from(port.unwrap_or_default());
            let state = endpoint.state().map(|state| state.as_str().to_owned()).unwrap_or_default();
            found.push((state, port(rules[0].from_port())?, port(rules[0].to_port())?));
        }
        Ok(found)
    }

    /// Deletes the ticket's endpoints, as their owner would.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn delete_endpoints(&self, ticket: &str) -> Result<()> {
        let answer = self.ec2.describe_vpc_endpoints().filters(of(ticket)).send().await?;
        let ids: Vec<String> =
            answer.vpc_endpoints().iter().filter_map(VpcEndpoint::vpc_endpoint_id).map(str::to_owned).collect();
        if !ids.is_empty() {
            self.ec2.delete_vpc_endpoints().set_vpc_endpoint_ids(Some(ids)).send().await?;
        }
        Ok(())
    }

    /// Deletes the networks that the stack made, with what is left in them and what the register knows of them, so that the
    /// next onboarding makes one.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn delete_networks(&self) -> Result<()> {
        for vpc in self.networks().await? {
            let within = Filter::builder().name("vpc-id").values(&vpc).build();
            let endpoints = self.ec2.describe_vpc_endpoints().filters(within.clone()).send().await?;
            let ids: Vec<_> = endpoints.vpc_endpoints().iter().filter_map(VpcEndpoint::vpc_endpoint_id).collect();
            if !ids.is_empty() {
                let delete = self.ec2.delete_vpc_endpoints();
                delete.set_vpc_endpoint_ids(Some(ids.into_iter().map(str::to_owned).collect())).send().await?;
            }
            let groups = self.ec2.describe_security_groups().filters(within.clone()).send().await?;
            for group in groups.security_groups().iter().filter(|group| group.group_name() != Some("default")) {
                self.ec2.delete_security_group().set_group_id(group.group_id().map(str::to_owned)).send().await?;
            }
            for subnet in self.ec2.describe_subnets().filters(within).send().await?.subnets() {
                self.ec2.delete_subnet().set_subnet_id(subnet.subnet_id().map(str::to_owned)).send().await?;
            }
            self.ec2.delete_vpc().vpc_id(vpc).send().await?;
        }
        let items: Vec<_> = self
            .dynamodb
            .scan()
            .table_name(&self.table)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await?;
        for key in items.iter().filter_map(|item| item.get("key")) {
            if key.as_s().is_ok_and(|key| key.starts_with("vpc/") || key.starts_with("intermediate-vpc/")) {
                self.dynamodb.delete_item().table_name(&self.table).key("key", key.clone()).send().await?;
            }
        }
        Ok(())
    }

    /// How many security groups the ticket's onboarding has.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn security_groups(&self, ticket: &str) -> Result<usize> {
        Ok(self.ec2.describe_security_groups().filters(of(ticket)).send().await?.security_groups().len())
    }

    /// The VPC of an endpoint.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn vpc_of(&self, endpoint: &str) -> Result<String> {
        let answer = self.ec2.describe_vpc_endpoints().vpc_endpoint_ids(endpoint).send().await?;
        let vpc = answer.vpc_endpoints().first().and_then(VpcEndpoint::vpc_id);
        vpc.map(str::to_owned).context("the endpoint has no VPC")
    }

    /// Makes a VPC with two subnets, as an operator would have.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn make_vpc(&self, dns_hostnames: bool, allowed: Option<&str>) -> Result<String> {
        let answer = self.ec2.create_vpc().cidr_block("127.0.0.0/16").send().await?;
        let vpc = answer.vpc().and_then(|vpc| vpc.vpc_id()).context("no VPC was made")?.to_owned();
        if let Some(allowed) = allowed {
            let tag = Tag::builder().key("causeway:allowed").value(allowed).build();
            self.ec2.create_tags().resources(&vpc).tags(tag).send().await?;
        }
        let value = AttributeBooleanValue::builder().value(dns_hostnames).build();
        self.ec2.modify_vpc_attribute().vpc_id(&vpc).enable_dns_hostnames(value).send().await?;
        for (zone, cidr) in [("us-east-1a", "127.0.0.0/24"), ("us-east-1b", "127.0.1.0/24")] {
            self.add_subnet(&vpc, zone, cidr).await?;
        }
        Ok(vpc)
    }

    /// Makes a subnet in a VPC.
    ///
    /// # Errors
    /// When EC2 refuses.
    pub async fn add_subnet(&self, vpc: &str, zone: &str, cidr: &str) -> Result<String> {
        let answer = self.ec2.create_subnet().vpc_id(vpc).availability_zone(zone).cidr_block(cidr).send().await?;
        Ok(answer.subnet().and_then(|subnet| subnet.subnet_id()).context("no subnet was made")?.to_owned())
    }
}

/// The ARN of a machine's execution with this name.
fn arn(machine: &str, execution: &str) -> String {
    format!("{}:{execution}", machine.replace(":stateMachine:", ":execution:"))
}

fn of(ticket: &str) -> Filter {
    Filter::builder().name("tag:causeway:ticket").values(ticket).build()
}
