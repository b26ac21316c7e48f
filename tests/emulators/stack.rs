//! What CloudFormation makes of a template.

use anyhow::Result;

use serde_json::json;

use crate::emulators::Emulators;

pub(crate) async fn a_reference_to_a_secret_is_its_name(emulators: &Emulators) -> Result<()> {
    let (name, arn) = (emulators.output("SecretRef")?, emulators.output("SecretId")?);
    assert!(!name.starts_with("arn:"), "{name}: the template could refer to its secret now");
    assert!(arn.starts_with("arn:aws:secretsmanager:") && arn.contains(&format!(":secret:{name}-")), "{arn}");
    Ok(())
}

pub(crate) async fn an_item_of_a_table_is_kept_beyond_its_time(emulators: &Emulators) -> Result<()> {
    let table = json!({"TableName": emulators.output("Table")?});
    let answer = emulators.ask("dynamodb", "DynamoDB_20120810.DescribeTimeToLive", &table).await?;
    // AWS has what the template says, and deletes.
    assert_eq!(answer["TimeToLiveDescription"]["TimeToLiveStatus"], "DISABLED");
    Ok(())
}
