//! AWS that answers what a test says, to the SDK's real clients.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{Credentials, SharedCredentialsProvider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What no error may show.
pub(crate) const CANARY: &str = "canary-sings";

/// An answer with a request's id.
pub(crate) fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nx-amzn-requestid: 7f3a-1\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// An address where every call is answered by these bytes.
pub(crate) async fn answering(bytes: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 16 * 1024];
            assert_ne!(stream.read(&mut request).await.unwrap(), 0);
            stream.write_all(bytes.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            // Whoever hangs up on what is still being said takes the answer back.
            while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
        }
    });
    format!("http://{address}")
}

/// The configuration of clients that call this address once.
pub(crate) fn calling(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .endpoint_url(url)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(2)).build())
        .build()
}
