//! SCRAM as MongoDB has it (RFC 5802, RFC 7677): the client proves that it knows the password, and the server as well.
//!
//! The arithmetic is aws-lc's; here are only the messages. Unlike other services MongoDB does not prepare user names, and
//! with SHA-1 it takes a digest in the password's place.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2, rand};
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use source::{Mechanism, SecretText};

/// Fewer would make the proof cheap to guess from, as drivers hold too; more would only keep the processor busy.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4096..=200_000;

/// A server's message that a client must not go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScramError {
    #[error("the server's message cannot be read")]
    Malformed,
    #[error("the server did not take up our nonce")]
    Nonce,
    #[error("the server asks for a number of iterations that is not accepted")]
    Iterations,
    #[error("the password cannot be used with SCRAM")]
    Password,
    #[error("the server did not prove that it knows the password")]
    Signature,
}

/// The first half of the exchange.
pub(crate) struct Scram {
    mechanism: Mechanism,
    nonce: String,
    first_bare: String,
}

/// What the server must prove in the end.
pub(crate) struct Expected {
    key: hmac::Key,
    exchange: String,
}

impl Scram {
    pub(crate) fn new(mechanism: Mechanism, username: &str) -> Result<Self, ScramError> {
        let mut random = [0; 24];
        rand::fill(&mut random).map_err(|_| ScramError::Malformed)?;
        Ok(Self::with_nonce(mechanism, username, BASE64.encode(&random)))
    }

    fn with_nonce(mechanism: Mechanism, username: &str, nonce: String) -> Self {
        let username = username.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={username},r={nonce}");
        Self { mechanism, nonce, first_bare }
    }

    /// The client's first message.
    pub(crate) fn first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// The client's answer to the server's first message.
    pub(crate) fn prove(
        &self,
        username: &str,
        password: &SecretText,
        server_first: &str,
    ) -> Result<(String, Expected), ScramError> {
        let field = |key: &str| server_first.split(',').find_map(|field| field.strip_prefix(key));
        let nonce = field("r=").ok_or(ScramError::Malformed)?;
        let salt = field("s=").and_then(|salt| BASE64.decode(salt.as_bytes()).ok()).ok_or(ScramError::Malformed)?;
        let iterations: u32 = field("i=").and_then(|number| number.parse().ok()).ok_or(ScramError::Malformed)?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err(ScramError::Nonce);
        }
        let iterations = Some(iterations).filter(|iterations| ITERATIONS.contains(iterations));
        let iterations = iterations.and_then(NonZeroU32::new).ok_or(ScramError::Iterations)?;

        let (derivation, authentication, hash) = match self.mechanism {
            Mechanism::ScramSha1 => {
                (pbkdf2::PBKDF2_HMAC_SHA1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA1_FOR_LEGACY_USE_ONLY)
            }
            Mechanism::ScramSha256 => (pbkdf2::PBKDF2_HMAC_SHA256, hmac::HMAC_SHA256, &digest::SHA256),
        };
        let prepared = prepare(self.mechanism, username, password)?;
        let mut salted = Zeroizing::new(vec![0; hash.output_len()]);
        pbkdf2::derive(derivation, iterations, &salt, prepared.as_bytes(), &mut salted);
        let salted = hmac::Key::new(authentication, &salted);

        let final_bare = format!("c=biws,r={nonce}");
        let exchange = format!("{},{server_first},{final_bare}", self.first_bare);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(hash, client_key.as_ref());
        let signature = hmac::sign(&hmac::Key::new(authentication, stored_key.as_ref()), exchange.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(key, signature)| key ^ signature).collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let expected = Expected { key: hmac::Key::new(authentication, server_key.as_ref()), exchange };
        Ok((format!("{final_bare},p={}", BASE64.encode(&proof)), expected))
    }
}

impl Expected {
    /// Checks the server's last message.
    pub(crate) fn check(&self, server_final: &str) -> Result<(), ScramError> {
        let signature = server_final.split(',').find_map(|field| field.strip_prefix("v="));
        let signature = signature.and_then(|text| BASE64.decode(text.as_bytes()).ok()).ok_or(ScramError::Signature)?;
        hmac::verify(&self.key, self.exchange.as_bytes(), &signature).map_err(|_| ScramError::Signature)
    }
}

fn prepare(mechanism: Mechanism, username: &str, password: &SecretText) -> Result<Zeroizing<String>, ScramError> {
    match mechanism {
        Mechanism::ScramSha1 => {
            let text = Zeroizing::new(format!("{username}:mongo:{}", password.reveal()));
            Ok(Zeroizing::new(HEXLOWER.encode(&Md5::digest(text.as_bytes()))))
        }
        Mechanism::ScramSha256 => stringprep::saslprep(password.reveal())
            .map(|prepared| Zeroizing::new(prepared.into_owned()))
            .map_err(|_| ScramError::Password),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    /// The exchange in section 3 of RFC 7677.
    fn example() -> (String, Expected) {
        let scram = Scram::with_nonce(Mechanism::ScramSha256, "user", "rOprNGfwEbeRWgbNEkqO".to_owned());
        assert_eq!(scram.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        scram.prove("user", &SecretText::from("pencil".to_owned()), SERVER_FIRST).unwrap()
    }

    #[test]
    fn the_proof_is_that_of_the_rfc() {
        let (proof, expected) = example();
        assert!(proof.ends_with(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), "{proof}");
        assert_eq!(expected.check("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), Ok(()));
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_noticed() {
        let (_, expected) = example();
        for message in ["v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", "v=", "", "e=other-error"] {
            assert_eq!(expected.check(message), Err(ScramError::Signature), "{message}");
        }
    }

    #[test]
    fn a_server_cannot_weaken_the_proof() {
        let password = SecretText::from("pencil".to_owned());
        let scram = Scram::with_nonce(Mechanism::ScramSha256, "a=b,c", "mine".to_owned());
        assert_eq!(scram.first(), "n,,n=a=3Db=2Cc,r=mine");
        for (message, error) in [
            ("r=mine+yours,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1", ScramError::Iterations),
            ("r=mine+yours,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000", ScramError::Iterations),
            ("r=mine,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", ScramError::Nonce),
            ("r=yours,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", ScramError::Nonce),
            ("r=mine+yours,s=?,i=4096", ScramError::Malformed),
            ("", ScramError::Malformed),
        ] {
            assert_eq!(scram.prove("a=b,c", &password, message).err(), Some(error), "{message}");
        }
    }
}
