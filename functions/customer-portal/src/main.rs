//! Wires `customer-portal`.

use lambda_http::{Error, Request, service_fn};

use customer_portal::{Clients, Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    step::log::init();
    let config = Config::from_env()?;
    let clients = Clients::new(&step::aws::aws_config().await, &config);
    lambda_http::run(service_fn(async |request: Request| Ok::<_, Error>(handle(&clients, &config, request).await)))
        .await
}
