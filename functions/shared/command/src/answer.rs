//! Knows what the AWS CLI and the shell print below the command when it was run: the answer in each of its formats, and
//! the usual errors. It is left out; no line of it is read as a command.

/// What no line of an answer is shorter than; thousands of short lines are passed over at once.
const SHORTEST: usize = 5;

/// How a line of an error or of the pager begins.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "An error occurred", "Unable to locate credentials", "Unable to parse", "Unable to redirect", "You must specify a region",
    "The config profile", "Could not connect to the endpoint", "Connect timeout on", "Read timeout on", "SSL validation failed",
    "Error when retrieving", "Error loading SSO", "Error parsing parameter", "The SSO session", "Token has expired",
    "Partial credentials", "Parameter validation failed", "Invalid type for parameter", "Invalid length for parameter", "Invalid value for parameter", "Missing required parameter", "Invalid choice", "Invalid endpoint",
    "Unknown options:", "Unknown parameter", "To see help text", "usage: aws", "aws: error", "aws: [ERROR]", "aws: exit",
    "aws help", "aws <command>", "aws: command not found", "bash: aws", "-bash: aws", "sh: aws", "-sh: aws", "zsh: command not found",
    "zsh: aws", "'aws' is not recognized", "operable program or batch file", "Command 'aws' not found", "(END)", "--More--",
    "Additional error details",
];

/// How long the answer is that begins with the line at the start of `rest`; nothing when none does.
pub(crate) fn length(rest: &[char], line_length: usize) -> Option<usize> {
    let line = rest.get(..line_length)?;
    let begin = line.iter().position(|ch| !is_margin(*ch))?;
    let shown = line.get(begin..)?;
    if shown.len() < SHORTEST && shown.first() != Some(&'{') {
        return None;
    }
    match shown {
        ['{', ..] => json(rest.get(begin..)?).map(|length| begin + length),
        ['V', 'p', 'c', 'E', ..] if is_yaml(shown) => Some(block(rest, |line| line.starts_with([' ', '\t', '-']))),
        ['V', 'P', 'C', 'E', ..] if starts_with(shown, "VPCENDPOINT") => {
            Some(block(rest, |line| line.bytes().take(4).filter(u8::is_ascii_uppercase).count() == 4))
        }
        ['|', ..] if contains(shown, "CreateVpcEndpoint") => {
            Some(block(rest, |line| line.starts_with(['|', '+', '-'])))
        }
        ['(' | '-' | '\'' | 'A'..='Z' | 'a' | 'b' | 'o' | 's' | 'u' | 'z', ..] => {
            OPENINGS.iter().any(|opening| starts_with(shown, opening)).then_some(line_length)
        }
        _ => None,
    }
}

/// The length of an object with the endpoint in it: to its last brace, or, when it was cut, over all lines that look like
/// a part of one.
fn json(text: &[char]) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let closed = text.iter().position(|ch| {
        match ch {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            '{' if !in_string => depth += 1,
            '}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let length = closed.map_or_else(
        || block(text, |line| line.trim_matches(is_margin).starts_with(['{', '}', '[', ']', '"'])),
        |last| {
            let after = text.get(last + 1..).unwrap_or_default();
            last + 1 + after.iter().take_while(|ch| matches!(ch, ' ' | '\t')).count()
        },
    );
    text.get(..length).is_some_and(|object| contains(object, "\"VpcEndpoint")).then_some(length)
}

/// The length of the first line and of all lines behind it that are wanted or empty.
fn block(text: &[char], wanted: impl Fn(&str) -> bool) -> usize {
    let mut length = 0;
    for (number, line) in text.split(|ch| *ch == '\n').enumerate() {
        let shown: String = line.iter().collect();
        if number > 0 && !wanted(&shown) && !shown.trim_matches(is_margin).is_empty() {
            break;
        }
        length += line.len() + 1;
    }
    length.saturating_sub(1).min(text.len())
}

/// `VpcEndpoint:`, or a list of them.
fn is_yaml(line: &[char]) -> bool {
    let line: String = line.iter().collect();
    matches!(line.trim_end(), "VpcEndpoint:" | "VpcEndpoints:")
}

fn starts_with(line: &[char], text: &str) -> bool {
    line.len() >= text.len() && text.chars().zip(line).all(|(wanted, ch)| wanted == *ch)
}

fn contains(text: &[char], wanted: &str) -> bool {
    let length = wanted.chars().count();
    text.windows(length).any(|part| starts_with(part, wanted))
}

/// Blanks, and the marks of a mail program's quotation.
fn is_margin(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a text behind the answer that it begins with.
    fn behind(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let line = chars.iter().position(|ch| *ch == '\n').unwrap_or(chars.len());
        length(&chars, line).map(|length| chars.iter().skip(length).collect())
    }

    #[test]
    fn answers_are_known_in_every_format() {
        for (text, rest) in [
            ("{\"VpcEndpoint\": {\"Tags\": []}}\nrest", "\nrest"),
            ("{\n  \"VpcEndpoint\": {\n    \"PolicyDocument\": \"{}}}\"\n  }\n}\nrest", "\nrest"),
            ("> {\n>   \"VpcEndpoint\": {}\n> }", ""),
            ("{\n  \"VpcEndpoint\": {\n    \"VpcId\": \"vpc-1\",\nrest", "\nrest"),
            ("VpcEndpoint:\n  Tags: []\n  SubnetIds:\n  - subnet-1\nrest", "\nrest"),
            ("VPCENDPOINT\t2024\nGROUPS\tsg-1\nrest", "\nrest"),
            ("|  CreateVpcEndpoint  |\n+-----+\n||  x  ||\nrest", "\nrest"),
            ("An error occurred (InvalidVpcID.NotFound) when calling it\nrest", "\nrest"),
            ("aws: [ERROR]: An error occurred", ""),
            ("bash: aws: command not found", ""),
        ] {
            assert_eq!(behind(text).as_deref(), Some(rest), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in ["", "{", "{}", "{\"a\": 1}", "aws ec2 create-vpc-endpoint", "An apple", "| a | b |", "VpcEndpoint"]
        {
            assert_eq!(behind(text), None, "{text}");
        }
    }
}
