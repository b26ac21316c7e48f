//! Tells plain text, such as the rest of an e-mail, from lines that a shell would run.

/// Whether a line can only be meant for a person: no character that a shell acts on, no flag, no path or address, and
/// either the beginning or the end of a sentence.
pub(crate) fn is_prose(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let Some(first) = words.next() else { return false };
    (begins_sentence(line) || ends_sentence(line))
        && !line.contains(is_special)
        && !line.contains("://")
        && !names_program(first)
        && !is_cmdlet(first)
        && !is_technical(first)
        && !words.any(is_technical)
}

/// A character that sentences seldom have and commands often.
fn is_special(ch: char) -> bool {
    matches!(ch, '|' | '&' | ';' | '<' | '>' | '$' | '\\' | '{' | '}' | '[' | ']' | '*' | '~' | '=' | '#' | '^' | '`')
}

/// Whether a line begins with a word that begins a command far more often than a sentence.
pub(crate) fn begins_program(line: &str) -> bool {
    line.split_ascii_whitespace().next().is_some_and(names_program)
}

#[rustfmt::skip]
fn names_program(word: &str) -> bool {
    // Most lines of an e-mail are told apart by their first letter, without a look at the list.
    word.starts_with(|first: char| first.is_ascii_lowercase()) && matches!(
        word,
        "apt" | "awk" | "aws" | "bash" | "brew" | "cat" | "cd" | "chmod" | "cmd" | "cp" | "curl" | "docker" |
        "echo" | "env" | "eval" | "exec" | "exit" | "export" | "git" | "id" | "kill" | "kubectl" | "ls" | "mkdir"
        | "mongosh" | "mv" | "nc" | "nohup" | "perl" | "pip" | "powershell" | "pwd" | "python" | "python3" |
        "reboot" | "rm" | "scp" | "sed" | "set" | "sh" | "shutdown" | "sleep" | "source" | "ssh" | "su" | "sudo"
        | "terraform" | "unset" | "wget" | "whoami" | "xargs" | "yum" | "zsh"
    )
}

fn is_technical(word: &str) -> bool {
    let flag =
        word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|ch: char| ch == '-' || ch.is_ascii_lowercase()));
    flag || word.starts_with(['/', '.'])
}

/// `Remove-Item` and its like.
fn is_cmdlet(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        verb.starts_with(|ch: char| ch.is_ascii_uppercase()) && noun.starts_with(|ch: char| ch.is_ascii_uppercase())
    })
}

fn begins_sentence(line: &str) -> bool {
    line.trim_start().starts_with(|ch: char| ch.is_alphabetic() && !ch.is_ascii_lowercase())
}

fn ends_sentence(line: &str) -> bool {
    let text = line.trim_end();
    let rest = text.trim_end_matches([',', '.', ':', '!', '?']);
    rest.len() < text.len() && rest.ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_prose() {
        for line in [
            "Hi team,",
            "here is the command:",
            "Thanks!",
            "Viele Grüße",
            "Das können wir tun.",
            "お願いします",
            "  Best, Ana (Acme)",
        ] {
            assert!(is_prose(line), "{line}");
        }
    }

    #[test]
    fn commands_are_not() {
        for line in [
            "rm -rf .",
            "whoami",
            "echo done.",
            "cd ..",
            "Remove-Item x",
            "Thanks; rm x",
            "See https://example.com.",
            "run it --now.",
            "FOO=1",
            "./x.",
            "hello there",
            "",
            "   ",
            "Run $HOME.",
            "# Note",
        ] {
            assert!(!is_prose(line), "{line}");
        }
    }
}
