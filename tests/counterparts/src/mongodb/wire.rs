//! Messages of the wire protocol: one document in an `OP_MSG`.

use anyhow::{Context, Result, ensure};
use bson::Document;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const OP_MSG: i32 = 2013;

/// Reads a command and its number; `None` at the end of the connection.
pub(super) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Option<(i32, Document)>> {
    let Ok(length) = stream.read_i32_le().await else { return Ok(None) };
    let request = stream.read_i32_le().await?;
    let _answers = stream.read_i32_le().await?;
    let operation = stream.read_i32_le().await?;
    ensure!(operation == OP_MSG, "a client sent the operation {operation}");
    let length = usize::try_from(length).ok().and_then(|length| length.checked_sub(16)).context("a short message")?;
    ensure!(length < 1 << 20, "a client sent a message of {length} bytes");
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    let body = rest.get(5..).filter(|_| rest.get(4) == Some(&0)).context("a message does not begin with its body")?;
    Ok(Some((request, Document::from_reader(body)?)))
}

/// Answers a command.
pub(super) async fn write<S: AsyncWrite + Unpin>(stream: &mut S, request: i32, answer: &Document) -> Result<()> {
    let body = answer.to_vec()?;
    let mut message = Vec::new();
    for field in [i32::try_from(body.len() + 21)?, 0, request, OP_MSG, 0] {
        message.extend_from_slice(&field.to_le_bytes());
    }
    message.push(0);
    message.extend_from_slice(&body);
    stream.write_all(&message).await?;
    stream.flush().await?;
    Ok(())
}
