//! Asks for the command: what to enter in Atlas, in the order of its screens, and the form.

use maud::{Markup, html};

use super::{diagnosis, value};
use crate::outcome::{Outcome, Shown};
use command::Refused;
use shared::network::Network;
use shared::target::Target;

/// Where the cursor is when the page has loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    None,
    Send,
}

/// What comes of this request, for somebody who was only sent the link.
pub(super) fn what_we_create(shown: &Shown) -> Markup {
    let network = shown.network();
    html! {
        h2 { "What we create" }
        p {
            "One interface endpoint with its security group, in our AWS account"
            @if let Some(Network { vpc_id, region, .. }) = network { " (VPC " code { (vpc_id) } ", region " code { (region) } ")" }
            ". Nothing in yours; we need no password and no AWS credentials of yours. Our platform then reaches your "
            "deployment without the public Internet."
        }
    }
}

/// Both halves: Atlas, and here.
pub(super) fn ask(shown: &Shown, outcome: &Outcome) -> Markup {
    let Some(network) = shown.network() else { return html! {} };
    let in_atlas = || in_atlas(network, shown.target());
    let (pasted, refused, focus) = match outcome {
        Outcome::Refused { refused, pasted } => (pasted.as_str(), Some(refused), Focus::None),
        Outcome::FilledIn { pasted } => (pasted.as_str(), None, Focus::Send),
        Outcome::Problem { pasted, .. } => (pasted.as_str(), None, Focus::None),
        Outcome::None
        | Outcome::Accepted { .. }
        | Outcome::SourceRefused { .. }
        | Outcome::CancelAsked { .. }
        | Outcome::Cancelled { .. } => ("", None, Focus::None),
    };
    // After a try the form is what matters; the IDs for Atlas stay within reach below.
    let is_retry = refused.is_some() || focus == Focus::Send;
    // With a fault of ours in the way nothing is taken; what was brought in vain stays, to be sent again.
    let is_taken = !shown.is_held() || !pasted.is_empty();
    let here = html! {
        h2 #here { @if is_retry { "Here: send it again" } @else { "2. Here: paste it" } }
        @if let Some(refused) = refused { (diagnosis::of(refused, pasted, &shown.link.path)) }
        @if focus == Focus::Send {
            div #filled-in .box { p { "The corrected command is filled in. Nothing was sent yet: read it, then send it." } }
        }
        (form(&shown.link.path, pasted, focus, refused))
        (with_curl(&shown.link.url))
    };
    html! {
        @if let Some(problem) = shown.error() {
            div #problem .box .bad {
                p { strong { "The last command was received, and its endpoint did not come about." } }
                p { (problem) }
                p { "Please go through both steps again." }
            }
        }
        @if is_retry {
            (here)
            h2 #in-atlas { "The IDs for Atlas" }
            (in_atlas())
        } @else {
            h2 #in-atlas { @if is_taken { "1. " } "In Atlas: get the command" }
            (in_atlas())
            @if is_taken { (here) }
        }
        (what_we_create(shown))
    }
}

fn in_atlas(network: &Network, target: Option<Target>) -> Markup {
    let subnets: Vec<String> = network.subnet_ids.iter().map(ToString::to_string).collect();
    let is_shared = target.is_some_and(Target::is_shared);
    html! {
        p #short-way {
            b { "The short way: " }
            @let name = html! { "(" code { "com.amazonaws.vpce." (network.region) ".vpce-svc-…" } ")" };
            @if is_shared { "you have the command, or the name of the service in it " (name) "? Either is enough" }
            @else { "your project has an endpoint service in this region? Its name " (name) " is enough" }
            "; skip the rest here."
        }
        ol .screens {
            li {
                "Open the project in Atlas, then " b { "Network Access" } " > " b { "Private Endpoint" } " > "
                @match target {
                    Some(target) => b { (target.atlas_tab()) },
                    None => {
                        b { (Target::Dedicated.atlas_tab()) } " or " b { (Target::Federated.atlas_tab()) }
                        ", whichever you want to connect"
                    },
                }
                "."
            }
            li {
                @if is_shared { "Choose " b { "Add Private Endpoint" } ", then " }
                @else {
                    "Newer Atlas: on the card of the endpoint service choose " b { "Add Endpoint" } " > "
                    b { "Create New Endpoint" } ". Older Atlas: choose " b { "Add Private Endpoint" } ". Then choose "
                }
                b { "AWS" } " and this region, where it asks. Atlas may need 3 to 5 minutes to prepare its side."
                dl { (value::copied("Region", "region", network.region.as_str())) }
            }
            li {
                "Enter these IDs. They are of our network, not of yours."
                dl {
                    (value::copied("Your VPC ID", "vpc-id", network.vpc_id.as_str()))
                    (value::copied_each("Your Subnet IDs", "Subnet ID", "subnet-id", &subnets))
                }
            }
            li {
                "Atlas shows a command that begins with " code { "aws ec2 create-vpc-endpoint" } ". Copy it whole and do "
                b { "not" } " run it. Leave the dialog in Atlas open: the endpoint ID goes there in the last step."
            }
        }
    }
}

/// The form. It keeps what was pasted.
pub(super) fn form(link: &str, pasted: &str, focus: Focus, refused: Option<&Refused>) -> Markup {
    html! {
        form #command-form method="post" action=(format!("{link}/command")) {
            label for="command" { "The command from Atlas, or the endpoint service’s name" }
            p #command-hint .hint {
                "We read it and never run it: of a command we take the service name and the subnets, and nothing else. When it "
                "is right, we create the private endpoint at once; when it is not, we say what is wrong and nothing happens."
            }
            textarea #command name="command" rows="6" required spellcheck="false" autocapitalize="off"
                aria-describedby=(if refused.is_some() { "error-summary command-hint" } else { "command-hint" })
                aria-invalid=[refused.map(|_| "true")] { "\n" (pasted) }
            button #send autofocus[focus == Focus::Send] { "Create the private endpoint" }
        }
    }
}

fn with_curl(url: &str) -> Markup {
    let send =
        format!("curl --data-urlencode command@- {url}/command <<'END'\n(the command from Atlas, as it is)\nEND");
    let see = format!("curl {url}");
    html! {
        details #curl {
            summary { "Send it from a terminal instead" }
            p { "Answers are JSON. The command stands between the lines as it is; nothing in it needs a quotation mark." }
            p .unseen #curl-send-name { "Command for a terminal" }
            pre #curl-send tabindex="0" role="region" aria-labelledby="curl-send-name" { (send) }
            p { "Out of a file: " code { "--data-urlencode command@command.txt" } ". Where it stands: " code { (see) } }
        }
    }
}
