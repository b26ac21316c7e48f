//! Wires `check-endpoint`.

use check_endpoint::handle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let ec2 = aws_sdk_ec2::Client::new(&step::aws::aws_config().await);
    step::serve(async |input| handle(&ec2, input).await).await
}
