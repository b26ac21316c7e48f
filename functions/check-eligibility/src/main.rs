//! Wires `check-eligibility`.

use check_eligibility::{Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_env()?;
    step::serve(async |input| handle(&config, input)).await
}
