//! How resources are tagged as they are made.

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

/// The tags of a resource that is made, by key and value.
pub fn tagged<'a>(resource: ResourceType, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> TagSpecification {
    let tags = tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    TagSpecification::builder().resource_type(resource).set_tags(Some(tags.collect())).build()
}
