//! The codes of an intake: stable names for everything that it can remark on, one line of explanation each.

use crate::severity::Severity;

/// What a diagnostic is about. Scripts may match on the name in JSON, `vpc-mismatch`; it never changes its meaning.
pub trait Code: Copy + 'static {
    /// All of them, in the order of the intake's README.
    const ALL: &'static [Self];

    /// The name.
    #[must_use]
    fn as_str(self) -> &'static str;

    /// What it is about, in one sentence.
    #[must_use]
    fn explanation(self) -> &'static str;

    /// Whether what was brought is refused for it.
    #[must_use]
    fn severity(self) -> Severity;
}

/// Makes an intake's `enum Code` out of lines such as `Empty Error "empty" "Nothing was pasted.",`.
#[macro_export]
macro_rules! codes {
    ($($variant:ident $severity:ident $text:literal $explanation:literal,)*) => {
        /// What a diagnostic is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl $crate::Code for Code {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }

            fn severity(self) -> $crate::Severity {
                match self { $(Self::$variant => $crate::Severity::$severity,)* }
            }
        }
    };
}
