//! Sources in single fields, from JSON and from a form.

use serde_json::{Value, json};

use crate::{Accepted, Code, Given, Host, LONGEST, Refused, Seeds, read};
use shared::target::Target;

fn read_json(body: &Value) -> Result<Accepted, Refused> {
    read(&Given::from_json(body.to_string().as_bytes())?, None)
}

fn host(port: u16) -> Host {
    Host { name: "pl-0-us-east-1.abcde.mongodb.net".to_owned(), port }
}

#[test]
fn hosts_and_ports_are_read_in_every_way_to_write_them() {
    let name = "pl-0-us-east-1.abcde.mongodb.net";
    for (hosts, port, ports) in [
        (json!(name), json!(1024), vec![1024]),
        (json!(name), json!("1024"), vec![1024]),
        (json!(format!(" {name} ")), json!("1024, 1025"), vec![1024, 1025]),
        (json!(name), json!([1024, 1025]), vec![1024, 1025]),
        (json!(format!("{name}:1024,{name}:1025")), Value::Null, vec![1024, 1025]),
        (json!([format!("{name}:1024"), format!("{name}:1025")]), Value::Null, vec![1024, 1025]),
        (json!(name), Value::Null, vec![27017]),
        (json!(name), json!("1024; 1025"), vec![1024, 1025]),
        (json!(name), json!("1024 1025\n1026"), vec![1024, 1025, 1026]),
        (json!(format!("{name}:1024;{name}:1025")), Value::Null, vec![1024, 1025]),
        (json!(format!("{name}:1024\n{name}:1025")), Value::Null, vec![1024, 1025]),
        (json!(format!("{name}:1024,1025")), Value::Null, vec![1024, 1025]),
    ] {
        let body = json!({"host": hosts, "port": port, "username": "user", "password": "p@ss%/", "database": "sales"});
        let source = read_json(&body).unwrap().source;
        assert_eq!(source.seeds, Seeds::Hosts(ports.into_iter().map(host).collect()), "{body}");
        assert_eq!((source.password.reveal(), source.database.as_deref()), ("p@ss%/", Some("sales")));
        assert_eq!(source.auth_source.as_deref(), Some("admin"), "Atlas keeps its users there");
    }
}

#[test]
fn a_seed_list_without_a_port_is_taken_for_what_it_is() {
    let body =
        json!({"host": "cluster0-pl-0.abcde.mongodb.net", "username": "user", "password": "secret", "tls": true});
    let accepted = read_json(&body).unwrap();
    let name = "cluster0-pl-0.abcde.mongodb.net".to_owned();
    assert_eq!(accepted.source.seeds, Seeds::Srv { name, service: "mongodb".to_owned() });
    assert_eq!(accepted.notes[0].code, Code::ReadAsSrv);
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    let with = |name: &str, value: Value| {
        let mut body = json!({"host": "db.example.com", "username": "user", "password": "secret"});
        body[name] = value;
        body
    };
    for (body, code) in [
        (json!({}), Code::Empty),
        (json!({"connectionString": "", "host": ""}), Code::Empty),
        (json!({"connectionString": 7}), Code::Unreadable),
        (json!({"connectionString": "mongodb://u:p@a.example.com", "host": "a.example.com"}), Code::BothForms),
        (json!({"connectionString": "x".repeat(LONGEST + 1)}), Code::TooLong),
        (with("host", Value::Null), Code::NoHost),
        (with("host", json!("mongodb://user:secret@db.example.com")), Code::MalformedHost),
        (with("host", json!("user:secret@db.example.com")), Code::MalformedHost),
        (with("host", json!("10.0.0.1")), Code::IpAddress),
        (with("port", json!(0)), Code::MalformedPort),
        (with("port", json!("1024-1026")), Code::MalformedPort),
        (with("port", json!({})), Code::Unreadable),
        (with("username", Value::Null), Code::NoCredentials),
        (with("password", json!("")), Code::NoCredentials),
        (with("password", json!("<password>")), Code::Placeholder),
        (with("database", json!("a/b")), Code::MalformedDatabase),
        (with("tls", json!(false)), Code::TlsOff),
        (with("tls", json!("off")), Code::TlsOff),
    ] {
        let refused = read_json(&body).unwrap_err();
        assert_eq!(refused.diagnostics[0].code, code, "{body}");
        assert!(!refused.to_json().to_string().contains("secret"), "{body}");
    }
}

#[test]
fn a_form_and_json_say_the_same() {
    let fields = [("host", "db.example.com"), ("port", ""), ("username", "user"), ("password", " s "), ("tls", "on")];
    let form = Given::from_fields(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let body = json!({"host": "db.example.com", "username": "user", "password": " s ", "tls": true});
    assert_eq!(read(&form, None), read_json(&body));
    assert_eq!(read(&form, None).unwrap().source.password.reveal(), " s ", "a password keeps its blanks");
}

#[test]
fn quotation_marks_around_a_string_are_left_out() {
    let body = json!({"connectionString": "  \"mongodb://user:secret@db.example.com/\"\n"});
    assert_eq!(read_json(&body).unwrap().source.username, "user");
}

#[test]
fn the_endpoints_own_name_is_taken_only_where_there_is_one_host_and_never_as_a_seed_list() {
    const NAME: &str = "vpce-0123456789abcdef0-abcd1234.vpce-svc-00e311695874992b4.us-east-1.vpce.amazonaws.com";
    let fields = json!({"host": NAME, "username": "user", "password": "secret"});
    let list = json!({"connectionString": format!("mongodb+srv://user:secret@{NAME}/")});
    for (target, taken) in [
        (Some(Target::Federated), true),
        (Some(Target::OnlineArchive), true),
        (Some(Target::Dedicated), false),
        (None, false),
    ] {
        let read = |body: &Value| read(&Given::from_json(body.to_string().as_bytes()).unwrap(), target);
        match read(&fields) {
            Ok(accepted) => assert!(taken && accepted.notes[0].code == Code::EndpointName, "{target:?}"),
            Err(refused) => assert!(!taken && refused.diagnostics[0].code == Code::EndpointHost, "{target:?}"),
        }
        assert_eq!(read(&list).unwrap_err().diagnostics[0].code, Code::EndpointHost, "{target:?}");
    }
}
