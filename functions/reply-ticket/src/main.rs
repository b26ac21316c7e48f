//! Wires `reply-ticket`.

use aws_sdk_secretsmanager::Client;

use help_desk::HelpDesk;
use register::Register;
use reply_ticket::{Clients, Config, TIMEOUT, handle};
use secrets::signing_key::SigningKey;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let secrets = Client::new(&aws);
    let clients = Clients {
        help_desk: HelpDesk::new(help_desk::Config::from_env()?, secrets.clone(), TIMEOUT)?,
        register: Register::new(&aws, config.register.clone()),
        signing_key: SigningKey::new(secrets, &config.signing_key_secret),
        sqs: aws_sdk_sqs::Client::new(&aws),
    };
    step::serve(async |input| Ok(handle(&clients, &config, input).await)).await
}
