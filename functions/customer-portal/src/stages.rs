//! What the portal shows of each state of the definition. A test holds this table to the definition.

use crate::state::State;

pub(crate) const AWAIT_COMMAND: &str = "Await command";
pub(crate) const AWAIT_SOURCE: &str = "Await source";
pub(crate) const CREATE_ENDPOINT: &str = "Create endpoint";
pub(crate) const VERIFY_SOURCE: &str = "Verify source";
pub(crate) const CLEAN_UP: &str = "Clean up";
pub(crate) const SOURCE_WANTED: &str = "Reply: source wanted";
pub(crate) const ACCEPTED: &str = "Accepted?";
pub(crate) const ANOTHER_WINDOW: &str = "Another window?";
pub(crate) const WAIT_FOR_DELETION: &str = "Wait for deletion";
pub(crate) const WAIT_FOR_SOURCE: &str = "Wait for source";

/// Each state of the definition: where the onboarding then stands, if that changes, and a line for the timeline, if it
/// deserves one.
pub const STAGES: [(&str, Option<State>, Option<&str>); 36] = [
    ("Check eligibility", Some(State::Checking), Some("Your ticket was received and is being checked")),
    ("Eligible?", None, None),
    ("Reply: declined", Some(State::Declined), None),
    ("Declined", Some(State::Declined), Some("The request was declined")),
    ("Open portal", None, None),
    ("Ensure network", Some(State::PreparingNetwork), Some("The network is being prepared")),
    (
        "Reply: instructions",
        Some(State::PreparingNetwork),
        Some("The VPC ID and the subnet IDs were sent to the ticket"),
    ),
    (AWAIT_COMMAND, Some(State::AwaitingCommand), None),
    (ANOTHER_WINDOW, None, None),
    ("Reply: reminder", None, Some("A reminder was sent to the ticket")),
    ("Back to the wait", None, None),
    (CREATE_ENDPOINT, Some(State::CreatingEndpoint), Some("The command was received; the endpoint is being created")),
    ("Check endpoint", None, None),
    ("Endpoint ready?", None, None),
    ("Wait for endpoint", None, None),
    ("Reply: endpoint ready", None, Some("The endpoint is ready and waits for Atlas to accept it")),
    ("Wait for acceptance", Some(State::AwaitingAcceptance), None),
    ("Check acceptance", None, None),
    (ACCEPTED, None, None),
    ("Another attempt?", None, Some("Another command is needed")),
    (SOURCE_WANTED, None, Some("The connection string was asked for on the ticket")),
    (AWAIT_SOURCE, Some(State::AwaitingSource), None),
    (VERIFY_SOURCE, Some(State::Verifying), Some("The source is being verified")),
    ("Source works?", None, None),
    (WAIT_FOR_SOURCE, None, None),
    ("Another source?", None, Some("Another source is needed")),
    ("Announce", None, Some("The source works")),
    ("Reply: connected", None, None),
    ("Connected", Some(State::Connected), None),
    // Its state depends on the way that led there.
    (CLEAN_UP, None, Some("The request is being closed")),
    ("Cleaned up?", None, None),
    (WAIT_FOR_DELETION, None, None),
    ("Reply: expired", Some(State::Expired), Some("The request has expired")),
    ("Expired", Some(State::Expired), None),
    ("Reply: failed", Some(State::Failed), Some("The request failed")),
    ("Failed", Some(State::Failed), None),
];
