//! Wires `reply-ticket`.

use aws_sdk_secretsmanager::Client;

use help_desk::{Config, HelpDesk};
use reply_ticket::{TIMEOUT, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let secrets = Client::new(&step::aws::aws_config().await);
    let help_desk = HelpDesk::new(config, secrets, TIMEOUT)?;
    step::serve(async |input| handle(&help_desk, input).await).await
}
