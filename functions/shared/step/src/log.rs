//! The log of a function.

use lambda_runtime::tracing::subscriber::filter::LevelFilter;
use lambda_runtime::tracing::subscriber::fmt;

use crate::config;

/// Begins the log, in the format and at the level that Lambda is set to.
pub fn init() {
    // What cannot be read is as if it were not set: a function runs without its log's settings too.
    let level = config::optional("AWS_LAMBDA_LOG_LEVEL").ok().flatten();
    let format: Option<String> = config::optional("AWS_LAMBDA_LOG_FORMAT").ok().flatten();
    let lines = fmt().with_target(false).without_time().with_max_level(at_most_info(level));
    if format.is_some_and(|format| format.eq_ignore_ascii_case("json")) { lines.json().init() } else { lines.init() }
}

/// Below INFO the SDK writes requests and answers whole, secrets among them; that can be switched on nowhere.
fn at_most_info(wanted: Option<LevelFilter>) -> LevelFilter {
    wanted.map_or(LevelFilter::INFO, |wanted| wanted.min(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_can_say_less_but_not_more() {
        for (wanted, level) in [
            (None, LevelFilter::INFO),
            (Some(LevelFilter::TRACE), LevelFilter::INFO),
            (Some(LevelFilter::DEBUG), LevelFilter::INFO),
            (Some(LevelFilter::WARN), LevelFilter::WARN),
        ] {
            assert_eq!(at_most_info(wanted), level, "{wanted:?}");
        }
    }
}
