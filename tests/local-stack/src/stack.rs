//! The local stack: the emulators, our own template deployed to them, and the counterparts beside them.

use std::collections::BTreeMap;
use std::io::ErrorKind::NotFound;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::process::Process;
use crate::{deploy, portal};
use counterparts::atlas::deployments::{Deployments, PASSWORD, USERNAME};
use counterparts::aws::private_link::PrivateLink;
use counterparts::aws::{edge, front};
use counterparts::{atlas, help_desk};

/// The region that the local stack plays.
pub const REGION: &str = "us-east-1";

/// How to start the local stack.
#[derive(Debug, Clone)]
pub struct Options {
    /// The ports to listen on; 0 takes a free one.
    pub ports: Ports,
    /// How long one wait for the customer's command lasts.
    pub answer_window: Duration,
    /// How many such waits there are.
    pub answer_windows: u32,
    /// How long the last window for the source lasts.
    pub last_window: Duration,
    /// By what the definition's waits and the pauses between retries are multiplied.
    pub wait_scale: f64,
    /// By what the time is multiplied that states and functions have.
    pub timeout_scale: f64,
    /// How many functions run at once, where others wait for their turn; no limit if not given.
    pub functions_at_once: Option<usize>,
    /// Parameters of the template, beyond what the local stack sets itself or instead of it.
    pub parameters: BTreeMap<&'static str, String>,
    /// Where logs go.
    pub logs: PathBuf,
}

impl Options {
    /// Free ports, waits at a hundredth of their length, and logs in `target/local/tests`.
    fn for_tests(name: &str, answer_window: Duration, answer_windows: u32, last_window: Duration) -> Result<Self> {
        Ok(Self {
            ports: Ports::default(),
            answer_window,
            answer_windows,
            last_window,
            wait_scale: 0.01,
            timeout_scale: 1.0,
            functions_at_once: None,
            parameters: BTreeMap::new(),
            logs: layout::local()?.join("tests").join(name),
        })
    }

    /// For tests: windows in which a person could answer.
    ///
    /// # Errors
    /// When the folder of its logs cannot be found or made.
    pub fn patient(name: &str) -> Result<Self> {
        Self::for_tests(&format!("{name}/patient"), Duration::from_mins(10), 7, Duration::from_hours(1))
    }

    /// For tests: windows in which nobody will answer, but perhaps in the last one.
    ///
    /// # Errors
    /// When the folder of its logs cannot be found or made.
    pub fn hurried(name: &str) -> Result<Self> {
        Self::for_tests(&format!("{name}/hurried"), Duration::from_secs(2), 2, Duration::from_secs(15))
    }
}

/// The ports of the local stack; 0 takes a free one.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Ports {
    /// The port of AWS (all services but EC2); free if not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub aws_port: u16,
    /// The port of EC2; free if not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub ec2_port: u16,
    /// The port of the help desk; free if not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub help_desk_port: u16,
    /// The port of Atlas; free if not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub atlas_port: u16,
    /// The port of the customer's portal; free if not given
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub portal_port: u16,
}

/// Where everything of a running local stack is; `target/local/stack.json` holds the same.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Addresses {
    /// All of AWS but EC2.
    pub aws: String,
    /// EC2.
    pub ec2: String,
    /// The help desk: its API and its page.
    pub helpdesk: String,
    /// Atlas: its Admin API and its page.
    pub atlas: String,
    /// The customer's portal.
    pub portal: String,
    /// The DNS with the names of Atlas's deployments, by UDP.
    pub dns: String,
    /// Credentials that may do everything at `aws`; the counterparts take any.
    pub credentials: Credentials,
    /// The database user whom every deployment knows.
    pub database_user: DatabaseUser,
    /// The region.
    pub region: &'static str,
    /// The bus that takes the help desk's events.
    pub bus: String,
    /// The onboardings' state machine.
    pub state_machine_arn: String,
    /// The closings' state machine.
    pub closing_state_machine_arn: String,
    /// The register's table.
    pub table: String,
    /// The queue of replies, by its URL.
    pub replies: String,
}

/// What signs requests.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: &'static str,
    /// The secret access key.
    pub secret_access_key: &'static str,
}

/// The account's own, which no policy limits.
const ROOT: Credentials = Credentials { access_key_id: "local", secret_access_key: "local" };

/// A database user.
#[derive(Debug, Clone, Serialize)]
pub struct DatabaseUser {
    /// The user's name.
    pub username: &'static str,
    /// The user's password.
    pub password: &'static str,
}

/// A running local stack. Dropped, it is killed; [`Stack::stop`] waits until all of it is gone.
#[derive(Debug)]
pub struct Stack {
    /// Where everything is.
    pub addresses: Addresses,
    /// What AWS PrivateLink keeps, for tests that look behind the wire.
    pub private_link: PrivateLink,
    /// The databases behind Atlas's endpoints.
    pub deployments: Deployments,
    /// Where the emulators' logs are.
    pub logs: PathBuf,
    /// What the template was deployed to, behind its proxy.
    ministack: String,
    parameters: BTreeMap<&'static str, String>,
    processes: Vec<Process>,
    servers: JoinSet<()>,
}

impl Stack {
    /// Starts everything; `progress` is told what is going on.
    ///
    /// # Errors
    /// When a port is taken, a program does not start, or the template is refused.
    pub async fn start(options: &Options, progress: impl Fn(&str)) -> Result<Self> {
        std::fs::create_dir_all(&options.logs).with_context(|| format!("cannot make {}", options.logs.display()))?;
        let ports = options.ports;
        let (ec2_listener, ec2) = listen("EC2", "--ec2-port", ports.ec2_port).await?;
        let (help_desk_listener, helpdesk) = listen("the help desk", "--help-desk-port", ports.help_desk_port).await?;
        let (atlas_listener, atlas) = listen("Atlas", "--atlas-port", ports.atlas_port).await?;
        let (portal_listener, portal) = listen("the portal", "--portal-port", ports.portal_port).await?;
        let (aws_listener, aws) = listen("AWS", "--aws-port", ports.aws_port).await?;
        let (ministack_port, ministack) = reserve("ministack", "--aws-port").await?;
        let (moto_port, moto) = reserve("moto", "--ec2-port").await?;

        let deployments = Deployments::start().await?;
        progress("Starting the emulators (ministack, and moto for EC2)");
        let mut processes =
            vec![start_moto(options, moto_port)?, start_ministack(options, ministack_port, &aws, &ec2, &deployments)?];
        processes[0].ready(&format!("{moto}/moto-api/")).await?;
        processes[1].ready(&format!("{ministack}/_ministack/health")).await?;

        let private_link = PrivateLink::new();
        let upstream = portal::Upstream::default();
        let webhook_secret = Uuid::new_v4().to_string();
        let hook = help_desk::Hook { url: format!("{portal}/hooks/help-desk"), secret: webhook_secret.clone() };
        let (help_desk_router, deliveries) = help_desk::new(hook);
        let mut servers = JoinSet::new();
        servers.spawn(deliveries.run());
        let routers = [
            (aws_listener, front::router(&ministack)),
            (ec2_listener, edge::router(private_link.clone(), &moto, Some(&ministack))),
            (help_desk_listener, help_desk_router),
            (atlas_listener, atlas::router(private_link.clone(), deployments.clone())),
            (portal_listener, portal::router(upstream.clone())),
        ];
        for (listener, router) in routers {
            servers.spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::error!("a counterpart ended: {error}");
                }
            });
        }

        progress("Deploying infra/template.yaml");
        // Straight to the emulator: the code is large, and the deployment is not what faults are for.
        let config = config(&ministack).await;
        let secret = aws_sdk_secretsmanager::Client::new(&config)
            .create_secret()
            .name("help-desk")
            .secret_string(
                json!({"email": "causeway@example.com", "apiToken": "local", "webhookSecret": webhook_secret})
                    .to_string(),
            )
            .send()
            .await
            .context("cannot make the help desk's secret")?;
        let mut parameters = BTreeMap::from([
            ("HelpDesk", "zendesk".to_owned()),
            ("HelpDeskUrl", helpdesk.clone()),
            ("HelpDeskFields", help_desk::fields::mapping()),
            ("HelpDeskSecretArn", secret.arn().unwrap_or_default().to_owned()),
            // The deployments answer on this machine's own address, which stands for the endpoints' in their subnets.
            ("IntermediateVpcCidrs", "127.0.0.0/16,127.1.0.0/16".to_owned()),
            ("VerifySubnetIds", String::new()),
            ("PlatformCidrs", "10.0.0.0/16".to_owned()),
            ("PortalUrl", portal.clone()),
            ("AnswerWindowSeconds", options.answer_window.as_secs().to_string()),
            ("AnswerWindows", options.answer_windows.to_string()),
            ("LastWindowSeconds", options.last_window.as_secs().to_string()),
            ("Architecture", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }.to_owned()),
        ]);
        parameters.extend(options.parameters.clone());
        let outputs = deploy::deploy(&config, deploy::STACK, &parameters).await?;
        let output = |name: &str| outputs.get(name).cloned().with_context(|| format!("the stack has no output {name}"));
        // Set once and here only.
        let _ = upstream.set(portal::upstream(&ministack, &output("PortalApiId")?));

        // The queue has the emulator's own address; whoever asks from outside goes by the proxy.
        let replies = output("RepliesUrl")?.replacen(&ministack, &aws, 1);
        let addresses = Addresses {
            aws,
            ec2,
            helpdesk,
            atlas,
            portal,
            dns: deployments.dns().to_string(),
            credentials: ROOT,
            database_user: DatabaseUser { username: USERNAME, password: PASSWORD },
            region: REGION,
            bus: output("BusName")?,
            state_machine_arn: output("StateMachineArn")?,
            closing_state_machine_arn: output("ClosingStateMachineArn")?,
            table: output("RegisterTable")?,
            replies,
        };
        let logs = options.logs.clone();
        Ok(Self { addresses, private_link, deployments, logs, ministack, parameters, processes, servers })
    }

    /// What the functions have logged, or those entries that hold a text, over the API of `CloudWatch` Logs, which needs
    /// no client of its own for this.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub async fn function_logs(&self, holding: Option<&str>) -> Result<String> {
        let http = reqwest::Client::new();
        let mut request = json!({"logGroupName": format!("/causeway/{}/functions", deploy::STACK)});
        if let Some(text) = holding {
            request["filterPattern"] = json!(format!("\"{text}\""));
        }
        let mut logs = String::new();
        loop {
            let answer = http
                .post(&self.addresses.aws)
                .header("authorization", authorization("logs"))
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", "Logs_20140328.FilterLogEvents")
                .body(request.to_string());
            let answer: Value = serde_json::from_str(&answer.send().await?.error_for_status()?.text().await?)?;
            for event in answer["events"].as_array().into_iter().flatten() {
                logs.push_str(event["message"].as_str().unwrap_or_default());
                logs.push('\n');
            }
            match answer["nextToken"].as_str() {
                Some(next) if request["nextToken"] != next => request["nextToken"] = json!(next),
                _ => return Ok(logs),
            }
        }
    }

    /// Deploys again with one parameter changed.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn deploy_with(&mut self, parameter: &'static str, value: &str) -> Result<()> {
        self.parameters.insert(parameter, value.to_owned());
        self.deploy_once_with(parameter, value).await
    }

    /// Likewise while others use the stack; a later deployment has this parameter as it was.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn deploy_once_with(&self, parameter: &'static str, value: &str) -> Result<()> {
        let mut parameters = self.parameters.clone();
        parameters.insert(parameter, value.to_owned());
        deploy::deploy(&config(&self.ministack).await, deploy::STACK, &parameters).await.map(|_| ())
    }

    /// Deploys a second stack beside the first, in the same account, and says where it is.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn deploy_beside(&self, name: &str) -> Result<Addresses> {
        let mut outputs = deploy::deploy(&config(&self.ministack).await, name, &self.parameters).await?;
        let mut output = |name: &str| outputs.remove(name).with_context(|| format!("the stack has no output {name}"));
        Ok(Addresses {
            bus: output("BusName")?,
            state_machine_arn: output("StateMachineArn")?,
            closing_state_machine_arn: output("ClosingStateMachineArn")?,
            table: output("RegisterTable")?,
            replies: output("RepliesUrl")?.replacen(&self.ministack, &self.addresses.aws, 1),
            ..self.addresses.clone()
        })
    }

    /// Stops everything.
    pub async fn stop(mut self) {
        self.servers.shutdown().await;
        for process in self.processes {
            process.stop().await;
        }
    }
}

/// The header by which the emulator tells which service a call is for; it checks no signature.
#[must_use]
pub fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=local",
        ROOT.access_key_id
    )
}

/// A client configuration for one of the emulators, with the account's own credentials.
pub async fn config(endpoint: &str) -> aws_config::SdkConfig {
    aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region(REGION)
        .endpoint_url(endpoint)
        .credentials_provider(aws_sdk_s3::config::Credentials::new(
            ROOT.access_key_id,
            ROOT.secret_access_key,
            None,
            None,
            "the local stack",
        ))
        .load()
        .await
}

/// Starts moto, which is not ready at once.
///
/// # Errors
/// When it cannot be started.
pub fn start_moto(options: &Options, port: u16) -> Result<Process> {
    let mut command = Command::new(layout::python_program("moto_server")?);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    Process::start("moto", &mut command, &options.logs)
}

/// Starts ministack, which is not ready at once. Its environment is passed on to the functions: that is how their
/// calls find the proxies, and verify-source the DNS.
///
/// # Errors
/// When it cannot be started.
pub fn start_ministack(
    options: &Options,
    port: u16,
    aws: &str,
    ec2: &str,
    deployments: &Deployments,
) -> Result<Process> {
    let mut command = Command::new(layout::python_program("python")?);
    command.arg(layout::root().join("tests/local-stack/emulator/start.py"));
    // It unpacks the functions and never removes them; here the next start does.
    let scratch = options.logs.join("ministack");
    std::fs::remove_dir_all(&scratch).or_else(|error| if error.kind() == NotFound { Ok(()) } else { Err(error) })?;
    std::fs::create_dir_all(&scratch)?;
    command
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| matches!(name.as_str(), "HOME" | "LANG" | "PATH")))
        .env("TMPDIR", &scratch)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AUTH", "true")
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("MINISTACK_REGION", REGION)
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFN_WAIT_SCALE", options.wait_scale.to_string())
        .env("SFN_TIMEOUT_SCALE", options.timeout_scale.to_string())
        .env("SFN_PAUSES", "Tell: held")
        .envs(options.functions_at_once.map(|number| ("FUNCTIONS_AT_ONCE", number.to_string())))
        .env("AWS_ACCESS_KEY_ID", ROOT.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", ROOT.secret_access_key)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_ENDPOINT_URL", aws)
        .env("AWS_ENDPOINT_URL_EC2", ec2)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // As the template has it; the emulator tells its functions nothing of it.
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .env("DNS_SERVERS", deployments.dns().to_string())
        .env("EXTRA_TRUST_ANCHOR", deployments.trust_anchor());
    Process::start("ministack", &mut command, &options.logs)
}

async fn listen(name: &str, flag: &str, port: u16) -> Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
        format!("port {port} for {name} cannot be used; choose another with {flag}, or leave it out to take a free one")
    })?;
    let address = format!("http://{}", listener.local_addr()?);
    Ok((listener, address))
}

/// A port for a program that binds it itself.
///
/// # Errors
/// When it is taken.
pub async fn reserve(name: &str, flag: &str) -> Result<(u16, String)> {
    let (listener, address) = listen(name, flag, 0).await?;
    Ok((listener.local_addr()?.port(), address))
}

/// Puts one neutral event on a bus.
///
/// # Errors
/// When the bus does not take it.
pub async fn put_event(events: &aws_sdk_eventbridge::Client, bus: &str, event: &Value) -> Result<()> {
    put(events, bus, "causeway.helpdesk", "PrivateLink Requested", event).await
}

/// Puts an operator's wish on a bus that a ticket's onboarding be closed.
///
/// # Errors
/// When the bus does not take it.
pub async fn put_cancel(
    events: &aws_sdk_eventbridge::Client,
    bus: &str,
    ticket: &str,
    who: &str,
    why: &str,
) -> Result<()> {
    let wish = json!({"ticket": ticket, "who": who, "why": why});
    put(events, bus, "causeway.operator", "PrivateLink Cancel Requested", &wish).await
}

/// Puts an operator's wish on a bus that what is held of a ticket's onboarding be tried again.
///
/// # Errors
/// When the bus does not take it.
pub async fn put_retry(
    events: &aws_sdk_eventbridge::Client,
    bus: &str,
    ticket: &str,
    who: &str,
    why: &str,
) -> Result<()> {
    let wish = json!({"ticket": ticket, "who": who, "why": why});
    put(events, bus, "causeway.operator", "PrivateLink Retry Requested", &wish).await
}

async fn put(events: &aws_sdk_eventbridge::Client, bus: &str, source: &str, kind: &str, detail: &Value) -> Result<()> {
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(bus)
        .source(source)
        .detail_type(kind)
        .detail(detail.to_string())
        .build();
    let answer = events.put_events().entries(entry).send().await.context("the bus does not answer")?;
    anyhow::ensure!(answer.failed_entry_count() == 0, "the bus refused the event: {:?}", answer.entries());
    Ok(())
}
