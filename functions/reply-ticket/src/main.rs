//! Wires `reply-ticket`.

use reply_ticket::{Clients, Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let clients = Clients::new(&config, &shared::aws::aws_config().await)?;
    shared::serve(async |input| handle(&clients, &config, input).await).await
}
