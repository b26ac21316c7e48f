//! What EC2 answers about what it has not heard of yet: for a while after something was made, that can be any question.

use axum::http::StatusCode;
use axum::response::Response;

use super::query::Query;
use super::refusal::{document, refused};
use super::xml::Element;

/// Questions by id: the action, the parameter, and the error for an id that is not there.
const BY_ID: [(&str, &str, &str); 7] = [
    ("DescribeNetworkInterfaces", "NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound"),
    ("DescribeSecurityGroupRules", "SecurityGroupRuleId", "InvalidSecurityGroupRuleId.NotFound"),
    ("DescribeSecurityGroups", "GroupId", "InvalidGroup.NotFound"),
    ("DescribeSubnets", "SubnetId", "InvalidSubnetID.NotFound"),
    ("DescribeVpcEndpoints", "VpcEndpointId", "InvalidVpcEndpointId.NotFound"),
    ("DescribeVpcEndpointServices", "ServiceName", "InvalidServiceName"),
    ("DescribeVpcs", "VpcId", "InvalidVpcID.NotFound"),
];

/// The answer to this request as long as EC2 knows nothing of what it is about: that the id is unknown, or the true
/// answer with its lists empty. None where the true answer is no list.
pub(crate) fn unseen(request: &[u8], truth: &[u8]) -> Option<Response> {
    let query = Query::parse(request);
    let action = query.get("Action")?;
    let asked = BY_ID.iter().find(|(known, ..)| *known == action).map(|(_, name, code)| (query.list(name), code));
    if let Some((ids, code)) = asked
        && let Some(id) = ids.first()
    {
        return Some(refused(code, &format!("The ID '{id}' does not exist"), None));
    }
    let mut answer = Element::parse(truth).ok().filter(|answer| answer.name == format!("{action}Response"))?;
    for list in answer.children.iter_mut().filter_map(|child| child.as_mut_element()) {
        list.children.retain(|item| item.as_element().is_none());
    }
    Some(document(StatusCode::OK, &answer))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const TRUTH: &str = "<DescribeVpcsResponse><requestId>1</requestId><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>\
                         </DescribeVpcsResponse>";

    async fn said(request: &str) -> (u16, String) {
        let answer = unseen(request.as_bytes(), TRUTH.as_bytes()).unwrap();
        let status = answer.status().as_u16();
        (status, String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_id_is_unknown_and_a_list_is_empty() {
        let (status, answer) = said("Action=DescribeVpcs&VpcId.1=vpc-1").await;
        assert_eq!(status, 400);
        assert!(answer.contains("<Code>InvalidVpcID.NotFound</Code>"), "{answer}");
        let (status, answer) = said("Action=DescribeVpcs&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1").await;
        assert_eq!(status, 200);
        assert!(answer.contains("<requestId>1</requestId><vpcSet></vpcSet>"), "{answer}");
    }
}
