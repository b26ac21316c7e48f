//! The tags that every resource of an onboarding carries, so that clean-up finds what a crash left unrecorded.

/// The onboarding that made the resource.
pub const ONBOARDING: &str = "causeway:onboarding";
/// Which attempt of the onboarding made the resource: a rejected endpoint is followed by another one.
pub const ATTEMPT: &str = "causeway:attempt";
/// The ticket that the onboarding answers.
pub const TICKET: &str = "causeway:ticket";
/// The stack that made the resource.
pub const STACK: &str = "causeway:stack";
/// The number of an intermediate VPC, which belongs to the stack and to no onboarding.
pub const INTERMEDIATE_VPC: &str = "causeway:intermediate-vpc";
/// Who may name an existing VPC: `true` for everybody, or a customer's id. The operator sets it.
pub const ALLOWED: &str = "causeway:allowed";
