//! The customer's link: the onboarding's id, the link's number, and a key that proves that we handed it out.
//!
//! It is derived when it is needed and kept nowhere. The key is 160 bits of an HMAC over id and number under the stack's
//! signing key.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use shared::ids::OnboardingId;
use step::StepError;

/// How many bytes of the HMAC a link's key has.
const KEY_BYTES: usize = 20;

/// The customer's link, `<id>.<n>.<key>`. Whoever has it can see the onboarding and answer it, so that its key never shows
/// itself unasked.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The onboarding.
    pub id: OnboardingId,
    /// Which of its links it is; the register says which one is valid.
    pub number: u32,
    key: [u8; KEY_BYTES],
}

/// A text that is no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link is written as <id>.<n>.<key>")]
pub struct InvalidLink;

impl Link {
    /// The link of this number.
    ///
    /// # Errors
    /// [`StepError::Operator`] when the signing key is shorter than the 32 bytes that the hash is worth.
    pub fn derive(signing_key: &str, id: OnboardingId, number: u32) -> Result<Self, StepError> {
        let digest = mac(signing_key, &id, number)?.finalize().into_bytes();
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&digest[..KEY_BYTES]);
        Ok(Self { id, number, key })
    }

    /// Whether we handed it out under this signing key; compared in constant time.
    ///
    /// # Errors
    /// As [`Self::derive`].
    pub fn is_under(&self, signing_key: &str) -> Result<bool, StepError> {
        Ok(mac(signing_key, &self.id, self.number)?.verify_truncated_left(&self.key).is_ok())
    }

    /// The last part of the link's path.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}.{}", self.id, self.number, HEXLOWER.encode(&self.key))
    }
}

impl FromStr for Link {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let mut parts = text.split('.');
        let (Some(id), Some(number), Some(key), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidLink);
        };
        let key = HEXLOWER.decode(key.as_bytes()).map_err(|_| InvalidLink)?;
        Ok(Self {
            id: id.parse().map_err(|_| InvalidLink)?,
            // One way of writing a number: there are no two links that are the same.
            number: number.parse().ok().filter(|read: &u32| read.to_string() == number).ok_or(InvalidLink)?,
            key: key.try_into().map_err(|_| InvalidLink)?,
        })
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Link({}.{}.…)", self.id, self.number)
    }
}

fn mac(signing_key: &str, id: &OnboardingId, number: u32) -> Result<Hmac<Sha256>, StepError> {
    if signing_key.len() < 32 {
        return Err(StepError::Operator("the stack's signing key is shorter than 32 characters".to_owned()));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(signing_key.as_bytes())
        .map_err(|_| StepError::Operator("the stack's signing key cannot be used".to_owned()))?;
    mac.update(format!("link/{id}.{number}").as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn link(number: u32) -> Link {
        Link::derive(KEY, OnboardingId::of("arn:ticket-1"), number).unwrap()
    }

    #[test]
    fn a_link_is_known_by_its_key() {
        let read: Link = link(1).reveal().parse().unwrap();
        assert!(read.is_under(KEY).unwrap());
        assert!(!read.is_under(&KEY.replace('0', "1")).unwrap());
        assert_ne!(read, link(2));
        let other: Link = link(1).reveal().replacen(".1.", ".2.", 1).parse().unwrap();
        assert!(!other.is_under(KEY).unwrap());
    }

    #[test]
    fn other_texts_are_no_links() {
        let right = link(1).reveal();
        for text in [
            "",
            &right[..right.len() - 1],
            &right[..32],
            &format!("{right}.1"),
            &right.to_uppercase(),
            &right.replacen(".1.", ".01.", 1),
            &right.replacen(".1.", ".+1.", 1),
        ] {
            assert_eq!(text.parse::<Link>(), Err(InvalidLink), "{text}");
        }
    }

    #[test]
    fn a_links_key_does_not_show_itself() {
        let key = link(1).reveal()[35..].to_owned();
        assert!(!format!("{:?}", link(1)).contains(&key));
    }

    #[test]
    fn a_short_signing_key_is_refused() {
        let id = OnboardingId::of("arn:ticket-1");
        assert!(matches!(Link::derive("short", id, 1), Err(StepError::Operator(_))));
    }
}
