//! What must be true of a whole stack when all onboardings have come to rest.

use std::fs;

use anyhow::Result;
use counterparts::atlas::deployments::PASSWORD;

use super::Ground;
use super::party::Judged;
use super::plan::CANARY;

/// What is wrong.
pub(super) async fn broken(ground: &Ground, judged: &[Judged]) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let networks = ground.world.networks().await?;
    if networks.len() > 1 {
        wrong.push(format!("there are the VPCs {networks:?} where one has room"));
    }
    for owner in ground.world.owners().await? {
        if !judged.iter().any(|judged| judged.onboarding == owner) {
            wrong.push(format!("something has the unknown owner {owner}"));
        }
    }
    let logs = logs(ground).await?;
    let keys = judged.iter().filter_map(|judged| judged.key.as_deref());
    for secret in [PASSWORD, CANARY].into_iter().chain(keys) {
        if let Some(line) = logs.lines().find(|line| line.contains(secret)) {
            wrong.push(format!("a log holds a secret: {line}"));
        }
    }
    Ok(wrong)
}

/// What was logged: by what runs on the stack, and by the emulators themselves.
async fn logs(ground: &Ground) -> Result<String> {
    let mut all = ground.stack.function_logs(None).await?;
    for file in fs::read_dir(&ground.stack.logs)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            all.push_str(&String::from_utf8_lossy(&fs::read(path)?));
        }
    }
    Ok(all)
}
