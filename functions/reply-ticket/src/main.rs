//! Wires `reply-ticket`.

use reply_ticket::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let secrets = aws_sdk_secretsmanager::Client::new(&shared::aws::aws_config().await);
    let http = reqwest::Client::builder().timeout(config.timeout).build()?;
    shared::serve(async |input| handle(&secrets, &http, &config, input).await).await
}
