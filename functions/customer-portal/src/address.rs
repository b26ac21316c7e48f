//! Where the customer's link leads.

use std::fmt;

use secrets::link::Link;
use shared::ids::OnboardingId;

/// Where the customer's link leads. It holds the link's key, so that it never shows itself unasked.
#[derive(Clone)]
pub(crate) struct Address {
    /// The onboarding behind it.
    pub(crate) id: OnboardingId,
    /// For the page's own forms: `/o/<id>.<n>.<key>`.
    pub(crate) path: String,
    /// For other programs: `https://connect.example.com/o/<id>.<n>.<key>`.
    pub(crate) url: String,
}

impl Address {
    /// Where this link leads on the portal at this URL.
    pub(crate) fn of(link: &Link, portal_url: &str) -> Self {
        let path = format!("/o/{}", link.reveal());
        Self { id: link.id.clone(), url: format!("{portal_url}{path}"), path }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({}…)", self.id)
    }
}
