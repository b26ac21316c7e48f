//! How the stack is deployed: a release is published whole, two stacks in one account leave each other alone, and the alarms
//! watch the stack beside which they are deployed.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use counterparts::help_desk::fields;
use local_stack::player::Player;
use local_stack::stack::{self, Options, Stack};
use local_stack::world::World;
use serde_json::{Value, json};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_deployment_serves_its_parameters() {
    let mut stack = Stack::start(&Options::patient("release").unwrap(), |_| ()).await.unwrap();
    let before = link(&stack).await;
    assert!(before.starts_with(&stack.addresses.portal), "the first deployment's link is {before}");
    stack.deploy_with("PortalUrl", "https://links.example.com").await.unwrap();
    let after = link(&stack).await;
    assert!(after.starts_with("https://links.example.com/o/"), "the second deployment's link is {after}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stack_in_the_account_has_names_of_its_own() {
    let stack = Stack::start(&Options::patient("beside").unwrap(), |_| ()).await.unwrap();
    let second = stack.deploy_beside("second").await.unwrap();
    let (first_world, second_world) = (World::new(&stack.addresses).await, World::new(&second).await);
    let player = Player::new(&second);
    let ticket = player.file_ticket(&json!({"subject": "PrivateLink", "comment": {"body": "Please."}})).await.unwrap();
    let mut event = event();
    event["ticket"] = json!({"id": ticket});
    stack::put_event(&second_world.events, &second.bus, &event).await.unwrap();
    player.link(&ticket, &format!("ticket-{ticket}")).await.unwrap();
    let executions = [&first_world, &second_world].map(|world| world.executions_of(&ticket));
    let [first, second] = executions;
    assert_eq!((first.await.unwrap().len(), second.await.unwrap().len()), (0, 1));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_deploys_alarms_that_watch_the_stack() {
    let stack = Stack::start(&Options::patient("operations").unwrap(), |_| ()).await.unwrap();
    let readme = std::fs::read_to_string(layout::root().join("README.md")).unwrap();
    let command =
        readme.split("\n\n").find(|block| block.trim_start().starts_with("aws cloudformation deploy")).unwrap();
    shell(&stack, &command.replace("arn:aws:sns:…", "arn:aws:sns:us-east-1:000000000000:on-call")).await;

    let described = shell(&stack, "aws cloudformation describe-stacks --stack-name causeway --output json").await;
    let described: Value = serde_json::from_str(&described).unwrap();
    let outputs = described["Stacks"][0]["Outputs"].as_array().unwrap();
    let output = |name: &str| {
        let output = outputs.iter().find(|output| output["OutputKey"] == name).unwrap();
        output["OutputValue"].as_str().unwrap()
    };
    let alarms = shell(&stack, "aws cloudwatch describe-alarms --output json").await;
    let alarms: Value = serde_json::from_str(&alarms).unwrap();
    let alarms = alarms["MetricAlarms"].as_array().unwrap();
    let watching = |metric: &str, value: &str| {
        let watches = |alarm: &&Value| {
            alarm["MetricName"] == metric
                && alarm["Dimensions"].as_array().unwrap().iter().any(|of| of["Value"] == value)
        };
        alarms.iter().filter(watches).count()
    };
    for function in output("FunctionNames").split(',') {
        assert_eq!((watching("Errors", function), watching("Throttles", function)), (1, 1), "{function}");
    }
    for (metric, name, expected) in [
        ("ExecutionsFailed", "StateMachineArn", 1),
        ("ApproximateNumberOfMessagesVisible", "DeadRepliesName", 1),
        ("ApproximateNumberOfMessagesVisible", "UndeliveredEventsName", 1),
        ("ApproximateAgeOfOldestMessage", "RepliesName", 1),
        ("5xx", "PortalApiId", 1),
        ("ExecutionsFailed", "ClosingStateMachineArn", 1),
        ("SystemErrors", "RegisterTable", 4),
    ] {
        assert_eq!(watching(metric, output(name)), expected, "{metric} of {name}");
    }
    let dashboard =
        "aws cloudwatch get-dashboard --dashboard-name causeway-operations --query DashboardBody --output text";
    let dashboard: Value = serde_json::from_str(&shell(&stack, dashboard).await).unwrap();
    assert!(dashboard.to_string().contains(output("FunctionNames").split(',').next_back().unwrap()), "{dashboard}");
    stack.stop().await;
}

/// What a command says that an operator gives in the folder of the templates.
async fn shell(stack: &Stack, command: &str) -> String {
    let programs = layout::python_program("aws").unwrap();
    let path = format!("{}:{}", programs.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(layout::root().join("infra"))
        .env("PATH", path)
        .env("AWS_ENDPOINT_URL", &stack.addresses.aws)
        .env("AWS_ACCESS_KEY_ID", stack.addresses.credentials.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", stack.addresses.credentials.secret_access_key)
        .env("AWS_DEFAULT_REGION", stack.addresses.region)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn event() -> Value {
    json!({
        "customer": {"id": "acme", "name": "Acme Corp", "plan": "business", "region": "us-east-1"},
        "atlas": {"region": "US_EAST_1", "target": "dedicated"},
    })
}

/// The link that a new ticket gets.
async fn link(stack: &Stack) -> String {
    let player = Player::new(&stack.addresses);
    let ticket = json!({
        "subject": "PrivateLink",
        "comment": {"body": "Please connect our Atlas deployment."},
        "tags": ["privatelink"],
        "custom_fields": fields::custom_fields(&event()),
    });
    let ticket = player.file_ticket(&ticket).await.unwrap();
    player.link(&ticket, &format!("ticket-{ticket}")).await.unwrap()
}
