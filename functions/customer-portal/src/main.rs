//! Wires `customer-portal`.

use customer_portal::{Clients, handle};
use lambda_http::{Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::tracing::init_default_subscriber();
    let clients = Clients::new(&shared::aws::aws_config().await);
    lambda_http::run(service_fn(async |request: Request| Ok::<_, lambda_http::Error>(handle(&clients, request).await)))
        .await
}
