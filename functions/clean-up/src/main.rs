//! Wires `clean-up`.

use clean_up::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = step::aws::aws_config().await;
    let (ec2, secrets) = (aws_sdk_ec2::Client::new(&config), aws_sdk_secretsmanager::Client::new(&config));
    step::serve(async |input| handle(&ec2, &secrets, input).await).await
}
