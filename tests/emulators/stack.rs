//! What CloudFormation makes of a template.

use anyhow::Result;

use crate::emulators::Emulators;

pub(crate) async fn a_reference_to_a_secret_is_its_name(emulators: &Emulators) -> Result<()> {
    let (name, arn) = (emulators.output("SecretRef")?, emulators.output("SecretId")?);
    assert!(!name.starts_with("arn:"), "{name}: the template could refer to its secret now");
    assert!(arn.starts_with("arn:aws:secretsmanager:") && arn.contains(&format!(":secret:{name}-")), "{arn}");
    Ok(())
}
