//! Wires `mark-closing`.

use mark_closing::{Config, handle};
use register::Register;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let (ec2, register) = (aws_sdk_ec2::Client::new(&aws), Register::new(&aws, config.register));
    step::serve(async |input| handle(&ec2, &register, input).await).await
}
