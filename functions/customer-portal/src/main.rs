//! Wires `customer-portal`.

use customer_portal::{Clients, Config, handle};
use lambda_http::{Error, Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::tracing::init_default_subscriber();
    let config = Config::from_env()?;
    let clients = Clients::new(&shared::aws::aws_config().await);
    lambda_http::run(service_fn(async |request: Request| Ok::<_, Error>(handle(&clients, &config, request).await)))
        .await
}
