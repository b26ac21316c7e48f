use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::xml::{self, Element};
use super::*;
use crate::aws::private_link::EndpointService;

/// Endpoints of the EC2 behind the proxy, with moto's manners: made at once, with odd DNS names, never forgotten.
type Made = Arc<Mutex<Vec<Element>>>;

async fn fake_ec2(State(made): State<Made>, method: Method, uri: Uri, body: String) -> (StatusCode, Vec<u8>) {
    let query = Query::parse(body.as_bytes());
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = match query.get("Action").unwrap() {
        "CreateVpcEndpoint" => {
            let entry = xml::node("item", [xml::text("dnsName", "vpce-1-1.com.amazonaws.vpce")]);
            let mut endpoint = xml::node(
                "vpcEndpoint",
                [
                    xml::text("vpcEndpointId", format!("vpce-{:017x}", made.len() + 1)),
                    xml::text("vpcId", query.get("VpcId").unwrap()),
                    xml::text("state", "available"),
                    xml::text("privateDnsEnabled", query.get("PrivateDnsEnabled").unwrap_or("true")),
                    xml::node("dnsEntrySet", [entry]),
                ],
            );
            let answer = xml::node("CreateVpcEndpointResponse", [endpoint.clone()]);
            "item".clone_into(&mut endpoint.name);
            made.push(endpoint);
            answer
        }
        "DescribeVpcEndpoints" => xml::node("R", [xml::node("vpcEndpointSet", made.clone())]),
        "DeleteVpcEndpoints" => {
            for id in query.list("VpcEndpointId") {
                let found = made.iter_mut().find(|endpoint| xml::text_of(endpoint, "vpcEndpointId") == id).unwrap();
                xml::set(found, xml::text("state", "deleted"));
            }
            xml::node("R", [xml::node("unsuccessful", [])])
        }
        "DescribeSubnets" => {
            let subnets = query.list("SubnetId").into_iter().map(|id| {
                let zone = format!("us-east-1{}", id.strip_prefix("subnet-").unwrap().chars().next().unwrap());
                xml::node("item", [xml::text("subnetId", id), xml::text("availabilityZone", zone)])
            });
            xml::node("R", [xml::node("subnetSet", subnets)])
        }
        "DescribeNothing" => {
            return (
                StatusCode::IM_A_TEAPOT,
                format!("<said>{method} {uri} {body}</said>").replace('&', "&amp;").into_bytes(),
            );
        }
        _ => xml::node("R", [xml::text("return", "true")]),
    };
    (StatusCode::OK, xml::document(&answer))
}

struct Bench {
    edge: SocketAddr,
    private_link: PrivateLink,
    service: EndpointService,
    client: reqwest::Client,
}

impl Bench {
    async fn new() -> Self {
        let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", upstream.local_addr().unwrap());
        let fake = Router::new().fallback(fake_ec2).with_state(Made::default());
        tokio::spawn(async { axum::serve(upstream, fake).await });

        let private_link = PrivateLink::new();
        let zones = ["us-east-1a".to_owned(), "us-east-1b".to_owned()];
        let service = private_link.add_service("us-east-1", "444455556666", &zones);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let edge = listener.local_addr().unwrap();
        let router = router(private_link.clone(), &base, None);
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { edge, private_link, service, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, Element) {
        let form: Vec<_> = [("Action", action)].into_iter().chain(parameters.iter().copied()).collect();
        let answer = self.client.post(format!("http://{}/", self.edge)).form(&form).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, Element::parse(answer.bytes().await.unwrap().as_ref()).unwrap())
    }

    /// An endpoint in two zones; the parameters replace or add to the usual ones.
    async fn create(&self, parameters: &[(&str, &str)]) -> (u16, Element) {
        let name = self.service.name();
        let usual = [
            ("VpcId", "vpc-1"),
            ("ServiceName", name.as_str()),
            ("VpcEndpointType", "Interface"),
            ("SubnetId.1", "subnet-a1"),
            ("SubnetId.2", "subnet-b1"),
            ("SecurityGroupId.1", "sg-1"),
        ];
        let is_replaced = |(name, _): &&(&str, &str)| !parameters.iter().any(|(other, _)| other == name);
        let all: Vec<_> = usual.iter().filter(is_replaced).chain(parameters).copied().collect();
        self.call("CreateVpcEndpoint", &all).await
    }

    async fn created_id(&self, parameters: &[(&str, &str)]) -> String {
        let (status, answer) = self.create(parameters).await;
        assert_eq!(status, 200, "{answer:?}");
        xml::text_of(answer.get_child("vpcEndpoint").unwrap(), "vpcEndpointId").to_owned()
    }

    async fn describe(&self, parameters: &[(&str, &str)]) -> Vec<Element> {
        let (status, mut answer) = self.call("DescribeVpcEndpoints", parameters).await;
        assert_eq!(status, 200, "{answer:?}");
        xml::into_items(answer.take_child("vpcEndpointSet").unwrap())
    }

    /// Deletes an endpoint and looks until it is gone.
    async fn delete(&self, id: &str) {
        let (status, answer) = self.call("DeleteVpcEndpoints", &[("VpcEndpointId.1", id)]).await;
        assert_eq!((status, xml::items_of(&answer, "unsuccessful").len()), (200, 0), "{answer:?}");
        let by_id = [("Filter.1.Name", "vpc-endpoint-id"), ("Filter.1.Value.1", id)];
        assert_eq!(xml::text_of(&self.describe(&by_id).await[0], "state"), "deleting");
        assert!(self.describe(&by_id).await.is_empty());
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> (u16, String) {
        let url = format!("http://{}/_edge/{path}", self.edge);
        let answer = self.client.request(method, url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn code((status, answer): (u16, Element)) -> (u16, String) {
    let error = xml::items_of(&answer, "Errors")[0];
    (status, xml::text_of(error, "Code").to_owned())
}

fn refused(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

#[tokio::test]
async fn other_calls_pass_through_untouched() {
    let bench = Bench::new().await;
    let (status, answer) = bench.call("DescribeNothing", &[("X.1", "a b&c")]).await;
    assert_eq!((status, answer.get_text().unwrap().as_ref()), (418, "POST / Action=DescribeNothing&X.1=a+b%26c"));
}

#[tokio::test]
async fn a_new_endpoint_waits_for_acceptance_and_has_no_dns_names_yet() {
    let bench = Bench::new().await;
    let (_, answer) = bench.create(&[]).await;
    let endpoint = answer.get_child("vpcEndpoint").unwrap();
    assert_eq!(xml::text_of(endpoint, "state"), "pendingAcceptance");
    assert_eq!(xml::text_of(endpoint, "privateDnsEnabled"), "false");
    assert!(xml::items_of(endpoint, "dnsEntrySet").is_empty());

    assert!(xml::items_of(&bench.describe(&[]).await[0], "dnsEntrySet").is_empty());
    let described = bench.describe(&[]).await;
    let names: Vec<_> =
        xml::items_of(&described[0], "dnsEntrySet").into_iter().map(|entry| xml::text_of(entry, "dnsName")).collect();
    let zones = names.iter().map(|name| name.contains("-us-east-1a.") || name.contains("-us-east-1b."));
    assert_eq!(zones.collect::<Vec<_>>(), [false, true, true]);
    assert!(names[0].ends_with(&format!(".{}.us-east-1.vpce.amazonaws.com", bench.service.id)), "{names:?}");
}

#[tokio::test]
async fn an_accepted_endpoint_is_seen_pending_before_it_is_available() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[]).await;
    bench.private_link.accept(&id).unwrap();
    let mut states = Vec::new();
    for _ in 0..3 {
        // A filter that excludes the endpoint must not let its time pass.
        assert!(bench.describe(&[("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", "vpc-2")]).await.is_empty());
        states.push(xml::text_of(&bench.describe(&[("VpcEndpointId.1", &id)]).await[0], "state").to_owned());
    }
    assert_eq!(states, ["pending", "available", "available"]);
}

#[tokio::test]
async fn a_client_token_makes_one_endpoint() {
    let bench = Bench::new().await;
    let first = bench.created_id(&[("ClientToken", "t")]).await;
    assert_eq!(bench.created_id(&[("ClientToken", "t")]).await, first);
    assert_eq!(bench.describe(&[]).await.len(), 1);
    let other = bench.create(&[("ClientToken", "t"), ("SubnetId.2", "subnet-b2")]).await;
    assert_eq!(code(other), refused("IdempotentParameterMismatch"));
    assert_ne!(bench.created_id(&[("ClientToken", "u")]).await, first);
}

#[tokio::test]
async fn simultaneous_requests_with_one_token_make_one_endpoint() {
    let bench = Bench::new().await;
    let token = [("ClientToken", "t")];
    let (one, two) = tokio::join!(bench.created_id(&token), bench.created_id(&token));
    assert_eq!(one, two);
    assert_eq!(bench.describe(&[]).await.len(), 1);
}

#[tokio::test]
async fn a_deleted_endpoints_token_does_not_make_another() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[("ClientToken", "t")]).await;
    bench.delete(&id).await;
    let (_, answer) = bench.create(&[("ClientToken", "t")]).await;
    let endpoint = answer.get_child("vpcEndpoint").unwrap();
    assert_eq!((xml::text_of(endpoint, "vpcEndpointId"), xml::text_of(endpoint, "state")), (id.as_str(), "deleted"));
}

#[tokio::test]
async fn what_aws_would_refuse_is_refused_and_makes_nothing() {
    let bench = Bench::new().await;
    let elsewhere = bench.private_link.add_service("eu-west-1", "444455556666", &[]).name();
    let refusals: [(&[(&str, &str)], &str); 7] = [
        (&[("ServiceName", "com.amazonaws.vpce.us-east-1.vpce-svc-0")], "InvalidServiceName"),
        (&[("ServiceName", &elsewhere)], "InvalidServiceName"),
        (&[("VpcEndpointType", "Gateway")], "InvalidParameter"),
        (&[("PrivateDnsEnabled", "true")], "InvalidParameter"),
        (&[("SubnetId.2", "subnet-c1")], "InvalidParameter"),
        (&[("SubnetId.2", "subnet-a2")], "DuplicateSubnetsInSameZone"),
        (&[("ClientToken", "t"), ("SubnetId.2", "subnet-c1")], "InvalidParameter"),
    ];
    for (parameters, expected) in refusals {
        assert_eq!(code(bench.create(parameters).await), refused(expected), "{parameters:?}");
    }
    assert!(bench.describe(&[]).await.is_empty());
    // A refused request does not use up its token.
    bench.created_id(&[("ClientToken", "t")]).await;
}

#[tokio::test]
async fn the_zone_that_the_service_lacks_is_named_as_aws_names_it() {
    let bench = Bench::new().await;
    let (_, answer) = bench.create(&[("SubnetId.2", "subnet-c1")]).await;
    let expected = format!(
        "The VPC endpoint service {} does not support the availability zone of the subnet: subnet-c1.",
        bench.service.name()
    );
    assert_eq!(xml::text_of(xml::items_of(&answer, "Errors")[0], "Message"), expected);
}

#[tokio::test]
async fn a_subnet_lacks_what_is_set() {
    let bench = Bench::new().await;
    let look = async || {
        let (_, answer) = bench.call("DescribeSubnets", &[("SubnetId.1", "subnet-b1")]).await;
        let subnet = xml::items_of(&answer, "subnetSet")[0];
        ["availableIpAddressCount", "ipv6Native"].map(|name| xml::text_of(subnet, name).to_owned())
    };
    for (lacking, shown, expected) in [
        (json!({"lacks": "addresses"}), ["0", ""], "InsufficientFreeAddressesInSubnet"),
        (json!({"lacks": "addresses", "told": false}), ["", ""], "InsufficientFreeAddressesInSubnet"),
        (json!({"lacks": "ipv4"}), ["0", "true"], "InvalidParameter"),
        (json!({"lacks": "zone"}), ["", ""], "InvalidParameter"),
    ] {
        assert_eq!(bench.control(Method::PUT, "subnets/subnet-b1", &lacking).await.0, 204);
        assert_eq!(look().await, shown, "{lacking}");
        assert_eq!(code(bench.create(&[]).await), refused(expected), "{lacking}");
        bench.created_id(&[("SubnetId.2", "subnet-a1"), ("SubnetId.1", "subnet-b2")]).await;
    }
    bench.control(Method::DELETE, "subnets/subnet-b1", &json!(null)).await;
    bench.created_id(&[]).await;
}

#[tokio::test]
async fn a_full_vpc_takes_no_more_endpoints() {
    let bench = Bench::new().await;
    bench.control(Method::PUT, "endpoint-limit", &json!({ "perVpc": 1 })).await;
    let id = bench.created_id(&[]).await;
    assert_eq!(code(bench.create(&[]).await), refused("VpcEndpointLimitExceeded"));
    bench.created_id(&[("VpcId", "vpc-2")]).await;
    bench.delete(&id).await;
    bench.created_id(&[]).await;
}

#[tokio::test]
async fn filters_see_the_state_that_callers_see() {
    let bench = Bench::new().await;
    bench.created_id(&[]).await;
    let by_state = async |state| {
        let filter = [("Filter.1.Name", "vpc-endpoint-state"), ("Filter.1.Value.1", state)];
        bench.describe(&filter).await.len()
    };
    assert_eq!((by_state("pendingAcceptance").await, by_state("available").await), (1, 0));
    let unknown = bench.call("DescribeVpcEndpoints", &[("Filter.1.Name", "x"), ("Filter.1.Value.1", "y")]).await;
    assert_eq!(code(unknown), refused("InvalidParameterValue"));
}

#[tokio::test]
async fn a_deleted_endpoint_is_gone_and_an_unknown_one_is_reported() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[]).await;
    let both = [("VpcEndpointId.1", id.as_str()), ("VpcEndpointId.2", "vpce-0")];
    assert_eq!(code(bench.call("DescribeVpcEndpoints", &both).await), refused("InvalidVpcEndpointId.NotFound"));

    let (status, answer) = bench.call("DeleteVpcEndpoints", &both).await;
    let [unsuccessful] = xml::items_of(&answer, "unsuccessful")[..] else { panic!("{answer:?}") };
    assert_eq!((status, xml::text_of(unsuccessful, "resourceId")), (200, "vpce-0"));
    assert_eq!(xml::text_of(unsuccessful.get_child("error").unwrap(), "code"), "InvalidVpcEndpoint.NotFound");
    assert_eq!(xml::text_of(&bench.describe(&[]).await[0], "state"), "deleting");
    assert!(bench.describe(&[]).await.is_empty());
    let (_, again) = bench.call("DeleteVpcEndpoints", &[("VpcEndpointId.1", &id)]).await;
    assert_eq!(xml::items_of(&again, "unsuccessful").len(), 1);
}

#[tokio::test]
async fn what_an_endpoint_uses_cannot_be_deleted_before_it() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[]).await;
    let group = [("GroupId", "sg-1")];
    let subnet = [("SubnetId", "subnet-a1")];
    assert_eq!(code(bench.call("DeleteSecurityGroup", &group).await), refused("DependencyViolation"));
    assert_eq!(code(bench.call("DeleteSubnet", &subnet).await), refused("DependencyViolation"));
    assert_eq!(bench.call("DeleteSecurityGroup", &[("GroupId", "sg-2")]).await.0, 200);
    bench.delete(&id).await;
    assert_eq!(bench.call("DeleteSecurityGroup", &group).await.0, 200);
    assert_eq!(bench.call("DeleteSubnet", &subnet).await.0, 200);
}

#[tokio::test]
async fn a_service_shows_its_zones_and_owner() {
    let bench = Bench::new().await;
    let name = bench.service.name();
    let (_, answer) = bench.call("DescribeVpcEndpointServices", &[("ServiceName.1", &name)]).await;
    let [detail] = xml::items_of(&answer, "serviceDetailSet")[..] else { panic!("{answer:?}") };
    assert_eq!((xml::text_of(detail, "owner"), xml::text_of(detail, "acceptanceRequired")), ("444455556666", "true"));
    let zones: Vec<_> =
        xml::items_of(detail, "availabilityZoneSet").into_iter().map(|zone| zone.get_text().unwrap()).collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b"]);
    let unknown = bench.call("DescribeVpcEndpointServices", &[("ServiceName.1", "com.amazonaws.vpce.x")]).await;
    assert_eq!(code(unknown), refused("InvalidServiceName"));
}

#[tokio::test]
async fn a_fault_meets_its_action_as_often_as_it_says() {
    let bench = Bench::new().await;
    let fault = json!({ "action": "CreateVpc", "code": "RequestLimitExceeded", "message": "slow down", "times": 2 });
    assert_eq!(bench.control(Method::POST, "faults", &fault).await.0, 204);
    assert_eq!(bench.call("CreateSubnet", &[]).await.0, 200);
    for _ in 0..2 {
        assert_eq!(code(bench.call("CreateVpc", &[]).await), (503, "RequestLimitExceeded".to_owned()));
    }
    assert_eq!(bench.call("CreateVpc", &[]).await.0, 200);

    bench.control(Method::POST, "faults", &fault).await;
    bench.control(Method::DELETE, "faults", &json!(null)).await;
    assert_eq!(bench.call("CreateVpc", &[]).await.0, 200);

    let (_, calls) = bench.control(Method::GET, "calls", &json!(null)).await;
    let calls: Value = serde_json::from_str(&calls).unwrap();
    assert_eq!(calls, json!([{ "action": "CreateSubnet", "count": 1 }, { "action": "CreateVpc", "count": 4 }]));
}

#[tokio::test]
async fn an_action_that_is_called_too_often_is_refused() {
    let bench = Bench::new().await;
    // Nothing flows in, so that it does not matter how long the calls take.
    let rates = json!({ "endpoints": { "burst": 1, "perSecond": 0 }, "changes": { "burst": 2, "perSecond": 0 } });
    assert_eq!(bench.control(Method::PUT, "rates", &rates).await.0, 204);
    let too_often = (503, "RequestLimitExceeded".to_owned());
    for _ in 0..2 {
        assert_eq!(bench.call("CreateVpc", &[]).await.0, 200);
    }
    assert_eq!(code(bench.call("CreateVpc", &[]).await), too_often);
    assert_eq!(bench.call("CreateSubnet", &[]).await.0, 200);
    bench.created_id(&[]).await;
    assert_eq!(code(bench.create(&[]).await), too_often);
    // A refused call has made nothing, and looks have no limit.
    assert_eq!(bench.describe(&[]).await.len(), 1);

    let (_, calls) = bench.control(Method::GET, "calls", &json!(null)).await;
    let calls: Value = serde_json::from_str(&calls).unwrap();
    assert_eq!(calls[0], json!({ "action": "CreateVpc", "count": 3 }));

    assert_eq!(bench.control(Method::DELETE, "rates", &json!(null)).await.0, 204);
    bench.created_id(&[]).await;
    let outflow = json!({ "looks": { "burst": 1, "perSecond": -1 } });
    assert_eq!(bench.control(Method::PUT, "rates", &outflow).await.0, 422);
}

#[tokio::test]
async fn an_endpoint_whose_answer_was_lost_is_found_by_its_token() {
    let bench = Bench::new().await;
    let fault = json!({ "action": "CreateVpcEndpoint", "fault": "cut-after", "times": 1 });
    let answer = bench.client.post(format!("http://{}/_faults", bench.edge)).json(&fault).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let name = bench.service.name();
    let form = [
        ("Action", "CreateVpcEndpoint"),
        ("VpcId", "vpc-1"),
        ("ServiceName", &name),
        ("VpcEndpointType", "Interface"),
        ("ClientToken", "t"),
    ];
    let send = async || bench.client.post(format!("http://{}/", bench.edge)).form(&form).send().await;
    send().await.unwrap_err();
    let [made] = &bench.describe(&[]).await[..] else { panic!("one endpoint") };
    let again = send().await.unwrap().text().await.unwrap();
    assert!(again.contains(xml::text_of(made, "vpcEndpointId")), "{again}");
    assert_eq!(bench.describe(&[]).await.len(), 1);
}

#[tokio::test]
async fn a_connections_end_can_be_arranged() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[]).await;
    let path = format!("endpoints/{id}/state");
    let failed = json!({ "state": "failed", "reason": "No address is free." });
    assert_eq!(bench.control(Method::POST, &path, &failed).await.0, 204);
    let endpoint = bench.describe(&[]).await.remove(0);
    assert_eq!(xml::text_of(&endpoint, "state"), "failed");
    assert_eq!(xml::text_of(endpoint.get_child("lastError").unwrap(), "message"), "No address is free.");
    assert_eq!(bench.control(Method::POST, &path, &json!({ "state": "expired" })).await.0, 409);
    assert_eq!(bench.control(Method::POST, &path, &json!({ "state": "available" })).await.0, 422);
    assert_eq!(bench.control(Method::POST, "endpoints/vpce-0/state", &failed).await.0, 404);
}

#[tokio::test]
async fn the_provider_can_be_played_from_beside() {
    let bench = Bench::new().await;
    let id = bench.created_id(&[]).await;
    let path = format!("endpoints/{id}/state");
    let state = async || xml::text_of(&bench.describe(&[]).await[0], "state").to_owned();
    assert_eq!(bench.control(Method::POST, &path, &json!({ "state": "pending" })).await.0, 204);
    assert_eq!((state().await, state().await), ("pending".to_owned(), "available".to_owned()));
    assert_eq!(bench.control(Method::POST, &path, &json!({ "state": "rejected" })).await.0, 204);
    assert_eq!(state().await, "rejected");

    let other = bench.created_id(&[("VpcId", "vpc-2")]).await;
    let path = format!("endpoints/{other}/state");
    assert_eq!(bench.control(Method::POST, &path, &json!({ "state": "expired" })).await.0, 204);
    let described = bench.describe(&[("VpcEndpointId.1", &other)]).await;
    assert_eq!(xml::text_of(&described[0], "state"), "expired");
}

#[tokio::test]
async fn somebody_elses_service_can_be_had() {
    let bench = Bench::new().await;
    let new =
        json!({ "region": "us-east-1", "owner": "111122223333", "zones": ["us-east-1a"], "acceptanceRequired": false });
    let (status, service) = bench.control(Method::POST, "services", &new).await;
    let service: Value = serde_json::from_str(&service).unwrap();
    let name = service["name"].as_str().unwrap();
    assert_eq!(status, 201);
    assert_eq!(bench.private_link.service(name).unwrap().owner, "111122223333");
    let one_zone = [("ServiceName", name), ("SubnetId.2", "subnet-c1")];
    assert_eq!(code(bench.create(&one_zone).await), refused("InvalidParameter"));
}
