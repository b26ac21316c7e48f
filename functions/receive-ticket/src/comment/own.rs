//! What of a comment is its writer's own: a reply by e-mail holds what it replies to.

/// What help desks put above the part of a message that is not to be replied into.
const ABOVE: &str = "##- ";

/// How long our first line must be to be known again.
const KNOWN: usize = 20;

/// The text without lines that are quoted, and without what follows where a message of ours begins, quoted without a mark.
/// A text that is a quotation and nothing else is what its writer has to say.
pub(super) fn own_text(text: &str, ours: &[&str]) -> String {
    let first = |comment: &&str| comment.lines().map(str::trim).find(|line| line.len() >= KNOWN).map(str::to_owned);
    let begins: Vec<String> = ours.iter().filter_map(first).collect();
    let is_ours = |line: &str| line.starts_with(ABOVE) || begins.iter().any(|begin| begin == line);
    let lines = || text.lines().take_while(|line| !is_ours(line.trim_start_matches(['>', ' ', '\t']).trim_end()));
    let own: Vec<&str> = lines().filter(|line| !line.trim_start().starts_with('>')).collect();
    if own.iter().all(|line| line.trim().is_empty()) {
        return lines().collect::<Vec<_>>().join("\n");
    }
    own.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_not_the_writers_own() {
        let ours = "We prepared a network for your private endpoint.\n\nYour VPC ID:\n  vpc-1\n";
        for (text, own) in [
            ("Hi,\r\n\r\nthanks.\r\n", "Hi,\n\nthanks."),
            ("It is this:\n\n> aws ec2 …\n\nAnn", "It is this:\n\n\nAnn"),
            ("Fine.\n\nWe prepared a network for your private endpoint.\nYour VPC ID:", "Fine.\n"),
            ("Fine.\n##- Please type your reply above this line -##\naws", "Fine."),
            ("> aws ec2\n> --vpc-id", "> aws ec2\n> --vpc-id"),
            ("> We prepared a network for your private endpoint.\n> aws", ""),
            ("", ""),
        ] {
            assert_eq!(own_text(text, &[ours, "", "short"]), own, "{text}");
        }
    }
}
