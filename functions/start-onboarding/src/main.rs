//! Wires `start-onboarding`.

use start_onboarding::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let sfn = aws_sdk_sfn::Client::new(&step::aws::aws_config().await);
    step::serve(async |input| handle(&sfn, &config, input).await).await
}
