//! Finds `aws` where it is the program of a command, and knows the prompts that shells print before it.

/// How far into a line a prompt may reach, and how far back the path before `aws`.
const LONGEST_PATH: usize = 128;

/// Where a command begins on the line: at `aws`, alone or with a path, when what follows reads like a command.
pub(crate) fn begin_of_command(line: &[char]) -> Option<usize> {
    (0..line.len()).filter(|name| names_aws(line, *name)).find_map(|name| {
        let suffix = line.get(name + 3..name + 7).unwrap_or_default();
        let name_end = if is_word(suffix, ".exe") { name + 7 } else { name + 3 };
        let quote = line.get(name_end).filter(|ch| matches!(ch, '"' | '\''));
        let rest = line.get(name_end + usize::from(quote.is_some())..).unwrap_or_default();
        let blanks = rest.iter().take_while(|ch| is_blank(**ch)).count();
        if blanks == 0 && !rest.is_empty() {
            return None;
        }
        let begin = begin_of_path(line.get(..name)?, quote)?;
        let next: String = rest.iter().skip(blanks).take_while(|ch| !is_blank(**ch)).take(8).collect();
        let operates = next.trim_matches(['"', '\'']).eq_ignore_ascii_case("ec2") || next.starts_with("--");
        let is_lowercase = line.get(name) == Some(&'a');
        (operates || (is_lowercase && is_at_start(line, begin))).then_some(begin)
    })
}

/// Whether a shell printed this: `$ `, `> `, `% `, also after a user, a host or a directory, or `C:\…>`.
pub(crate) fn is_prompt(before: &str) -> bool {
    let text = before.trim();
    // An environment of Python or Conda stands before the prompt.
    let text = text.strip_prefix('(').and_then(|text| text.split_once(") ")).map_or(text, |(_, prompt)| prompt);
    let Some((place, mark)) = text.char_indices().next_back().and_then(|(at, mark)| Some((text.get(..at)?, mark)))
    else {
        return false;
    };
    let place = place.trim_end();
    if place.contains([';', '|', '&', '(', ')', '`', '\'', '"', '<', '>', '$', '!', '#', '*', '?']) {
        return false;
    }
    // cmd prints no blank behind its mark.
    let directory = place.strip_prefix("PS ").unwrap_or(place);
    if mark == '>' && directory.get(1..3) == Some(":\\") {
        return true;
    }
    if mark == '#' {
        // That of root; without a host before it, it begins a comment.
        return before.ends_with(' ') && (place.contains('@') || is_shell(place)) && !place.contains(' ');
    }
    matches!(mark, '$' | '%' | '>' | '❯')
        && before.ends_with(' ')
        && (matches!(place, "" | "~" | "PS") || is_shell(place) || place.starts_with("PS /") || place.contains('@'))
}

/// `bash-5.1`, as a shell without settings of its own names itself.
fn is_shell(place: &str) -> bool {
    let version = ["sh-", "bash-", "zsh-"].iter().find_map(|name| place.strip_prefix(name));
    version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

fn names_aws(line: &[char], at: usize) -> bool {
    matches!(line.get(at..at + 3), Some(['a' | 'A', 'w' | 'W', 's' | 'S']))
}

/// Whether the characters are this word, in any case.
fn is_word(chars: &[char], word: &str) -> bool {
    chars.len() == word.len() && chars.iter().zip(word.chars()).all(|(ch, plain)| ch.eq_ignore_ascii_case(&plain))
}

fn is_at_start(line: &[char], begin: usize) -> bool {
    if begin > LONGEST_PATH {
        return false;
    }
    let before: String = line.iter().take(begin).collect();
    before.trim().is_empty() || is_prompt(&before)
}

/// Where the word with `aws` at its end begins, when it is the program's name.
fn begin_of_path(before: &[char], quote: Option<&char>) -> Option<usize> {
    let ends_path = |ch: &char| match quote {
        Some(quote) => ch == quote,
        None => is_blank(*ch) || "`($;|&!#<>\"'".contains(*ch),
    };
    let reach = before.get(before.len().saturating_sub(LONGEST_PATH)..)?;
    let path = reach.iter().rev().take_while(|ch| !ends_path(ch)).count();
    let begin = before.len() - path;
    if (path > 0 && !matches!(before.last(), Some('/' | '\\'))) || path == LONGEST_PATH {
        return None;
    }
    if quote.is_some() { begin.checked_sub(1) } else { Some(begin) }
}

fn is_blank(ch: char) -> bool {
    ch == ' ' || ch == '\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(line: &str) -> Option<usize> {
        begin_of_command(&line.chars().collect::<Vec<_>>())
    }

    #[test]
    fn commands_begin_at_the_program() {
        assert_eq!(begin("aws ec2 x"), Some(0));
        assert_eq!(begin("  aws"), Some(2));
        assert_eq!(begin("$ aws iam x"), Some(2));
        assert_eq!(begin("run this: aws ec2 x"), Some(10));
        assert_eq!(begin("'aws' ec2"), Some(0));
        assert_eq!(begin(r#"> "C:\Program Files\aws.exe" ec2"#), Some(2));
        assert_eq!(begin("/usr/bin/aws --version"), Some(0));
        assert_eq!(begin("AWS EC2"), Some(0));
    }

    #[test]
    fn other_words_do_not() {
        for line in [
            "",
            "our AWS account",
            "AWS says no",
            "claws ec2",
            "awsome ec2",
            "use aws please",
            "vpc-aws ec2",
            "aws' ec2",
        ] {
            assert_eq!(begin(line), None, "{line}");
        }
    }

    #[test]
    fn prompts_are_known() {
        for prompt in [
            "$ ",
            "> ",
            "% ",
            "❯ ",
            "~ $ ",
            "PS C:\\> ",
            "C:\\Users\\ana>",
            "ana@mac ~ % ",
            "[ana@host ~]$ ",
            "PS /home/ana> ",
            "root@ip-10-0-0-5:~# ",
            "sh-4.2$ ",
            "bash-5.1# ",
            "(venv) ana@mac infra % ",
        ] {
            assert!(is_prompt(prompt), "{prompt}");
        }
        for other in ["", " ", "$", ">", "!", "# ", "sudo ", "a > ", "x; $ ", "$(ana@x) $ "] {
            assert!(!is_prompt(other), "{other}");
        }
    }
}
