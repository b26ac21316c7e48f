//! Wires `clean-up`.

use clean_up::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let (ec2, secrets) = (aws_sdk_ec2::Client::new(&aws), aws_sdk_secretsmanager::Client::new(&aws));
    step::serve(async |input| handle(&ec2, &secrets, &config, input).await).await
}
