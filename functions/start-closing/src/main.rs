//! Wires `start-closing`.

use register::Register;
use start_closing::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    let aws = step::aws::aws_config().await;
    let sfn = aws_sdk_sfn::Client::new(&aws);
    let register = Register::new(&aws, config.register.clone());
    step::serve(async |input| handle(&sfn, &register, &config, input).await).await
}
