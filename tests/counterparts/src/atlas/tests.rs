use axum::http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::aws::private_link::{ConnectionState, NewConnection};

const PROJECT: &str = "65f0c0ffee0ddba11cafe001";
const ENDPOINT: &str = "vpce-0123456789abcdef0";
const SHARED: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4";

struct Bench {
    base: String,
    private_link: PrivateLink,
    client: reqwest::Client,
}

impl Bench {
    async fn new() -> Self {
        let private_link = PrivateLink::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = router(private_link.clone(), Deployments::start().await.unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { base, private_link, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn api(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/atlas/v2/groups/{path}", self.base);
        let request = self.client.request(method, url).bearer_auth("any").json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.api(Method::GET, path, Value::Null).await
    }

    /// A service of the project: its ID and its name.
    async fn service(&self) -> (String, String) {
        let new = json!({ "providerName": "AWS", "region": "US_EAST_1" });
        let (_, made) = self.api(Method::POST, &format!("{PROJECT}/privateEndpoint/endpointService"), new).await;
        let path = format!("{PROJECT}/privateEndpoint/AWS/endpointService/{}", made["id"].as_str().unwrap());
        let (_, shown) = self.get(&path).await;
        let text = |name: &str| shown[name].as_str().unwrap().to_owned();
        (text("id"), text("endpointServiceName"))
    }

    /// What our side does at EC2.
    fn connect(&self, service_name: &str, subnet_ids: &[&str]) {
        self.private_link.connect(NewConnection {
            endpoint_id: ENDPOINT.to_owned(),
            service: self.private_link.service(service_name).unwrap(),
            vpc_id: "vpc-1".to_owned(),
            subnet_ids: subnet_ids.iter().map(ToString::to_string).collect(),
            security_group_ids: Vec::new(),
            zones: vec!["us-east-1a".to_owned()],
        });
    }

    fn state(&self) -> ConnectionState {
        self.private_link.connection(ENDPOINT).unwrap().state
    }

    async fn submit(&self, service_id: &str, endpoint_id: &str) -> Value {
        let path = format!("{PROJECT}/privateEndpoint/AWS/endpointService/{service_id}/endpoint");
        let (status, answer) = self.api(Method::POST, &path, json!({ "id": endpoint_id })).await;
        assert_eq!(status, 201, "{answer}");
        answer
    }

    async fn submit_form(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let answer = self.client.post(format!("{}{path}", self.base)).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn credentials_are_wanted_and_any_will_do() {
    let bench = Bench::new().await;
    let url = format!("{}/api/atlas/v2/groups/{PROJECT}/privateNetworkSettings/endpointIds", bench.base);
    let answer = bench.client.get(&url).send().await.unwrap();
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Digest "));
    assert_eq!(answer.status(), 401);
    let token = bench.client.post(format!("{}/api/oauth/token", bench.base)).basic_auth("id", Some("secret"));
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let answer = bench.client.get(&url).bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_service_has_its_name_from_the_next_look_on() {
    let bench = Bench::new().await;
    let path = format!("{PROJECT}/privateEndpoint/endpointService");
    let new = json!({ "providerName": "AWS", "region": "EU_WEST_1" });
    let (status, made) = bench.api(Method::POST, &path, new).await;
    assert_eq!((status, &made["status"], &made["endpointServiceName"]), (201, &json!("INITIATING"), &Value::Null));
    let (_, listed) = bench.get(&format!("{PROJECT}/privateEndpoint/AWS/endpointService")).await;
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&made["id"], &json!("AVAILABLE")));
    let service = bench.private_link.service(listed[0]["endpointServiceName"].as_str().unwrap()).unwrap();
    assert_eq!(service.zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    assert_eq!(service.owner, ATLAS_ACCOUNT);
}

#[tokio::test]
async fn a_request_that_arrives_twice_is_refused_the_second_time() {
    let bench = Bench::new().await;
    let action = "POST /api/atlas/v2/groups/*/privateEndpoint/endpointService";
    let fault = json!({ "action": action, "fault": "twice", "times": 1 });
    let answer = bench.client.post(format!("{}/_faults", bench.base)).json(&fault).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let new = json!({ "providerName": "AWS", "region": "US_EAST_1" });
    let (status, _) = bench.api(Method::POST, &format!("{PROJECT}/privateEndpoint/endpointService"), new).await;
    assert_eq!(status, 409);
    let (_, listed) = bench.get(&format!("{PROJECT}/privateEndpoint/AWS/endpointService")).await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn there_is_one_service_per_project_and_region() {
    let bench = Bench::new().await;
    bench.service().await;
    let make = async |project: &str, region: &str| {
        let new = json!({ "providerName": "AWS", "region": region });
        bench.api(Method::POST, &format!("{project}/privateEndpoint/endpointService"), new).await
    };
    let (status, problem) = make(PROJECT, "us-east-1").await;
    assert_eq!(status, 409);
    let keys: Vec<_> = problem.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["detail", "error", "errorCode", "parameters", "reason"]);
    assert_eq!(problem["errorCode"], "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION");
    assert_eq!(problem["error"], 409);
    assert_eq!(make(PROJECT, "US_WEST_2").await.0, 201);
    assert_eq!(make("65f0c0ffee0ddba11cafe002", "US_EAST_1").await.0, 201);
    assert_eq!(make("not-a-project", "US_EAST_1").await.1["errorCode"], "INVALID_GROUP_ID");
    assert_eq!(make(PROJECT, "MARS_NORTH_1").await.1["errorCode"], "INVALID_REGION");
}

#[tokio::test]
async fn a_test_chooses_the_zones_of_later_services() {
    let bench = Bench::new().await;
    let zones = json!({ "region": "us-east-1", "zones": ["us-east-1f"] });
    bench.client.post(format!("{}/_atlas/zones", bench.base)).json(&zones).send().await.unwrap();
    let (_, name) = bench.service().await;
    assert_eq!(bench.private_link.service(&name).unwrap().zones, ["us-east-1f"]);
}

#[tokio::test]
async fn a_submitted_endpoint_is_accepted_and_followed() {
    let bench = Bench::new().await;
    let (service_id, name) = bench.service().await;
    bench.connect(&name, &["subnet-1"]);
    let answer = bench.submit(&service_id, ENDPOINT).await;
    assert_eq!((&answer["connectionStatus"], &answer["errorMessage"]), (&json!("PENDING"), &Value::Null));
    assert_eq!(bench.state(), ConnectionState::Pending);

    let path = format!("{PROJECT}/privateEndpoint/AWS/endpointService/{service_id}/endpoint/{ENDPOINT}");
    let _ = (bench.private_link.describe(ENDPOINT), bench.private_link.describe(ENDPOINT));
    assert_eq!(bench.get(&path).await.1["connectionStatus"], "AVAILABLE");
    assert_eq!(bench.submit(&service_id, ENDPOINT).await["connectionStatus"], "AVAILABLE");

    assert_eq!(bench.api(Method::DELETE, &path, Value::Null).await.0, 204);
    assert_eq!(bench.state(), ConnectionState::Rejected);
    assert_eq!(bench.get(&path).await.0, 404);
    assert!(bench.private_link.service(&name).is_some());
}

#[tokio::test]
async fn what_atlas_cannot_accept_fails_with_a_reason() {
    let bench = Bench::new().await;
    let (service_id, name) = bench.service().await;
    let unknown = bench.submit(&service_id, ENDPOINT).await;
    assert_eq!(unknown["connectionStatus"], "FAILED");

    bench.connect(SHARED, &["subnet-1"]);
    let wrong = bench.submit(&service_id, ENDPOINT).await;
    assert!(wrong["errorMessage"].as_str().unwrap().contains("another endpoint service"), "{wrong}");
    assert_eq!(bench.state(), ConnectionState::PendingAcceptance);

    bench.connect(&name, &[]);
    let nameless = bench.submit(&service_id, ENDPOINT).await;
    assert!(nameless["errorMessage"].as_str().unwrap().contains("without subnets"), "{nameless}");

    bench.connect(&name, &["subnet-1"]);
    bench.private_link.expire(ENDPOINT).unwrap();
    let expired = bench.submit(&service_id, ENDPOINT).await;
    assert!(expired["errorMessage"].as_str().unwrap().contains("expired"), "{expired}");

    // Retry with a good one.
    bench.connect(&name, &["subnet-1"]);
    assert_eq!(bench.submit(&service_id, ENDPOINT).await["connectionStatus"], "PENDING");
}

#[tokio::test]
async fn deleting_the_last_failed_endpoint_takes_the_service_with_it() {
    let bench = Bench::new().await;
    let (service_id, name) = bench.service().await;
    bench.submit(&service_id, ENDPOINT).await;
    let path = format!("{PROJECT}/privateEndpoint/AWS/endpointService/{service_id}");
    bench.api(Method::DELETE, &format!("{path}/endpoint/{ENDPOINT}"), Value::Null).await;
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.private_link.service(&name), None);
}

#[tokio::test]
async fn a_federated_endpoint_needs_its_regional_name() {
    let bench = Bench::new().await;
    let path = format!("{PROJECT}/privateNetworkSettings/endpointIds");
    let submit = async |dns_name: &str| {
        let new = json!({ "endpointId": ENDPOINT, "provider": "AWS", "type": "DATA_LAKE", "region": "US_EAST_1",
                          "customerEndpointDNSName": dns_name });
        let (status, page) = bench.api(Method::POST, &path, new).await;
        assert_eq!((status, &page["totalCount"]), (200, &json!(1)), "{page}");
        page["results"][0].clone()
    };
    bench.connect(SHARED, &["subnet-1"]);
    let _ = (bench.private_link.describe(ENDPOINT), bench.private_link.describe(ENDPOINT));
    let names = bench.private_link.connection(ENDPOINT).unwrap().dns_names;
    assert_eq!(submit(&names[1]).await["status"], "FAILED");
    assert_eq!(bench.state(), ConnectionState::PendingAcceptance);
    assert_eq!(submit(&names[0]).await["status"], "PENDING");
    assert_eq!(bench.state(), ConnectionState::Pending);
    let _ = (bench.private_link.describe(ENDPOINT), bench.private_link.describe(ENDPOINT));
    assert_eq!(bench.get(&format!("{path}/{ENDPOINT}")).await.1["status"], "OK");

    assert_eq!(bench.api(Method::DELETE, &format!("{path}/{ENDPOINT}"), Value::Null).await.0, 204);
    assert_eq!(bench.state(), ConnectionState::Rejected);
    assert_eq!(bench.get(&path).await.1["totalCount"], 0);
}

#[tokio::test]
async fn ok_is_no_evidence_for_a_federated_endpoint() {
    let bench = Bench::new().await;
    let path = format!("{PROJECT}/privateNetworkSettings/endpointIds");
    let (_, page) = bench.api(Method::POST, &path, json!({ "endpointId": ENDPOINT })).await;
    assert_eq!(page["results"][0]["status"], "OK");
    let half = json!({ "endpointId": ENDPOINT, "region": "US_EAST_1" });
    assert_eq!(bench.api(Method::POST, &path, half).await.0, 400);
    assert_eq!(bench.api(Method::POST, &path, json!({ "endpointId": "vpce-x" })).await.0, 400);

    let (_, name) = bench.service().await;
    bench.connect(&name, &["subnet-1"]);
    let (_, page) = bench.api(Method::POST, &path, json!({ "endpointId": ENDPOINT })).await;
    assert_eq!(page["results"][0]["status"], "FAILED");
    assert_eq!(bench.state(), ConnectionState::PendingAcceptance);
}

#[tokio::test]
async fn the_page_prints_the_command_and_accepts_the_endpoint() {
    let bench = Bench::new().await;
    let wish = [("group", PROJECT), ("target", "dedicated"), ("region", "us-east-1"), ("vpc", "vpc-1<")];
    let asked = [&wish[..], &[("subnets", "subnet-1, subnet-2")]].concat();
    let (status, page) = bench.submit_form("/private-endpoint", &asked).await;
    let (_, again) = bench.submit_form("/private-endpoint", &asked).await;
    assert_eq!((status, &page), (200, &again));
    let name = bench.private_link.services("us-east-1").into_iter().map(|service| service.name());
    let name = name.filter(|name| name != SHARED).collect::<Vec<_>>().join(" and ");
    let command = format!(
        "<pre class=\"command\">aws ec2 create-vpc-endpoint --vpc-id vpc-1&lt; --region us-east-1 --service-name {name} \
         --vpc-endpoint-type Interface --subnet-ids subnet-1 subnet-2</pre>"
    );
    assert!(page.contains(&command), "{page}");

    let finalized = [&wish[..], &[("endpoint", ENDPOINT)]].concat();
    let (_, page) = bench.submit_form("/endpoint", &finalized).await;
    assert!(page.contains("Failed. No connection request of"), "{page}");
    bench.connect(&name, &["subnet-1"]);
    let (_, page) = bench.submit_form("/endpoint", &finalized).await;
    assert!(page.contains("Accepted."), "{page}");
    assert_eq!(bench.state(), ConnectionState::Pending);
    let (_, page) = bench.submit_form("/endpoint/reject", &finalized).await;
    assert!(page.contains("Rejected."), "{page}");
    assert_eq!(bench.state(), ConnectionState::Rejected);
}

#[tokio::test]
async fn the_page_takes_the_shared_service_for_federation_and_wants_a_dns_name() {
    let bench = Bench::new().await;
    let wish = [("group", PROJECT), ("target", "federated"), ("region", "us-east-1"), ("vpc", "vpc-1")];
    let (_, page) = bench.submit_form("/private-endpoint", &wish).await;
    assert!(
        page.contains(&format!("--service-name {SHARED} ")) && page.contains("Your VPC Endpoint DNS Name"),
        "{page}"
    );

    bench.connect(SHARED, &["subnet-1"]);
    let _ = (bench.private_link.describe(ENDPOINT), bench.private_link.describe(ENDPOINT));
    let dns_name = bench.private_link.connection(ENDPOINT).unwrap().dns_names.remove(0);
    let finalized = [&wish[..], &[("endpoint", ENDPOINT), ("dnsName", &dns_name)]].concat();
    let (_, page) = bench.submit_form("/endpoint", &finalized).await;
    assert!(page.contains("Accepted."), "{page}");

    let nowhere = [("group", PROJECT), ("target", "federated"), ("region", "us-east-2")];
    let (status, page) = bench.submit_form("/private-endpoint", &nowhere).await;
    assert_eq!(status, 422, "{page}");
}

#[tokio::test]
async fn a_cluster_has_a_private_string_for_each_accepted_endpoint_and_for_no_other() {
    let bench = Bench::new().await;
    let (service_id, service_name) = bench.service().await;
    bench.connect(&service_name, &["subnet-1"]);
    let strings = async || {
        let (status, cluster) = bench.get(&format!("{PROJECT}/clusters/Cluster0")).await;
        assert_eq!(status, 200);
        cluster["connectionStrings"]["privateEndpoint"].as_array().unwrap().clone()
    };
    assert!(strings().await.is_empty());
    let path = format!("{PROJECT}/privateEndpoint/AWS/endpointService/{service_id}/endpoint");
    bench.api(Method::POST, &path, json!({ "id": ENDPOINT })).await;
    // AWS fills in the names some time after.
    for _ in 0..3 {
        let _ = bench.private_link.describe(ENDPOINT);
    }
    let strings = strings().await;
    assert_eq!(strings[0]["srvConnectionString"], "mongodb+srv://cluster0-pl-0.1cafe001.mongodb.net");
    assert_eq!(strings[0]["endpoints"][0]["endpointId"], ENDPOINT);
}
