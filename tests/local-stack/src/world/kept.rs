//! What is kept of an onboarding anywhere, and what has an owner.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::Result;
use aws_sdk_ec2::types::Filter;

use super::World;
use crate::deploy::STACK;

impl World {
    /// What is kept of an execution where the customer's link must not be: its item, all secrets with their names, the
    /// tags of what it made.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn kept(&self, execution: &str) -> Result<String> {
        let mut kept = self.item(execution).await?.unwrap_or_default().to_string();
        let pages = self.secrets.list_secrets().into_paginator().send();
        let pages: Vec<_> = pages.collect::<Result<_, _>>().await?;
        for secret in pages.iter().flat_map(|page| page.secret_list()) {
            let _ = write!(kept, "\n{} {:?}", secret.name().unwrap_or_default(), secret.tags());
            // An empty or a deleted one has no value.
            let value = self.secrets.get_secret_value().secret_id(secret.arn().unwrap_or_default()).send().await;
            // A source holds a password, which is where it belongs.
            if let Ok(value) = value
                && !secret.name().is_some_and(|name| name.contains("/source/"))
            {
                kept += value.secret_string().unwrap_or_default();
            }
        }
        let endpoints = self.ec2.describe_vpc_endpoints().send().await?;
        for endpoint in endpoints.vpc_endpoints() {
            let _ = write!(kept, "\n{:?}", endpoint.tags());
        }
        for group in self.ec2.describe_security_groups().send().await?.security_groups() {
            let _ = write!(kept, "\n{:?} {:?}", group.group_name(), group.tags());
        }
        Ok(kept)
    }

    /// The onboardings that have a secret, a security group or an endpoint.
    ///
    /// # Errors
    /// When AWS does not answer, or not as expected.
    pub async fn owners(&self) -> Result<BTreeSet<String>> {
        let mut owners = BTreeSet::new();
        let pages: Vec<_> = self.secrets.list_secrets().into_paginator().send().collect::<Result<_, _>>().await?;
        for secret in pages.iter().flat_map(|page| page.secret_list()) {
            let name = secret.name().unwrap_or_default();
            let kinds = ["onboarding", "source"].map(|kind| format!("causeway/{STACK}/{kind}/"));
            owners.extend(kinds.iter().filter_map(|kind| name.strip_prefix(kind.as_str())).map(str::to_owned));
        }
        let tagged = Filter::builder().name("tag-key").values("causeway:onboarding").build();
        let groups = self.ec2.describe_security_groups().filters(tagged.clone()).send().await?;
        let endpoints = self.ec2.describe_vpc_endpoints().filters(tagged).send().await?;
        let tags = groups.security_groups().iter().map(|group| group.tags());
        let tags = tags.chain(endpoints.vpc_endpoints().iter().map(|endpoint| endpoint.tags())).flatten();
        let owner = tags.filter(|tag| tag.key() == Some("causeway:onboarding")).filter_map(|tag| tag.value());
        owners.extend(owner.map(str::to_owned));
        Ok(owners)
    }
}
