//! What Atlas prints for the customer to copy.

/// The command that makes the interface endpoint: one line, flags in this order, nothing quoted.
#[must_use]
pub fn command(vpc_id: &str, region: &str, service_name: &str, subnet_ids: &[&str]) -> String {
    format!(
        "aws ec2 create-vpc-endpoint --vpc-id {vpc_id} --region {region} --service-name {service_name} \
         --vpc-endpoint-type Interface --subnet-ids {}",
        subnet_ids.join(" ")
    )
}

/// A connection string with user and password put in.
#[must_use]
pub fn with_user(string: &str, username: &str, password: &str) -> String {
    string.replacen("://", &format!("://{username}:{password}@"), 1)
}
