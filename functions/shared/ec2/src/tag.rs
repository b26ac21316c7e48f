//! How resources are tagged as they are made, and how a tag is read.

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

/// The value of a resource's tag.
#[must_use]
pub fn tag_of<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key() == Some(key)).and_then(Tag::value)
}

/// The tags of a resource that is made, by key and value.
pub fn tagged<'a>(resource: ResourceType, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> TagSpecification {
    let tags = tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    TagSpecification::builder().resource_type(resource).set_tags(Some(tags.collect())).build()
}
