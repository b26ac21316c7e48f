//! Wires `open-record`.

use open_record::{Config, handle};
use register::Register;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let register = Register::new(&aws, config.register.clone());
    step::serve(async |input| handle(&secrets, &register, &config, input).await).await
}
