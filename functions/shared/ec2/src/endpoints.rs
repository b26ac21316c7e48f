//! The look at endpoints.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::SdkError;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsError;
use aws_sdk_ec2::types::{Filter, VpcEndpoint};

use crate::is_in_state;

/// The endpoints that all of the filters let through, but for those that EC2 still shows when they are deleted.
///
/// # Errors
/// When EC2 refuses.
pub async fn endpoints(
    ec2: &Client,
    filters: impl IntoIterator<Item = Filter>,
) -> Result<Vec<VpcEndpoint>, SdkError<DescribeVpcEndpointsError>> {
    let pages = ec2.describe_vpc_endpoints().set_filters(Some(filters.into_iter().collect())).into_paginator();
    let mut found = pages.items().send().collect::<Result<Vec<_>, _>>().await?;
    found.retain(|endpoint| !is_in_state(endpoint, &["deleted"]));
    Ok(found)
}
