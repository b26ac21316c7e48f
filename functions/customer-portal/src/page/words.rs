//! What each state is called, who must act, and what that means.

use crate::outcome::Shown;
use shared::state::State;

/// The headline of a state.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) turn: Turn,
    pub(super) lead: String,
}

/// Who must act.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    Customer,
    Platform,
    CustomerThenAtlas,
    Done,
    Nobody,
}

impl Turn {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Customer => "Your turn.",
            Self::Platform => "Our turn.",
            Self::CustomerThenAtlas => "Your turn, then Atlas’s.",
            Self::Done => "Done.",
            Self::Nobody => "Closed.",
        }
    }
}

/// The headline for where the onboarding stands.
pub(super) fn of(shown: &Shown) -> Words {
    let ticket = shown.ticket();
    if shown.is_closing() {
        let lead = "Nothing is needed from you. It takes some minutes; this page then says that it is done.".to_owned();
        return Words { title: "This request is being closed", turn: Turn::Platform, lead };
    }
    let again = || match shown.kept() {
        Some(_) => format!("The private endpoint stays. What is to become of it? Reply to {ticket}."),
        None => "To start again, open a new ticket of the same kind. It gets a link of its own.".to_owned(),
    };
    let (title, turn, lead) = match shown.at() {
        State::Checking => (
            "Your request is being checked",
            Turn::Platform,
            "Nothing is needed from you. It takes seconds; then we prepare the network.".to_owned(),
        ),
        State::PreparingNetwork => (
            "Your network is being prepared",
            Turn::Platform,
            "Nothing is needed from you. It takes a minute at most; then you get the IDs to enter in Atlas.".to_owned(),
        ),
        State::AwaitingCommand => (
            "Bring us the command from Atlas",
            Turn::Customer,
            "About five minutes, in Atlas and here. You need the role Project Owner in the Atlas project.".to_owned(),
        ),
        State::CreatingEndpoint => (
            "Your private endpoint is being created",
            Turn::Platform,
            "Nothing is needed from you. It takes about a minute; then you get the endpoint ID for Atlas.".to_owned(),
        ),
        State::AwaitingAcceptance => (
            "Enter the endpoint in Atlas",
            Turn::CustomerThenAtlas,
            "The private endpoint is there. Done already? Then nothing more is needed: Atlas accepts it by itself, usually \
             within minutes."
                .to_owned(),
        ),
        State::AwaitingSource => (
            "Give us the connection string",
            Turn::Customer,
            "Atlas accepted the private endpoint. One thing is left: how our platform logs in to your database.".to_owned(),
        ),
        State::Verifying => (
            "Your source is being verified",
            Turn::Platform,
            "Nothing is needed from you. We connect through the private endpoint; it takes seconds once Atlas has \
             published the private hosts."
                .to_owned(),
        ),
        // Where it stood is none of these.
        State::Held => ("Your request is on hold", Turn::Platform, String::new()),
        State::Connected => (
            "Connected",
            Turn::Done,
            "Our platform reaches your deployment through the private endpoint. Nothing more is needed.".to_owned(),
        ),
        State::Declined => (
            "This request was declined",
            Turn::Nobody,
            format!("Nothing was created. If this is a mistake, reply to {ticket}."),
        ),
        State::Expired => (
            "This request has expired",
            Turn::Nobody,
            again(),
        ),
        State::Closed => (
            "This request was closed",
            Turn::Nobody,
            again(),
        ),
        State::Failed if shown.error().is_some() => (
            "This request failed",
            Turn::Customer,
            format!("When the reason below is mended, open a new ticket. Questions go to {ticket}."),
        ),
        State::Failed => (
            "This request failed",
            Turn::Platform,
            format!("Nothing is needed from you in Atlas or here. We look into it and answer on {ticket}."),
        ),
    };
    if shown.is_held() {
        let (turn, lead) = held(shown.at());
        return Words { title, turn, lead: lead.to_owned() };
    }
    Words { title, turn, lead }
}

/// Who must act while a fault of ours is in the way, and what that means.
fn held(at: State) -> (Turn, &'static str) {
    match at {
        State::AwaitingCommand => (
            Turn::Platform,
            "We have a fault on our side and cannot take the command at this moment. Nothing is lost: we try again by \
             ourselves, and the field for it is here when it works. You can fetch it from Atlas meanwhile.",
        ),
        State::AwaitingAcceptance => (
            Turn::CustomerThenAtlas,
            "We have a fault on our side, which is not in your way: the private endpoint is there. Nothing is lost, and we \
             go on by ourselves.",
        ),
        State::AwaitingSource => (
            Turn::Platform,
            "We have a fault on our side and cannot take the connection string at this moment. Nothing is lost: the \
             private endpoint stays, we try again by ourselves, and the field for it is here when it works.",
        ),
        _ => (
            Turn::Platform,
            "We have a fault on our side, so that this takes longer. Nothing is lost, and nothing is needed from you: we \
             try again by ourselves, and go on here when it works.",
        ),
    }
}
