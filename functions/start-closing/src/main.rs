//! Wires `start-closing`.

use register::Register;
use start_closing::{Clients, Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let clients = Clients {
        register: Register::new(&aws, config.register.clone()),
        secrets: aws_sdk_secretsmanager::Client::new(&aws),
        sfn: aws_sdk_sfn::Client::new(&aws),
        sqs: aws_sdk_sqs::Client::new(&aws),
    };
    step::serve(async |input| handle(&clients, &config, input).await).await
}
