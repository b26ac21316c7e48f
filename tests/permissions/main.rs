//! What each function's role allows and refuses, tried on a local stack with the function's own session.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may do what the test itself may")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use local_stack::stack::{Options, Stack};

#[tokio::test(flavor = "multi_thread")]
async fn every_function_may_do_what_the_table_says_and_no_more() {
    let mut options = Options::patient("permissions").unwrap();
    // The owner of the service that the rules call Atlas's.
    options.parameters.insert("AtlasAccounts", "111111111111".to_owned());
    let stack = Stack::start(&options, |_| ()).await.unwrap();
    let output = tried(&serde_json::to_vec(&stack.addresses).unwrap());
    stack.stop().await;
    let (found, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("tried: "), "the rules were not all tried: {said}");
    assert_eq!(found, "", "{said}");
}

fn tried(stack: &[u8]) -> std::process::Output {
    let mut child = Command::new(layout::python_program("python").unwrap())
        .arg("-B")
        .arg(layout::root().join("tests/permissions/try.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stack).unwrap();
    child.wait_with_output().unwrap()
}
