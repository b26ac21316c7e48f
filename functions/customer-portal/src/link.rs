//! The customer's link.

/// The customer's link.
#[derive(Debug)]
pub(crate) struct Link {
    /// For the page's own forms: `/o/<id>`.
    pub(crate) path: String,
    /// For other programs: `https://connect.example.com/o/<id>`.
    pub(crate) url: String,
}
