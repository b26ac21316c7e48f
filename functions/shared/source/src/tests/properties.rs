//! What holds for every password, not only for those in a table.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::read_string;

proptest! {
    #[test]
    fn an_encoded_password_is_read_as_it_was(username in "[^\0]{1,20}", password in "[^\0]{1,40}") {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let text = format!("mongodb+srv://{}:{}@c-pl-0.abcde.mongodb.net/", encode(&username), encode(&password));
        if let Ok(accepted) = read_string(&text) {
            prop_assert_eq!(accepted.source.password.reveal(), password);
            prop_assert_eq!(accepted.source.username, username);
        }
    }

    #[test]
    fn no_remark_quotes_any_part_of_a_password(
        password in "Zq7[@:/?#%&=;,.<>\\[\\]$ a-z0-9]{0,20}Xk9",
        rest in "(@db\\.example\\.com(:[0-9]{1,5})?)?(/[a-z@]{0,5})?(\\?[a-zA-Z=&@]{0,12})?",
    ) {
        // Where the host is missing, an `@` in the password is the only one, and what follows is the host to everybody.
        prop_assume!(rest.starts_with('@') || !password.contains('@'));
        let text = format!("mongodb://user:{password}{rest}");
        let (told, remarks) = match read_string(&text) {
            Ok(accepted) => (format!("{accepted:?}"), accepted.notes),
            Err(refused) => (refused.to_json().to_string() + &format!("{refused:?}"), refused.diagnostics),
        };
        let told = told.to_lowercase();
        prop_assert!(!told.contains("zq7") && !told.contains("xk9"), "{}", told);
        let end = text.find("Xk9").unwrap() + 3;
        prop_assert!(remarks.iter().filter_map(|remark| remark.span).all(|span| span.start >= end));
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}") {
        let _ = read_string(&text);
        let _ = read_string(&format!("mongodb://user:secret@{text}"));
    }
}
