//! Wires `receive-ticket`.

use std::time::Duration;

use lambda_http::{Request, service_fn};

use receive_ticket::{Clients, Config, handle};

/// The help desk waits for twelve seconds, and tells of a ticket again only when it is answered that it should.
const CALL: Duration = Duration::from_secs(6);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    step::log::init();
    let config = Config::from_env()?;
    let clients = Clients::new(&config, help_desk::Config::from_env()?, &step::aws::aws_config_within(CALL).await)?;
    lambda_http::run(service_fn(async |request: Request| {
        Ok::<_, lambda_http::Error>(handle(&clients, &config, request).await)
    }))
    .await
}
