//! Deploys infra/template.yaml to the emulator, as `sam deploy` does to AWS: code and definition go to a bucket, the
//! template points there.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_lc_rs::digest::SHA256;
use aws_sdk_cloudformation::types::{Capability, Parameter, StackStatus};
use aws_sdk_s3::config::RequestChecksumCalculation;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::template;

/// The name of the local stack's own stack.
pub const STACK: &str = "causeway";
const BUCKET: &str = "causeway-artifacts";

/// Deploys the stack, or what has changed of it, and gives its outputs.
///
/// # Errors
/// When the functions are not built or the emulator refuses.
pub async fn deploy(
    aws: &aws_config::SdkConfig,
    stack: &str,
    parameters: &BTreeMap<&str, String>,
) -> Result<BTreeMap<String, String>> {
    let s3 = bucket(aws).await?;
    let path = layout::root().join("infra/template.yaml");
    let mut template = template::read(&path)?;
    let mut release = aws_lc_rs::digest::Context::new(&SHA256);
    let resources = template["Resources"].as_object_mut().context("the template has no resources")?;
    for resource in resources.values_mut() {
        let location = match resource["Type"].as_str() {
            Some("AWS::Serverless::Function") => {
                let binary = resource["Metadata"]["BuildProperties"]["Binary"].as_str();
                let binary = binary.context("a function names no binary")?.to_owned();
                let path = layout::binary(&binary)?;
                let code = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                release.update(&code);
                let code = zip(&code)?;
                ("CodeUri", upload(&s3, &format!("{binary}.zip"), code).await?)
            }
            Some("AWS::Serverless::StateMachine") => {
                let file = resource["Properties"]["DefinitionUri"].as_str().context("no DefinitionUri")?;
                let definition = std::fs::read(path.with_file_name(file))?;
                let file = file.rsplit('/').next().unwrap_or(file);
                ("DefinitionUri", upload(&s3, file, definition).await?)
            }
            _ => continue,
        };
        resource["Properties"][location.0] = location.1;
    }
    let mut parameters = parameters.clone();
    for (name, value) in &parameters {
        release.update(format!("{name}={value}\n").as_bytes());
    }
    parameters.insert("Release", data_encoding::HEXLOWER.encode(release.finish().as_ref()));
    put(aws, &s3, stack, &template, parameters).await
}

/// Makes the bucket for code and templates.
///
/// # Errors
/// When the emulator refuses.
pub async fn bucket(aws: &aws_config::SdkConfig) -> Result<aws_sdk_s3::Client> {
    let s3 = aws_sdk_s3::Client::from_conf(
        aws_sdk_s3::config::Builder::from(aws)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build(),
    );
    s3.create_bucket().bucket(BUCKET).send().await.context("cannot make the bucket for the code")?;
    Ok(s3)
}

/// The package of a function with this program.
///
/// # Errors
/// When it cannot be packed.
pub fn zip(code: &[u8]) -> Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Stored and not deflated: it goes nowhere.
    let options =
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).unix_permissions(0o755);
    zip.start_file("bootstrap", options)?;
    zip.write_all(code)?;
    Ok(zip.finish()?.into_inner())
}

/// Uploads to the bucket, and says where it lies. Without a checksum and with an unsigned body: to hash it takes seconds
/// in an unoptimised build.
///
/// # Errors
/// When the emulator refuses.
pub async fn upload(s3: &aws_sdk_s3::Client, key: &str, content: Vec<u8>) -> Result<Value> {
    let upload = s3.put_object().bucket(BUCKET).key(key).body(content.into());
    let sent = upload.customize().disable_payload_signing().send().await;
    sent.with_context(|| format!("the upload of {key}"))?;
    Ok(json!({"Bucket": BUCKET, "Key": key}))
}

/// Makes the stack of this template, or changes it, and gives its outputs. The template goes to the bucket too: AWS takes
/// 51,200 bytes in a call.
///
/// # Errors
/// When the emulator refuses.
pub async fn put(
    aws: &aws_config::SdkConfig,
    s3: &aws_sdk_s3::Client,
    stack: &str,
    template: &Value,
    parameters: BTreeMap<&str, String>,
) -> Result<BTreeMap<String, String>> {
    let cloudformation = aws_sdk_cloudformation::Client::new(aws);
    let parameters: Vec<Parameter> = parameters
        .into_iter()
        .map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build())
        .collect();
    let capabilities = vec![Capability::CapabilityIam, Capability::CapabilityAutoExpand];
    let file = format!("{stack}.template");
    upload(s3, &file, template.to_string().into_bytes()).await?;
    let template = format!("https://s3.amazonaws.com/{BUCKET}/{file}");
    if cloudformation.describe_stacks().stack_name(stack).send().await.is_err() {
        let create = cloudformation.create_stack().stack_name(stack).template_url(template);
        let create = create.set_parameters(Some(parameters)).set_capabilities(Some(capabilities));
        create.send().await.context("the emulator refuses the template")?;
    } else {
        let update = cloudformation.update_stack().stack_name(stack).template_url(template);
        let update = update.set_parameters(Some(parameters)).set_capabilities(Some(capabilities));
        update.send().await.context("the emulator refuses the change")?;
    }
    loop {
        let answer = cloudformation.describe_stacks().stack_name(stack).send().await?;
        let described = answer.stacks().first().context("the stack is gone")?;
        match described.stack_status() {
            Some(
                StackStatus::CreateInProgress
                | StackStatus::UpdateInProgress
                | StackStatus::UpdateCompleteCleanupInProgress,
            ) => tokio::time::sleep(Duration::from_millis(100)).await,
            Some(StackStatus::CreateComplete | StackStatus::UpdateComplete) => {
                let output = |output: &aws_sdk_cloudformation::types::Output| {
                    Some((output.output_key()?.to_owned(), output.output_value()?.to_owned()))
                };
                return Ok(described.outputs().iter().filter_map(output).collect());
            }
            status => bail!("the stack was not deployed ({status:?}): {}", why(&cloudformation, stack).await),
        }
    }
}

async fn why(cloudformation: &aws_sdk_cloudformation::Client, stack: &str) -> String {
    let events = cloudformation.describe_stack_events().stack_name(stack).send().await;
    let reasons = events
        .iter()
        .flat_map(|events| events.stack_events())
        .filter_map(|event| Some(format!("\n  {}: {}", event.logical_resource_id()?, event.resource_status_reason()?)));
    reasons.collect()
}
