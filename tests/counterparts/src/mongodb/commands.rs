//! The commands that a member answers.

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, doc};
use tokio::io::{AsyncRead, AsyncWrite};

use super::scram::Conversation;
use super::{Mechanism, Member, Role, Shared, User, wire};

/// What a member remembers of one connection.
#[derive(Default)]
struct Session {
    conversation: Option<(Conversation, User)>,
    user: Option<User>,
}

/// Answers commands until the client leaves.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(shared: &Shared, port: u16, mut stream: S) {
    let mut session = Session::default();
    while let Ok(Some((request, command))) = wire::read(&mut stream).await {
        let answer = answer(shared, port, &mut session, &command);
        if wire::write(&mut stream, request, &answer).await.is_err() {
            return;
        }
    }
}

fn answer(shared: &Shared, port: u16, session: &mut Session, command: &Document) -> Document {
    let name = command.keys().next().map(String::as_str).unwrap_or_default();
    let refused = shared.lock().refused.get(name).copied();
    if let Some(code) = refused {
        return refusal(code, "Refused", "as it was told to");
    }
    match name {
        "hello" | "isMaster" | "ismaster" => hello(shared, port, command),
        "saslStart" => sasl_start(shared, session, command),
        "saslContinue" => sasl_continue(shared, session, command),
        "ping" | "endSessions" => doc! { "ok": 1.0 },
        "buildInfo" => doc! { "version": "8.0.0", "ok": 1.0 },
        "connectionStatus" => connection_status(session),
        _ if session.user.is_none() => refusal(13, "Unauthorized", "command requires authentication"),
        _ => refusal(59, "CommandNotFound", "no such command"),
    }
}

fn hello(shared: &Shared, port: u16, command: &Document) -> Document {
    let state = shared.lock();
    let name = |port: u16| format!("{}:{port}", state.host);
    let member = state.members.iter().find(|member| member.port == port);
    let role = member.map(|member| member.role);
    let primary = state.members.iter().find(|member| member.role == Role::Primary).map(|member| name(member.port));
    // A hidden member is named by nobody.
    let seen = state.members.iter().filter(|member| member.role != Role::Hidden);
    let (passives, hosts): (Vec<_>, Vec<_>) = seen.partition(|member| member.is_passive);
    let names = |members: Vec<&Member>| members.into_iter().map(|member| name(member.port)).collect::<Vec<_>>();
    let (passives, mut hosts) = (names(passives), names(hosts));
    hosts.extend(state.strangers.iter().cloned());
    let mut answer = doc! {
        "helloOk": true,
        "isWritablePrimary": role == Some(Role::Primary),
        "ismaster": role == Some(Role::Primary),
        "secondary": matches!(role, Some(Role::Secondary | Role::Hidden)),
        "setName": &shared.set_name,
        "setVersion": 1,
        "hosts": hosts,
        "me": name(port),
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "maxMessageSizeBytes": 48_000_000,
        "maxWriteBatchSize": 100_000,
        "logicalSessionTimeoutMinutes": 30,
        "minWireVersion": 0,
        "maxWireVersion": 25,
        "readOnly": false,
        "ok": 1.0,
    };
    if role == Some(Role::Hidden) {
        answer.insert("hidden", true);
    }
    if !passives.is_empty() {
        answer.insert("passives", passives);
    }
    if let Some(member) = member.filter(|member| !member.tags.is_empty()) {
        let tags: Document = member.tags.iter().map(|(key, value)| (key.clone(), Bson::from(value.as_str()))).collect();
        answer.insert("tags", tags);
    }
    if let Some(primary) = primary {
        answer.insert("primary", primary);
    }
    let asked = command.get_str("saslSupportedMechs").ok().and_then(|user| user.split_once('.'));
    if let Some(user) = asked.and_then(|(database, name)| shared.user(database, name)) {
        let mechanisms: Vec<&str> = user.mechanisms.iter().map(|mechanism| mechanism.as_str()).collect();
        answer.insert("saslSupportedMechs", mechanisms);
    }
    answer
}

fn sasl_start(shared: &Shared, session: &mut Session, command: &Document) -> Document {
    let Some(mechanism) = command.get_str("mechanism").ok().and_then(Mechanism::find) else {
        return refusal(334, "MechanismUnavailable", "unsupported mechanism");
    };
    let first = payload(command);
    let database = command.get_str("$db").unwrap_or_default();
    let user = Conversation::username(&first).and_then(|name| shared.user(database, &name));
    let begun = user
        .filter(|user| user.mechanisms.contains(&mechanism))
        .and_then(|user| Conversation::begin(mechanism, user, &first).map(|conversation| (conversation, user.clone())));
    let Some((conversation, user)) = begun else { return bad_login() };
    let answer = step(conversation.first(), false);
    session.conversation = Some((conversation, user));
    answer
}

fn sasl_continue(shared: &Shared, session: &mut Session, command: &Document) -> Document {
    let Some((conversation, user)) = session.conversation.take() else { return bad_login() };
    let Some(last) = conversation.finish(&payload(command)) else { return bad_login() };
    shared.lock().logins.push(conversation.mechanism().as_str().to_owned());
    session.user = Some(user);
    step(&last, true)
}

fn connection_status(session: &Session) -> Document {
    let privileges: Vec<Bson> = session
        .user
        .iter()
        .flat_map(|user| &user.readable)
        .map(|database| {
            Bson::Document(doc! {
                "resource": { "db": database, "collection": "" },
                "actions": ["collStats", "find", "listCollections"],
            })
        })
        .collect();
    let users: Vec<Bson> =
        session.user.iter().map(|user| Bson::Document(doc! { "user": &user.name, "db": &user.database })).collect();
    doc! { "authInfo": { "authenticatedUsers": users, "authenticatedUserPrivileges": privileges }, "ok": 1.0 }
}

fn step(message: &str, done: bool) -> Document {
    let payload = Binary { subtype: BinarySubtype::Generic, bytes: message.as_bytes().to_vec() };
    doc! { "conversationId": 1, "done": done, "payload": payload, "ok": 1.0 }
}

fn payload(command: &Document) -> String {
    command.get_binary_generic("payload").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// As Atlas answers it.
fn bad_login() -> Document {
    refusal(8000, "AtlasError", "bad auth : authentication failed")
}

fn refusal(code: i32, name: &str, message: &str) -> Document {
    doc! { "ok": 0.0, "code": code, "codeName": name, "errmsg": message }
}
