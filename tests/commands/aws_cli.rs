//! Compares the command intake with the AWS CLI itself: what the CLI would send for a command is what we take from it,
//! and every flag that the CLI knows has its place in the intake's table.
//!
//! The CLI is version 1 from PyPI, in the same Python environment as the emulators.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde::Deserialize;

use command::flags::{self, Treatment, Values};
use command::read;
use shared::ids::SubnetId;
use shared::network::Network;
use shared::target::Target;

/// The parameters of one recorded request, and the region that it was signed for.
#[derive(Debug, Default, Clone)]
struct Sent {
    parameters: BTreeMap<String, String>,
    region: String,
}

/// Answers every request like EC2 and remembers it under its path.
struct Recorder {
    url: String,
    sent: Arc<Mutex<BTreeMap<String, Sent>>>,
}

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    what: String,
    text: String,
    #[serde(default)]
    cli: bool,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Run {
    status: i32,
    output: String,
}

#[test]
fn the_cli_would_send_what_we_read() {
    let python = python();
    let network: Network = serde_json::from_str(&file("handed-out.json")).unwrap();
    let corpus: Corpus = toml::from_str(&file("accepted.toml")).unwrap();
    let cases: Vec<Case> = corpus.case.into_iter().filter(|case| case.cli).collect();
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    assert!(texts.len() >= 40, "{} commands", texts.len());

    let recorder = Recorder::start();
    let output = run(&python, &["run", &recorder.url], &serde_json::to_vec(&texts).unwrap());
    let runs: Vec<Run> = serde_json::from_slice(&output).unwrap();
    let sent = recorder.sent.lock().unwrap().clone();
    assert_eq!(runs.len(), cases.len());

    for (number, (case, run)) in cases.iter().zip(runs).enumerate() {
        assert_eq!(run.status, 0, "{}: {}", case.what, run.output);
        let sent = &sent[&format!("/{number}")];
        let accepted = read(&case.text, &network, case.target).unwrap();
        assert_eq!(sent.region, network.region.as_str(), "{}", case.what);
        assert_eq!(sent.parameters["Action"], "CreateVpcEndpoint", "{}", case.what);
        assert_eq!(sent.parameters["VpcId"], network.vpc_id.as_str(), "{}", case.what);
        assert_eq!(sent.parameters["ServiceName"], accepted.request.service_name.as_str(), "{}", case.what);
        assert!(sent.parameters["VpcEndpointType"].eq_ignore_ascii_case("Interface"), "{}", case.what);
        let subnets: Vec<&str> = accepted.request.subnet_ids.iter().map(SubnetId::as_str).collect();
        assert_eq!(sent.subnets(), subnets, "{}", case.what);
        assert_eq!(sent.others(), accepted_others(&accepted.ignored), "{}: {sent:?}", case.what);
    }
    println!("compared {} commands with the AWS CLI", cases.len());
}

#[test]
fn every_flag_of_the_cli_has_its_place() {
    let python = python();
    let known: BTreeMap<String, String> = serde_json::from_slice(&run(&python, &["flags"], b"")).unwrap();
    assert!(known.len() >= 30, "{} flags", known.len());
    for (name, values) in &known {
        let flag = flags::find(name).unwrap_or_else(|| panic!("`{name}` is not in the table"));
        let ours = match flag.values {
            Values::None => "none",
            Values::One => "one",
            Values::Many => "many",
        };
        assert_eq!(ours, values, "{name}");
    }
    // The rest of the table are flags of version 2 alone; none of them is one that we read.
    let added = flags::FLAGS.iter().filter(|flag| !known.contains_key(flag.name));
    for flag in added {
        assert!(flag.name.contains("-cli-"), "{} is unknown to the AWS CLI", flag.name);
        assert!(!matches!(flag.treatment, Treatment::Required | Treatment::Checked), "{}", flag.name);
    }
}

/// What an ignored flag puts into the request; the others only change how the CLI behaves.
fn accepted_others(ignored: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = ignored
        .iter()
        .filter_map(|flag| match *flag {
            "--private-dns-enabled" | "--no-private-dns-enabled" => Some("PrivateDnsEnabled"),
            "--client-token" => Some("ClientToken"),
            "--security-group-ids" => Some("SecurityGroupId"),
            "--tag-specifications" => Some("TagSpecification"),
            "--no-dry-run" => Some("DryRun"),
            _ => None,
        })
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

impl Sent {
    fn subnets(&self) -> Vec<&str> {
        (1..).map_while(|number| self.parameters.get(&format!("SubnetId.{number}"))).map(String::as_str).collect()
    }

    /// The parameters that are neither compared above nor what we would do anyway.
    fn others(&self) -> Vec<String> {
        let compared = ["Action", "Version", "VpcId", "ServiceName", "VpcEndpointType", "SubnetId"];
        let same = [("IpAddressType", "ipv4"), ("ServiceRegion", self.region.as_str())];
        let mut names: Vec<String> = self
            .parameters
            .iter()
            .filter(|(name, value)| !same.contains(&(name.as_str(), value.as_str())))
            .map(|(name, _)| name.split('.').next().unwrap_or(name).to_owned())
            .filter(|name| !compared.contains(&name.as_str()))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Recorder {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent = Arc::new(Mutex::new(BTreeMap::new()));
        let requests = Arc::clone(&sent);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (path, request) = answer(stream.unwrap());
                requests.lock().unwrap().insert(path, request);
            }
        });
        Self { url, sent }
    }
}

/// Reads one request and answers it as EC2 would.
fn answer(stream: TcpStream) -> (String, Sent) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        let lines = head.iter().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .next()
            .unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    // Authorization: AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/ec2/aws4_request, …
    let region = header("authorization").split('/').nth(2).unwrap_or_default().to_owned();
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();

    let xml = "<CreateVpcEndpointResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>recorded</requestId>\
               <vpcEndpoint><vpcEndpointId>vpce-0b1c2d3e4f5061728</vpcEndpointId></vpcEndpoint></CreateVpcEndpointResponse>";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close";
    write!(reader.get_mut(), "{head}\r\nContent-Length: {}\r\n\r\n{xml}", xml.len()).unwrap();
    (path, Sent { parameters: form_urlencoded::parse(&body).into_owned().collect(), region })
}

fn python() -> PathBuf {
    layout::python_program("python").unwrap()
}

fn run(python: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(python)
        .arg("-B")
        .arg(folder().join("aws_cli.py"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "aws_cli.py: {}", output.status);
    output.stdout
}

/// The folder of the corpus: this test is compiled in the package next to it.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../commands")
}

fn file(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}
