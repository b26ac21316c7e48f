//! What was answered before, so that it can be answered again when it is no longer right.

use std::collections::{HashMap, VecDeque};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::call::Call;

/// How many questions are remembered; older ones are forgotten.
const KEPT: usize = 2000;

/// The answers to questions.
#[derive(Debug, Default)]
pub(super) struct Memory {
    answers: HashMap<Question, Answers>,
    /// The oldest first.
    order: VecDeque<Question>,
}

/// What makes two calls the same question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    region: String,
    action: String,
    target: String,
    body: Bytes,
}

#[derive(Debug)]
struct Answers {
    last: Answer,
    /// The last that was different.
    before: Option<Answer>,
}

/// An answer that is all there.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Memory {
    /// The right answer is this now; the one before is kept if it was another.
    pub(super) fn remember(&mut self, call: &Call, right: &Answer) {
        let question = Question::of(call);
        if let Some(known) = self.answers.get_mut(&question) {
            if !known.last.says_the_same(right) {
                known.before = Some(std::mem::replace(&mut known.last, right.clone()));
            }
            return;
        }
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.order.push_back(question.clone());
        self.answers.insert(question, Answers { last: right.clone(), before: None });
    }

    /// Whether the question was asked before.
    pub(super) fn knows(&self, call: &Call) -> bool {
        self.answers.contains_key(&Question::of(call))
    }

    /// What was right before the last change, if there was one.
    pub(super) fn before(&self, call: &Call) -> Option<Answer> {
        self.answers.get(&Question::of(call))?.before.clone()
    }

    /// Lets this have been the answer before any that is remembered.
    pub(super) fn begin(&mut self, call: &Call, first: &Answer) {
        if let Some(known) = self.answers.get_mut(&Question::of(call)) {
            known.before = Some(first.clone());
        }
    }
}

impl Question {
    fn of(call: &Call) -> Self {
        let (region, action) = (call.region.clone(), format!("{} {}", call.service, call.action));
        Self { region, action, target: call.target().to_owned(), body: call.body.clone() }
    }
}

impl Answer {
    fn says_the_same(&self, other: &Self) -> bool {
        self.status == other.status && without_request_id(&self.body) == without_request_id(&other.body)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

/// Each answer in XML has a number of its own.
fn without_request_id(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for name in ["requestId", "RequestId", "RequestID"] {
        if let (Some(start), Some(end)) = (text.find(&format!("<{name}>")), text.find(&format!("</{name}>")))
            && start < end
        {
            text.replace_range(start..end, "");
        }
    }
    text
}
