//! Wires `await-answer`.

use await_answer::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let secrets = aws_sdk_secretsmanager::Client::new(&step::aws::aws_config().await);
    step::serve(async |input| handle(&secrets, &config, input).await).await
}
