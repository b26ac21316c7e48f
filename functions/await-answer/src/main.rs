//! Wires `await-answer`.

use await_answer::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let secrets = aws_sdk_secretsmanager::Client::new(&step::aws::aws_config().await);
    step::serve(async |input| handle(&secrets, input).await).await
}
