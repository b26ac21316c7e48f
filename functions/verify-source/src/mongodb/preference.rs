//! A read preference must find its member: a driver would wait for it in vain, after a login that worked.

use std::collections::BTreeMap;

use crate::mongodb::hello::{self, Greeted, Role, shown};
use crate::report::Stop;
use source::Source;

/// Stops where no member is what the source's read preference asks for. With a direct connection drivers do not look at it,
/// routers choose by themselves, and a preference that falls back to the primary always finds one.
pub(crate) fn check(greeted: &[Greeted], source: &Source) -> Result<(), Stop> {
    let option = |name: &str| source.options.get(name).map(String::as_str);
    let is_router = greeted.iter().any(|server| server.hello.role == Role::Router);
    let (kind, role) = match option("readPreference") {
        _ if source.direct_connection || is_router => return Ok(()),
        Some(mode) if mode.eq_ignore_ascii_case("secondary") => ("secondary", Some(Role::Secondary)),
        Some(mode) if mode.eq_ignore_ascii_case("nearest") => ("member", None),
        _ => return Ok(()),
    };
    let tags = option("readPreferenceTags").unwrap_or_default();
    // Several sets of tags are alternatives, joined by `&`; an empty one takes any member.
    let alternatives: Vec<Vec<(&str, &str)>> =
        tags.split('&').map(|set| set.split(',').filter_map(|tag| tag.split_once(':')).collect()).collect();
    let fits = |server: &&Greeted| {
        alternatives.iter().any(|set| set.iter().all(|(key, value)| has(&server.hello.tags, key, value)))
    };
    let reads = |server: &Greeted| match role {
        Some(role) => server.hello.role == role,
        None => !matches!(server.hello.role, Role::Hidden | Role::Neither),
    };
    if greeted.iter().filter(fits).any(reads) {
        return Ok(());
    }
    let evidence = hello::evidence(greeted);
    // One that is only recovering may be what is asked for in a minute; without tags any other member may.
    let may_come = greeted.iter().filter(fits).any(|server| server.hello.role == Role::Neither);
    if !may_come && alternatives.iter().all(|set| !set.is_empty()) {
        let tags = shown(&tags.replace('&', "` or `"));
        return Err(Stop::ask_again(
            evidence,
            format!("The cluster has no {kind} with the tags `{tags}`, which the read preference asks for."),
            "Leave `readPreferenceTags` out, or add such nodes in Atlas: analytics nodes have the tag `nodeType:ANALYTICS`.",
        ));
    }
    Err(Stop::not_yet(
        evidence,
        format!("The cluster has no {kind} to read from at the moment, which the read preference asks for."),
        "Nothing yet: it is tried again. If it stays so, look at the cluster's state in Atlas, or leave `readPreference` out.",
    ))
}

fn has(tags: &BTreeMap<String, String>, key: &str, value: &str) -> bool {
    tags.get(key).is_some_and(|has| has == value)
}
