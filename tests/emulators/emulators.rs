//! The emulators alone, with a stack of three small functions.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use counterparts::atlas::deployments::Deployments;
use local_stack::process::Process;
use local_stack::stack::{Options, authorization, config, reserve, start_ministack, start_moto};
use local_stack::{deploy, template};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// How long something may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Emulators {
    pub(crate) sfn: aws_sdk_sfn::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    /// What the template puts out: the ARNs of the functions `Probe`, `Hasty` and `Failing`, the queue `Failures`, the
    /// queue `Replies`, whose messages go to `Probe`, the `Table`, the id of `Api`, which asks `Probe`, and the role of all
    /// machines.
    pub(crate) outputs: BTreeMap<String, String>,
    aws: String,
    folder: PathBuf,
    processes: Vec<Process>,
}

impl Emulators {
    pub(crate) async fn start() -> Result<Self> {
        let mut options = Options::patient("emulators")?;
        options.timeout_scale = 0.1;
        std::fs::create_dir_all(&options.logs)?;
        let (moto_port, moto) = reserve("moto", "--ec2-port").await?;
        let (aws_port, aws) = reserve("AWS", "--aws-port").await?;
        // No function here asks them.
        let deployments = Deployments::start().await?;
        let mut processes =
            vec![start_moto(&options, moto_port)?, start_ministack(&options, aws_port, &aws, &moto, &deployments)?];
        processes[1].ready(&format!("{aws}/_ministack/health")).await?;
        let aws_config = config(&aws).await;
        let outputs = deploy_functions(&aws_config).await?;
        processes[0].ready(&format!("{moto}/moto-api/")).await?;
        Ok(Self {
            sfn: aws_sdk_sfn::Client::new(&aws_config),
            events: aws_sdk_eventbridge::Client::new(&aws_config),
            ec2: aws_sdk_ec2::Client::new(&config(&moto).await),
            outputs,
            aws,
            folder: options.logs,
            processes,
        })
    }

    pub(crate) async fn stop(self) {
        for process in self.processes {
            process.stop().await;
        }
    }

    pub(crate) fn output(&self, name: &str) -> Result<&str> {
        self.outputs.get(name).map(String::as_str).with_context(|| format!("the stack has no output {name}"))
    }

    /// Invokes a function: its answer, or how it failed.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{}/invocations", self.output(function)?);
        self.call("lambda", Method::POST, &path, event).await
    }

    /// A call of the emulator that needs no client.
    pub(crate) async fn call(&self, service: &str, method: Method, path: &str, body: &Value) -> Result<Value> {
        let call = reqwest::Client::new().request(method, format!("{}{path}", self.aws));
        let call = call.header("authorization", authorization(service)).body(body.to_string());
        let text = call.send().await?.text().await?;
        Ok(serde_json::from_str(if text.is_empty() { "null" } else { &text })?)
    }

    /// Reads what lies at a path.
    pub(crate) async fn get(&self, path: &str) -> Result<reqwest::Response> {
        Ok(reqwest::get(format!("{}{path}", self.aws)).await?)
    }

    /// What lies in the queue `Failures`, if anything does.
    pub(crate) async fn failure(&self) -> Result<Option<String>> {
        let queue = json!({"QueueUrl": self.output("Failures")?});
        let answer = self.ask("sqs", "AmazonSQS.ReceiveMessage", &queue).await?;
        Ok(answer["Messages"][0]["Body"].as_str().map(str::to_owned))
    }

    /// A call of a service that takes JSON and is told what to do by a header.
    pub(crate) async fn ask(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let call = reqwest::Client::new().post(&self.aws).header("authorization", authorization(service));
        let call = call.header("x-amz-target", target).header("content-type", "application/x-amz-json-1.0");
        let answer = call.body(body.to_string()).send().await?.error_for_status()?.text().await?;
        Ok(serde_json::from_str(if answer.is_empty() { "null" } else { &answer })?)
    }

    /// Lets a fault wait for its calls, and gives its id.
    pub(crate) async fn fault(&self, fault: &Value) -> Result<u64> {
        let answer = self.call("", Method::POST, "/_faults", fault).await?;
        answer["id"].as_u64().with_context(|| format!("refused: {answer}"))
    }

    /// How often a fault has met a call.
    pub(crate) async fn met(&self, id: u64) -> Result<u64> {
        self.listed(id).await?["met"].as_u64().context("a fault that was met nobody knows how often")
    }

    /// A fault as it is listed.
    pub(crate) async fn listed(&self, id: u64) -> Result<Value> {
        let all = self.call("", Method::GET, "/_faults", &Value::Null).await?;
        let fault = all.as_array().into_iter().flatten().find(|fault| fault["id"] == id);
        fault.cloned().with_context(|| format!("fault {id} is not there"))
    }

    /// Makes a state machine of one state, and gives its ARN.
    pub(crate) async fn machine(&self, mut state: Value) -> Result<String> {
        state["End"] = json!(true);
        self.machine_of("The state", &json!({ "The state": state })).await
    }

    /// Makes a machine of these states, and gives its ARN.
    pub(crate) async fn machine_of(&self, start: &str, states: &Value) -> Result<String> {
        let definition = json!({"QueryLanguage": "JSONata", "StartAt": start, "States": states});
        let made = self.sfn.create_state_machine().name(Uuid::new_v4()).role_arn(self.output("MachineRole")?);
        Ok(made.definition(definition.to_string()).send().await?.state_machine_arn)
    }

    /// Starts an execution, and gives its ARN.
    pub(crate) async fn execution(&self, machine: &str, name: &str, input: &Value) -> Result<String> {
        let start = self.sfn.start_execution().state_machine_arn(machine).name(name).input(input.to_string());
        Ok(start.send().await?.execution_arn)
    }

    /// How an execution ended.
    pub(crate) async fn end_of(&self, execution: &str) -> Result<DescribeExecutionOutput> {
        eventually("the execution ends", async || {
            let it = self.sfn.describe_execution().execution_arn(execution).send().await?;
            Ok((it.status != ExecutionStatus::Running).then_some(it))
        })
        .await
    }

    /// How an execution of a machine of one state ends.
    pub(crate) async fn run(&self, state: Value) -> Result<DescribeExecutionOutput> {
        let machine = self.machine(state).await?;
        self.end_of(&self.execution(&machine, &Uuid::new_v4().to_string(), &json!({})).await?).await
    }

    /// The path of a file that is not there yet.
    pub(crate) fn file(&self) -> String {
        self.folder.join(Uuid::new_v4().to_string()).display().to_string()
    }
}

/// The lines of a note, once there are as many.
pub(crate) async fn lines(note: &str, count: usize) -> Result<Vec<String>> {
    eventually(&format!("{count} lines are in the note"), async || {
        let text = std::fs::read_to_string(note).unwrap_or_default();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Ok((lines.len() >= count).then_some(lines))
    })
    .await
}

/// Asks until there is something.
pub(crate) async fn eventually<T>(what: &str, ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    timeout(PATIENCE, async {
        loop {
            if let Some(found) = ask().await? {
                return Ok(found);
            }
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .with_context(|| format!("waited in vain until {what}"))?
}

async fn deploy_functions(aws: &aws_config::SdkConfig) -> Result<BTreeMap<String, String>> {
    let folder = layout::root().join("tests/emulators");
    let mut template = template::read(&folder.join("template.yaml"))?;
    let s3 = deploy::bucket(aws).await?;
    let code = deploy::upload(&s3, "probe.zip", deploy::zip(&std::fs::read(folder.join("probe.py"))?)?).await?;
    template["Globals"]["Function"]["CodeUri"] = code;
    deploy::put(aws, &s3, "emulators", &template, BTreeMap::new()).await
}
