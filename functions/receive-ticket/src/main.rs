//! Wires `receive-ticket`.

use lambda_http::{Request, service_fn};

use receive_ticket::{Clients, Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    step::log::init();
    let config = Config::from_env()?;
    let clients = Clients::new(&config, help_desk::Config::from_env()?, &step::aws::aws_config().await)?;
    lambda_http::run(service_fn(async |request: Request| {
        Ok::<_, lambda_http::Error>(handle(&clients, &config, request).await)
    }))
    .await
}
