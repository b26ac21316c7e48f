//! What a comment of the requester is answered.

use command::Code as Fault;
use intake::Code;

use super::reference;
use crate::comment::{Block, Comment};
use shared::comment::{CommentAnswer, FaultCode};
use shared::late::Late;
use shared::message::Reply;
use shared::network::Network;
use shared::request::EndpointRequest;
use shared::state::State;

/// The comments that answer a comment; the reply's reference is its id.
pub(super) fn comments(reply: &Reply, answer: &CommentAnswer, link: &str) -> Vec<Comment> {
    let network = reply.facts.network.as_ref();
    let (status, blocks) = match answer {
        CommentAnswer::CommandTaken { request } => (None, taken(request, link)),
        CommentAnswer::CommandRefused { codes, corrected } => {
            (Some("pending"), refused(codes, corrected.as_ref().zip(network), link))
        }
        CommentAnswer::CommandLate { why } => (None, late(*why, link)),
        CommentAnswer::PasswordSeen => (Some("pending"), password(link)),
        CommentAnswer::ConnectionStringSeen => (Some("pending"), connection_string(link)),
        CommentAnswer::Standing { state } => (is_customers(*state).then_some("pending"), standing(*state, link)),
    };
    let own =
        |blocks, public, status, reference| Comment { blocks, public, status, reference, message: Some(answer.name()) };
    let mut comments = vec![own(blocks, true, status, reference(reply))];
    if matches!(answer, CommentAnswer::PasswordSeen) {
        comments.push(own(note(reply), false, None, format!("{}-note", reference(reply))));
    }
    comments
}

fn taken(request: &EndpointRequest, link: &str) -> Vec<Block> {
    vec![
        Block::text("We took the command from your comment, and make the private endpoint for this endpoint service:"),
        Block::value("Endpoint service", &request.service_name),
        Block::text("Nothing more is needed from you until we write again, usually within a minute. Where it stands:"),
        Block::Link(link.to_owned()),
    ]
}

fn refused(codes: &[FaultCode], corrected: Option<(&EndpointRequest, &Network)>, link: &str) -> Vec<Block> {
    let known = |code: &FaultCode| Fault::ALL.iter().find(|fault| fault.as_str() == code.as_str());
    let faults: Vec<String> =
        codes.iter().filter_map(known).map(|fault| format!("{} ({})", fault.explanation(), fault.as_str())).collect();
    let mut blocks = vec![Block::text("We read the command in your comment, and cannot take it as it is.")];
    blocks.extend((!faults.is_empty()).then(|| Block::text(faults.join("\n\n"))));
    if let Some((request, network)) = corrected {
        blocks.push(Block::value(
            "If this is what you mean, send it in a reply, alone",
            &command::print(request, network),
        ));
        blocks.push(Block::text("Or paste your command here, where each fault is marked in it:"));
    } else {
        blocks.push(Block::text(
            "Copy the whole command from Atlas, from \"aws ec2 create-vpc-endpoint\" to its end, and send it in a reply, \
             alone; or paste it here, where each fault is marked in it:",
        ));
    }
    blocks.push(Block::Link(link.to_owned()));
    blocks
}

fn late(why: Late, link: &str) -> Vec<Block> {
    let why = match why {
        Late::NotAwaited => "We did not take the command from your comment: none is awaited at this moment.",
        Late::Held => {
            "We did not take the command from your comment: we have a fault on our side. Nothing is lost; send it again when we \
             ask for it."
        }
        Late::AlreadyReceived => "We had the command in your comment already; it need not be sent again.",
        Late::AlreadyAnswered => {
            "We did not take the command from your comment: another was received before it, and the first one counts. Was \
             that the wrong one? Tell us in a reply."
        }
        Late::Closing | Late::Ended => {
            "We did not take the command from your comment: this request takes no more answers."
        }
    };
    vec![Block::text(why), Block::text("Where it stands, and what is needed now:"), Block::Link(link.to_owned())]
}

fn password(link: &str) -> Vec<Block> {
    vec![
        Block::text(
            "Your comment seems to hold a password. We did not take it, nor anything else from that comment. But it stands \
             in this ticket now, where more people can read it than should.",
        ),
        Block::text(
            "Please change this password in Atlas (Database Access > Edit > Edit Password). Then give the connection \
             string with the new one on this page, once it asks for it, and not in a reply. From there it goes encrypted \
             to where only the connection itself can read it:",
        ),
        Block::Link(link.to_owned()),
        Block::text("Was there a command in that comment too? Send it again, alone."),
    ]
}

/// For the support engineer, who can take a comment's text away.
fn note(reply: &Reply) -> Vec<Block> {
    vec![
        Block::text(format!(
            "The requester's comment {} seems to hold a password. It was not taken, and is kept nowhere but in this ticket \
             and in the e-mails that the help desk has sent of it.",
            reply.reference
        )),
        Block::text(
            "Please redact it there, and see that the customer changes the password: redacting alone takes it back from \
             nobody who has read it.",
        ),
    ]
}

fn connection_string(link: &str) -> Vec<Block> {
    vec![
        Block::text(
            "We did not take the connection string from your comment: a string that we can use holds a password, which \
             must not stand in a ticket.",
        ),
        Block::text("Give it on this page, with user and password, once it asks for it:"),
        Block::Link(link.to_owned()),
    ]
}

fn standing(state: State, link: &str) -> Vec<Block> {
    vec![
        Block::text(where_it_stands(state)),
        Block::text("This page always shows where it stands, and takes what is needed from you:"),
        Block::Link(link.to_owned()),
    ]
}

fn where_it_stands(state: State) -> &'static str {
    match state {
        State::Checking | State::PreparingNetwork => {
            "We are preparing a network for your private endpoint. Nothing is needed from you yet; we write here what is."
        }
        State::AwaitingCommand => {
            "We are waiting for the command that Atlas shows, which begins with \"aws ec2 create-vpc-endpoint\". Paste it \
             on the page, or send it in a reply, alone."
        }
        State::CreatingEndpoint => {
            "We have your command, and are making the private endpoint. Nothing is needed from you; it takes a minute or two."
        }
        State::AwaitingAcceptance => {
            "Your private endpoint is there, and we are waiting for Atlas to accept it. Enter its ID in Atlas and choose \
             Finalize, if you have not yet: our message about it, and the page, say where."
        }
        State::AwaitingSource => {
            "Atlas accepted the private endpoint. We are waiting for the connection string; give it on the page, not in a \
             reply."
        }
        State::Verifying => {
            "We have your connection string, and are checking it through the private endpoint. Nothing is needed from you; \
             Atlas may need some minutes until its private names are there."
        }
        State::Held => {
            "We have a fault on our side. Nothing of what you did is lost, nothing is needed from you, and it goes on by \
             itself as soon as the fault is mended."
        }
        State::Connected | State::Declined | State::Expired | State::Failed | State::Closed => {
            "This request has ended; our last message says how."
        }
    }
}

/// Whether the next step is the customer's.
fn is_customers(state: State) -> bool {
    matches!(state, State::AwaitingCommand | State::AwaitingAcceptance | State::AwaitingSource)
}
