//! Wires `ensure-network`.

use ensure_network::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let ec2 = aws_sdk_ec2::Client::new(&step::aws::aws_config().await);
    step::serve(async |input| handle(&ec2, &config, input).await).await
}
