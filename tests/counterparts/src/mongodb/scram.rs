//! The server's side of SCRAM (RFC 5802, RFC 7677), with the digest that MongoDB takes in the password's place for SHA-1.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use uuid::Uuid;

use super::{Mechanism, User};

const ITERATIONS: u32 = 4096;
const SALT: &[u8] = b"counterpart-salt";

/// A login that the client has begun.
pub(super) struct Conversation {
    mechanism: Mechanism,
    password: String,
    client_first_bare: String,
    server_first: String,
    nonce: String,
}

impl Conversation {
    /// The name in the client's first message.
    pub(super) fn username(client_first: &str) -> Option<String> {
        let name = client_first.strip_prefix("n,,n=")?.split(',').next()?;
        Some(name.replace("=2C", ",").replace("=3D", "="))
    }

    pub(super) fn begin(mechanism: Mechanism, user: &User, client_first: &str) -> Option<Self> {
        let bare = client_first.strip_prefix("n,,")?;
        let client_nonce = bare.split(',').find_map(|field| field.strip_prefix("r="))?;
        let nonce = format!("{client_nonce}{}", Uuid::new_v4().simple());
        let password = match mechanism {
            Mechanism::ScramSha1 => HEXLOWER.encode(&Md5::digest(format!("{}:mongo:{}", user.name, user.password))),
            Mechanism::ScramSha256 => user.password.clone(),
        };
        let server_first = format!("r={nonce},s={},i={ITERATIONS}", BASE64.encode(SALT));
        Some(Self { mechanism, password, client_first_bare: bare.to_owned(), server_first, nonce })
    }

    pub(super) fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The server's first message.
    pub(super) fn first(&self) -> &str {
        &self.server_first
    }

    /// The server's last message, if the client's proof is right.
    pub(super) fn finish(&self, client_final: &str) -> Option<String> {
        let (bare, proof) = client_final.rsplit_once(",p=")?;
        let proof = BASE64.decode(proof.as_bytes()).ok()?;
        if bare != format!("c=biws,r={}", self.nonce) {
            return None;
        }
        let (derivation, authentication, hash) = match self.mechanism {
            Mechanism::ScramSha1 => {
                (pbkdf2::PBKDF2_HMAC_SHA1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA1_FOR_LEGACY_USE_ONLY)
            }
            Mechanism::ScramSha256 => (pbkdf2::PBKDF2_HMAC_SHA256, hmac::HMAC_SHA256, &digest::SHA256),
        };
        let mut salted = vec![0; hash.output_len()];
        pbkdf2::derive(derivation, NonZeroU32::new(ITERATIONS)?, SALT, self.password.as_bytes(), &mut salted);
        let key = hmac::Key::new(authentication, &salted);
        let exchange = format!("{},{},{bare}", self.client_first_bare, self.server_first);
        let stored_key = digest::digest(hash, hmac::sign(&key, b"Client Key").as_ref());
        let signature = hmac::sign(&hmac::Key::new(authentication, stored_key.as_ref()), exchange.as_bytes());
        // The proof hides the client's key, whose digest is known.
        let client_key: Vec<u8> = proof.iter().zip(signature.as_ref()).map(|(proof, bits)| proof ^ bits).collect();
        if digest::digest(hash, &client_key).as_ref() != stored_key.as_ref() {
            return None;
        }
        let server_key = hmac::sign(&key, b"Server Key");
        let proof = hmac::sign(&hmac::Key::new(authentication, server_key.as_ref()), exchange.as_bytes());
        Some(format!("v={}", BASE64.encode(proof.as_ref())))
    }
}
