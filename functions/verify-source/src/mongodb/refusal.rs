//! What MongoDB's refusals mean: which ones time mends, and which it never does.

use bson::Document;

use crate::mongodb::wire;
use crate::report::Stop;
use source::Host;

/// A server that steps down, shuts down, is recovering or too busy.
const PASSING: [i64; 9] = [91, 189, 262, 462, 10107, 11600, 11602, 13435, 13436];

/// What is asked is not understood, or is not to be had here: malformed, unknown, not supported, not as the API's version has it.
const NEVER: [i64; 8] = [9, 17, 59, 72, 115, 322, 323, 40415];

/// A server's refusal of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// MongoDB's number of it.
    pub(crate) code: i64,
}

/// What a refusal means, whichever command it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It passes.
    Passing,
    /// The server stands behind a load balancer, and takes clients alone that know it.
    LoadBalanced,
    /// Atlas's proxies refuse: the name, the user, or what the user may do.
    Atlas,
    /// The user or the password is wrong.
    AuthenticationFailed,
    /// The server knows the command, but not for this user.
    Unauthorized,
    /// It stays so.
    Never,
    /// Any other.
    Other,
}

impl Refusal {
    pub(crate) fn meaning(self) -> Meaning {
        match self.code {
            354 => Meaning::LoadBalanced,
            8000 => Meaning::Atlas,
            18 => Meaning::AuthenticationFailed,
            13 => Meaning::Unauthorized,
            code if PASSING.contains(&code) => Meaning::Passing,
            code if NEVER.contains(&code) => Meaning::Never,
            _ => Meaning::Other,
        }
    }
}

/// The answer, unless it is a refusal. Its text may repeat what was sent, so that only the number is kept.
pub(crate) fn accepted(answer: Document) -> Result<Document, Refusal> {
    if wire::is_true(&answer, "ok") {
        return Ok(answer);
    }
    Err(Refusal { code: wire::number(&answer, "code").unwrap_or_default() })
}

/// A greeting was refused: before any login, so that neither user nor password has to do with it.
pub(crate) fn of_greeting(host: &Host, refusal: Refusal) -> Stop {
    let evidence = format!("{host} refused to say what it is (code {})", refusal.code);
    match refusal.meaning() {
        Meaning::LoadBalanced => load_balanced(host, evidence),
        Meaning::Atlas => Stop::ask_again(
            evidence,
            format!("Atlas does not serve any deployment by the name {} here.", host.name),
            "Copy the connection string from Atlas again: Connect > Private Endpoint, this endpoint. If it is the same, check that the cluster was not deleted or renamed.",
        ),
        Meaning::AuthenticationFailed | Meaning::Unauthorized => Stop::ask_again(
            evidence,
            format!("{host} refused us before any login (code {}), which no cluster of Atlas does.", refusal.code),
            "Check that host and port are those that Atlas shows under Connect > Private Endpoint.",
        ),
        Meaning::Never => Stop::ask_again(
            evidence,
            format!("{host} does not understand how MongoDB's drivers greet a server (code {}).", refusal.code),
            "Check that host and port are those that Atlas shows under Connect > Private Endpoint.",
        ),
        Meaning::Passing | Meaning::Other => Stop::not_yet(
            evidence,
            format!("{host} does not serve clients yet (code {}).", refusal.code),
            "Nothing yet: it is tried again. If it stays so, look at the cluster's state in Atlas.",
        ),
    }
}

/// The host is one of the optimized endpoint's, which is spoken to by its own connection string only.
pub(crate) fn load_balanced(host: &Host, evidence: String) -> Stop {
    Stop::ask_again(
        evidence,
        format!(
            "{host} stands behind a load balancer, as the optimized connection of a sharded cluster does. It takes no clients that name host and port alone."
        ),
        "Give the connection string that begins with `mongodb+srv://`, as Atlas shows it under Connect > Private Endpoint. Its host ends in `-lb`, such as `cluster0-pl-0-lb.abcde.mongodb.net`.",
    )
}
