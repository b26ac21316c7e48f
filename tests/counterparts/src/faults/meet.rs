//! What happens to a call.

use std::future::pending;
use std::io::{Error, ErrorKind};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::time::sleep;

use super::Faults;
use super::call::Call;
use super::fault::{Kind, Met};
use super::memory::Answer;
use super::wire::Wire;
use crate::aws::edge;

/// Lets a call meet the fault that waits for it, and passes all others on.
pub(super) async fn meet(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        // The caller is gone.
        return hang_up();
    };
    let Some(call) = faults.wire.read(parts.clone(), body.clone()) else {
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    };
    let (number, met) = faults.note(&call);
    let answer = match met {
        Some(met) => faults.spoil(&call, met, next).await,
        None => faults.pass_on(&call, &next).await,
    };
    match answer {
        Some(answer) => {
            faults.state().calls.answered(number, answer.status());
            answer
        }
        None => hang_up(),
    }
}

impl Faults {
    /// The call's number, and what it meets.
    fn note(&self, call: &Call) -> (u64, Option<Met>) {
        let mut state = self.state();
        // All have to hear of the call, so that none of them miscounts.
        let turns: Vec<_> = state.faults.iter_mut().map(|fault| fault.has_its_turn(call)).collect();
        let first = turns.into_iter().position(|has_its_turn| has_its_turn);
        let met = first.map(|place| state.faults[place].meet());
        let name = met.as_ref().map(|met| met.name.clone());
        (state.calls.note(call, name), met)
    }

    /// None is no answer.
    async fn spoil(&self, call: &Call, met: Met, next: Next) -> Option<Response> {
        match met.kind {
            Kind::Refused(refusal) => Some(refusal.answer(self.wire.format(call))),
            Kind::NoAnswer { after } => {
                let mut held = met.held;
                tokio::select! {
                    // Nothing is ever sent: this ends when the fault is taken back.
                    _ = held.changed() => {}
                    () = end_of(after) => {}
                }
                None
            }
            Kind::Slow { after } => {
                let answer = self.pass_on(call, &next).await;
                sleep(after).await;
                answer
            }
            Kind::CutBefore => None,
            Kind::CutAfter => {
                self.pass_on(call, &next).await;
                None
            }
            Kind::Stale => self.stale(call, &next).await,
            Kind::Garbage { canary } => {
                // An object in JSON to begin with, so neither XML nor a form, and a name in it that never ends.
                let headers = [(CONTENT_TYPE, self.wire.format(call).content_type())];
                Some((StatusCode::OK, headers, format!("{{\"{canary}")).into_response())
            }
            Kind::Twice => {
                self.pass_on(call, &next).await;
                self.pass_on(call, &next).await
            }
        }
    }

    /// Passes the call on, and remembers what was asked and answered.
    async fn pass_on(&self, call: &Call, next: &Next) -> Option<Response> {
        let answer = next.clone().run(call.request()).await;
        if !call.is_read() || answer.status().is_server_error() {
            return Some(answer);
        }
        let answer = whole(answer).await?;
        self.state().memory.remember(call, &answer);
        Some(answer.into_response())
    }

    async fn stale(&self, call: &Call, next: &Next) -> Option<Response> {
        let is_known = self.state().memory.knows(call);
        // Only the right answer tells whether the last one that was given is still right.
        let right = whole(self.pass_on(call, next).await?).await?;
        if is_known || self.wire != Wire::Ec2 {
            let before = self.state().memory.before(call);
            return Some(before.unwrap_or(right).into_response());
        }
        let Some(unseen) = edge::unseen(&call.body, &right.body) else {
            return Some(right.into_response());
        };
        let unseen = whole(unseen).await?;
        self.state().memory.begin(call, &unseen);
        Some(unseen.into_response())
    }
}

async fn end_of(wait: Option<Duration>) {
    match wait {
        Some(wait) => sleep(wait).await,
        None => pending().await,
    }
}

/// None when the answer itself breaks off.
async fn whole(answer: Response) -> Option<Answer> {
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.ok()?;
    Some(Answer { status: parts.status, headers: parts.headers, body })
}

/// Closes the connection without an answer: the server gives up on a body that fails before its first byte, and has
/// written nothing by then.
fn hang_up() -> Response {
    let failing = stream::iter([Err::<Bytes, _>(Error::from(ErrorKind::ConnectionAborted))]);
    (StatusCode::BAD_GATEWAY, Body::from_stream(failing)).into_response()
}
