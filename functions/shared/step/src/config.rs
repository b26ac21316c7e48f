//! A function's configuration: the one place where its environment is read.

use std::env;
use std::fmt::Display;
use std::str::FromStr;

/// A variable of the function's environment that is missing or unreadable.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

/// A variable that must be there.
///
/// # Errors
/// When it is absent, empty, or not a `T`.
pub fn required<T>(name: &'static str) -> Result<T, ConfigError>
where
    T: FromStr<Err: Display>,
{
    optional(name)?.ok_or_else(|| ConfigError { name, problem: "is not set".to_owned() })
}

/// A variable that may be absent; an empty one counts as absent, since a template's parameter can only be empty.
///
/// # Errors
/// When it is there and not a `T`.
pub fn optional<T>(name: &'static str) -> Result<Option<T>, ConfigError>
where
    T: FromStr<Err: Display>,
{
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    let value = env::var(name);
    let Some(text) = value.ok().filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|error: T::Err| ConfigError { name, problem: format!("is not what it should be: {error}") })
}

/// A variable with values separated by commas; absent or empty, the list is empty.
///
/// # Errors
/// When one of the values is not a `T`.
pub fn list<T>(name: &'static str) -> Result<Vec<T>, ConfigError>
where
    T: FromStr<Err: Display>,
{
    let text: String = optional(name)?.unwrap_or_default();
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| {
            item.parse().map_err(|error: T::Err| ConfigError {
                name,
                problem: format!("holds `{item}`, which is wrong: {error}"),
            })
        })
        .collect()
}
