//! HTTP APIs.

use anyhow::Result;
use serde_json::json;
use uuid::Uuid;

use crate::emulators::Emulators;

pub(crate) async fn an_api_answers_under_its_id(emulators: &Emulators) -> Result<()> {
    // AWS serves it at the root of a host of its own.
    assert_eq!(emulators.get("/any").await?.status(), 404);
    let answer = emulators.get(&format!("/_aws/execute-api/{}/$default/any", emulators.output("Api")?)).await?;
    assert_eq!(answer.status(), 200);
    Ok(())
}

pub(crate) async fn an_api_says_nothing_of_the_failure_of_its_function(emulators: &Emulators) -> Result<()> {
    let own = Uuid::new_v4();
    let fault = json!({"service": "lambda", "action": "probe", "fault": "killed-after", "times": 1, "where": own});
    emulators.fault(&fault).await?;
    let answer = emulators.get(&format!("/_aws/execute-api/{}/$default/{own}", emulators.output("Api")?)).await?;
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.text().await?, r#"{"message":"Internal Server Error"}"#);
    Ok(())
}
