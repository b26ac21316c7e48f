use super::*;

fn connected(subnet_ids: &[&str]) -> PrivateLink {
    let private_link = PrivateLink::new();
    let zones = ["us-east-1a".to_owned(), "us-east-1b".to_owned()];
    let service = private_link.add_service("us-east-1", "444455556666", &zones);
    private_link.connect(NewConnection {
        endpoint_id: "vpce-0123456789abcdef0".to_owned(),
        service,
        vpc_id: "vpc-1".to_owned(),
        subnet_ids: subnet_ids.iter().map(ToString::to_string).collect(),
        security_group_ids: vec!["sg-1".to_owned()],
        zones: zones[..subnet_ids.len()].to_vec(),
    });
    private_link
}

fn described(private_link: &PrivateLink) -> &'static str {
    private_link.describe("vpce-0123456789abcdef0").unwrap().state.as_str()
}

#[test]
fn a_service_name_has_the_form_that_aws_gives() {
    let service = PrivateLink::new().add_service("eu-west-1", "444455556666", &[]);
    let name = service.name();
    let digits = name.strip_prefix("com.amazonaws.vpce.eu-west-1.vpce-svc-").unwrap();
    assert_eq!(digits.len(), 17);
    assert!(digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn an_accepted_connection_is_pending_once_and_then_available() {
    let private_link = connected(&["subnet-1"]);
    assert_eq!(described(&private_link), "pendingAcceptance");
    assert_eq!(described(&private_link), "pendingAcceptance");
    private_link.accept("vpce-0123456789abcdef0").unwrap();
    assert_eq!(described(&private_link), "pending");
    assert_eq!(described(&private_link), "available");
    assert_eq!(described(&private_link), "available");
}

#[test]
fn a_rejected_connection_cannot_be_accepted() {
    let private_link = connected(&["subnet-1"]);
    private_link.reject("vpce-0123456789abcdef0").unwrap();
    let refused = private_link.accept("vpce-0123456789abcdef0");
    assert_eq!(refused, Err(Refused::Not(ConnectionState::Rejected)));
    assert_eq!(private_link.accept("vpce-0"), Err(Refused::Unknown));
}

#[test]
fn a_failed_connection_tells_why() {
    let private_link = connected(&["subnet-1"]);
    private_link.fail("vpce-0123456789abcdef0", "no address is free").unwrap();
    let shown = private_link.connection("vpce-0123456789abcdef0").unwrap();
    assert_eq!((shown.state, shown.failure.as_deref()), (ConnectionState::Failed, Some("no address is free")));
}

#[test]
fn dns_names_come_with_the_second_describe_and_the_regional_one_is_first() {
    let private_link = connected(&["subnet-1", "subnet-2"]);
    let service_id = private_link.services("us-east-1").remove(0).id;
    assert!(private_link.describe("vpce-0123456789abcdef0").unwrap().dns_names.is_empty());
    let names = private_link.describe("vpce-0123456789abcdef0").unwrap().dns_names;
    let suffix = names[0].strip_prefix("vpce-0123456789abcdef0-").unwrap().split('.').next().unwrap();
    assert_eq!(suffix.len(), 8);
    let rest = format!("{service_id}.us-east-1.vpce.amazonaws.com");
    assert_eq!(
        names,
        [
            format!("vpce-0123456789abcdef0-{suffix}.{rest}"),
            format!("vpce-0123456789abcdef0-{suffix}-us-east-1a.{rest}"),
            format!("vpce-0123456789abcdef0-{suffix}-us-east-1b.{rest}"),
        ]
    );
}

#[test]
fn an_endpoint_without_subnets_never_has_dns_names() {
    let private_link = connected(&[]);
    for _ in 0..3 {
        assert!(private_link.describe("vpce-0123456789abcdef0").unwrap().dns_names.is_empty());
    }
}

#[test]
fn a_token_is_bound_to_its_parameters() {
    let private_link = PrivateLink::new();
    assert_eq!(private_link.client_token("t", "a"), ClientToken::New);
    private_link.remember_client_token("t", "a", "vpce-1");
    assert_eq!(private_link.client_token("t", "a"), ClientToken::Used("vpce-1".to_owned()));
    assert_eq!(private_link.client_token("t", "b"), ClientToken::Mismatch);
}

#[test]
fn a_vpc_is_full_at_the_limit_and_deletion_frees_a_place() {
    let private_link = connected(&["subnet-1"]);
    assert!(!private_link.is_full("vpc-1"));
    private_link.set_endpoint_limit(1);
    assert!(private_link.is_full("vpc-1"));
    assert!(!private_link.is_full("vpc-2"));
    private_link.delete("vpce-0123456789abcdef0");
    assert_eq!(described(&private_link), "deleting");
    assert!(private_link.is_full("vpc-1"));
    assert_eq!(private_link.describe("vpce-0123456789abcdef0"), None);
    assert!(!private_link.is_full("vpc-1"));
}
