//! Connections that are ended before anything was said on them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::{HOST, STRING, World, assert_connected, assert_stopped, at};
use shared::verification::{Layer, Verdict};

/// Above its connection limit Atlas takes a connection and drops it; from addresses that are not in the IP access list it
/// ends the handshake with an alert.
#[tokio::test]
async fn a_connection_that_is_dropped_before_tls_says_why_that_may_be() {
    const INTERNAL_ERROR: &[u8] = &[21, 3, 3, 0, 2, 2, 80];
    let world = World::new().await;
    for (reads, answer, cause) in [
        (false, &[] as &[u8], "connection limit"),
        (true, &[], "connection limit"),
        (true, INTERNAL_ERROR, "IP access list"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            if reads {
                let mut greeting = [0; 4096];
                assert!(stream.read(&mut greeting).await.unwrap() > 0);
            }
            stream.write_all(answer).await.unwrap();
        });
        let output = world.try_source(&at(HOST, port)).await;
        server.await.unwrap();
        assert_stopped(&output, Verdict::NotYet, Layer::Tls, "before TLS was set up");
        let told = format!("{} {}", output.problem.as_deref().unwrap(), output.next_step.as_deref().unwrap());
        assert!(told.contains("connection limit") && told.to_lowercase().contains("ip access list"), "{output:#?}");
        assert!(output.problem.as_ref().unwrap().contains(cause), "{output:#?}");
    }
    assert_connected(&world.try_string(STRING).await);
}
