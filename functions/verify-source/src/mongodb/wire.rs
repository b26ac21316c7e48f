//! MongoDB's wire protocol, as little of it as is needed: one command and its answer, in a single `OP_MSG` each.

use std::io;
use std::time::Duration;

use bson::{Bson, Document};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

const OP_MSG: i32 = 2013;
/// Length, request, answered request, operation.
const HEADER: usize = 16;
/// The longest answer that is read, in bytes: the rights of a user are the longest, with some ten thousand.
const LONGEST: usize = 2 * 1024 * 1024;
/// How long an answer may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// Why a command got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("no answer within {} s", LIMIT.as_secs())]
    Slow,
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the answer is not MongoDB's protocol")]
    NotMongodb,
}

/// Sends a command to a database and waits for its answer, which may be a refusal.
pub(crate) async fn run<S>(stream: &mut S, database: &str, mut command: Document) -> Result<Document, WireError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    command.insert("$db", database);
    let exchange = async {
        stream.write_all(&encode(&command)?).await?;
        stream.flush().await?;
        read(stream).await
    };
    timeout(LIMIT, exchange).await.map_err(|_| WireError::Slow)?
}

fn encode(command: &Document) -> Result<Vec<u8>, WireError> {
    let body = command.to_vec().map_err(io::Error::other)?;
    // The flags, and the kind of the one section.
    let length = i32::try_from(HEADER + 5 + body.len()).map_err(io::Error::other)?;
    let mut message = Vec::with_capacity(HEADER + 5 + body.len());
    for field in [length, REQUEST, 0, OP_MSG, 0] {
        message.extend_from_slice(&field.to_le_bytes());
    }
    message.push(0);
    message.extend_from_slice(&body);
    Ok(message)
}

/// There is never more than one request on its way.
const REQUEST: i32 = 1;

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Document, WireError> {
    let length = stream.read_i32_le().await?;
    let _request = stream.read_i32_le().await?;
    let answers = stream.read_i32_le().await?;
    let operation = stream.read_i32_le().await?;
    let length = usize::try_from(length).map_err(|_| WireError::NotMongodb)?;
    if !(HEADER + 5..=LONGEST).contains(&length) || answers != REQUEST || operation != OP_MSG {
        return Err(WireError::NotMongodb);
    }
    let mut rest = vec![0; length - HEADER];
    stream.read_exact(&mut rest).await?;
    // A checksum, if there is one, stands behind the document, which knows its own length.
    let body = rest.get(5..).filter(|_| rest.get(4) == Some(&0)).ok_or(WireError::NotMongodb)?;
    Document::from_reader(body).map_err(|_| WireError::NotMongodb)
}

/// Whether a field is there and says yes, as a flag or as a number.
pub(crate) fn is_true(document: &Document, key: &str) -> bool {
    number(document, key) == Some(1)
}

/// A whole number, in whichever type it was sent.
pub(crate) fn number(document: &Document, key: &str) -> Option<i64> {
    match document.get(key)? {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "a whole number up to a few thousand, as servers send it")]
        Bson::Double(number) => Some(*number as i64),
        Bson::Boolean(flag) => Some(i64::from(*flag)),
        _ => None,
    }
}
