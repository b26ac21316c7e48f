//! Event source mappings of queues.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::emulators::{Emulators, lines};

/// Puts a message into the queue whose messages go to `Probe`.
async fn send(emulators: &Emulators, group: &str, event: &Value) -> Result<()> {
    let message = json!({
        "QueueUrl": emulators.output("Replies")?,
        "MessageGroupId": group,
        "MessageDeduplicationId": Uuid::new_v4().to_string(),
        "MessageBody": event.to_string(),
    });
    emulators.ask("sqs", "AmazonSQS.SendMessage", &message).await.map(|_| ())
}

pub(crate) async fn the_messages_of_one_group_come_one_after_the_other_and_other_groups_go_on(
    emulators: &Emulators,
) -> Result<()> {
    let (note, gate) = (emulators.file(), emulators.file());
    let (one, other) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    send(emulators, &one, &json!({"note": note, "say": "the first", "until": gate})).await?;
    lines(&note, 1).await?;
    send(emulators, &one, &json!({"note": note, "say": "the second"})).await?;
    send(emulators, &other, &json!({"note": note, "say": "another group's"})).await?;
    assert_eq!(lines(&note, 2).await?, ["the first", "another group's"]);
    std::fs::write(gate, "")?;
    assert_eq!(lines(&note, 3).await?[2], "the second");
    Ok(())
}

pub(crate) async fn a_message_that_is_not_done_with_comes_again_when_its_function_has_said(
    emulators: &Emulators,
) -> Result<()> {
    for end in [json!({"leave": true}), json!({"error": "Step.Transient"})] {
        let (note, gate) = (emulators.file(), emulators.file());
        let mut event = json!({"note": note, "say": "{handle}", "until": gate});
        event.as_object_mut().context("no event")?.extend(end.as_object().cloned().unwrap_or_default());
        send(emulators, &Uuid::new_v4().to_string(), &event).await?;
        let handle = lines(&note, 1).await?.remove(0);
        // A hundredth of it; the queue's own time is longer than this test waits.
        let pause = json!({
            "QueueUrl": emulators.output("Replies")?,
            "ReceiptHandle": handle,
            "VisibilityTimeout": 60,
        });
        emulators.ask("sqs", "AmazonSQS.ChangeMessageVisibility", &pause).await?;
        std::fs::write(gate, "")?;
        let handles = lines(&note, 2).await?;
        assert_ne!(handles[0], handles[1]);
    }
    Ok(())
}

pub(crate) async fn a_trace_id_says_whose_messages_are_taken(emulators: &Emulators) -> Result<()> {
    let note = emulators.file();
    send(emulators, &Uuid::new_v4().to_string(), &json!({"note": note, "say": "{trace}"})).await?;
    let trace = lines(&note, 1).await?.remove(0);
    assert_eq!(trace.split_once(';').context("no label")?.1, "Function=probe");
    Ok(())
}
