//! The table of functions/README.md, held to the definition and to the template.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::read::{self, binary, function_of, functions, infra, tasks};

/// The variables of the table that the template does not set, with who does.
const SET_BY_OTHERS: [(&str, &str, &str); 4] = [
    ("check-eligibility", "AWS_REGION", "Lambda"),
    ("ensure-network", "AWS_REGION", "Lambda"),
    ("verify-source", "DNS_SERVERS", "the local stack, whose names the real DNS does not know"),
    ("verify-source", "EXTRA_TRUST_ANCHOR", "the local stack, whose certificates the real authorities did not sign"),
];

/// The cells of the table's rows, by function: function, state, reads, returns, fails as, permissions.
fn rows() -> BTreeMap<String, Vec<String>> {
    let readme = read::text("functions/README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| ["));
    let row = |line: &str| {
        let cells: Vec<String> = line.trim_matches(['|', ' ']).split('|').map(|cell| cell.trim().to_owned()).collect();
        let name = cells[0].trim_start_matches('[').split(']').next().unwrap().to_owned();
        assert_eq!((cells[0].as_str(), cells.len()), (format!("[{name}]({name})").as_str(), 6), "{line}");
        (name, cells)
    };
    rows.map(row).collect()
}

/// The row of every function, which the caller compares with the template's function and its logical id.
fn compare(compare: impl Fn(&[String], &str, &Value)) {
    let rows = rows();
    let functions = functions();
    let known: BTreeSet<&str> = functions.values().map(binary).collect();
    assert_eq!(rows.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "functions/README.md");
    for (id, function) in &functions {
        compare(&rows[binary(function)], id, function);
    }
}

/// What calls a function that no state calls.
fn caller(id: &str) -> &'static str {
    let callers = |kind: &str, place: &str| {
        let resources = infra()["Resources"].as_object().unwrap().values();
        let callers = resources.filter(|resource| resource["Type"] == kind);
        callers.filter(|resource| resource.pointer(place) == Some(&json!(format!("{id}.Alias")))).count()
    };
    let rules = callers("AWS::Events::Rule", "/Properties/Targets/0/Arn/Ref");
    if callers("AWS::ApiGatewayV2::Integration", "/Properties/IntegrationUri/Ref") > 0 {
        "called by the HTTP API"
    } else if rules > 1 {
        "called by rules on both buses"
    } else if rules == 1 {
        "called by the rule on the bus"
    } else if callers("AWS::Lambda::EventSourceMapping", "/Properties/FunctionName/Ref") > 0 {
        "called by the queue of replies"
    } else {
        panic!("nothing calls {id}")
    }
}

#[test]
fn the_table_of_functions_says_what_calls_them() {
    let tells = |name: &String| name.starts_with("Tell: ");
    compare(|row, id, function| {
        let called = |state: &Value| function_of(state).as_deref() == Some(id);
        let (calling, others): (Vec<_>, Vec<_>) = tasks().into_iter().partition(|(_, state)| called(state));
        let names = |states: Vec<(String, Value)>| states.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let (calling, others) = (names(calling), names(others));
        let documented = if calling.is_empty() {
            caller(id).to_owned()
        } else if calling.iter().all(tells) && !others.iter().any(tells) {
            "every Tell: …".to_owned()
        } else {
            calling.join(", ")
        };
        assert_eq!(row[1], documented, "what calls {}", binary(function));
    });
}

#[test]
fn the_table_of_functions_names_their_variables() {
    compare(|row, _, function| {
        let name = binary(function);
        let is_variable = |text: &&str| text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        let text = row.join("|");
        let documented: BTreeSet<&str> = text.split('`').skip(1).step_by(2).filter(is_variable).collect();
        let properties = [&infra()["Globals"]["Function"], &function["Properties"]];
        let set = properties.into_iter().filter_map(|properties| properties["Environment"]["Variables"].as_object());
        let set = set.flat_map(|variables| variables.keys().map(String::as_str));
        let by_others =
            SET_BY_OTHERS.iter().filter(|(function, ..)| *function == name).map(|(_, variable, _)| *variable);
        assert_eq!(documented, set.chain(by_others).collect(), "the variables of {name}");
    });
}

/// What is there in some stack: with `!If`, both sides.
fn sides(value: &Value) -> Vec<&Value> {
    match value["Fn::If"].as_array() {
        Some(sides) => sides[1..].iter().filter(|side| side["Ref"] != "AWS::NoValue").collect(),
        None => vec![value],
    }
}

/// The IAM actions that a policy document allows.
fn actions(document: &Value) -> Vec<&str> {
    let statements = document["Statement"].as_array().unwrap_or_else(|| panic!("read the actions of {document}"));
    let allowing = statements.iter().filter(|statement| statement["Effect"] == "Allow");
    let actions = allowing.flat_map(|statement| {
        statement["Action"].as_array().map_or_else(|| vec![&statement["Action"]], |actions| actions.iter().collect())
    });
    actions.map(|action| action.as_str().unwrap()).collect()
}

/// The role of a function, which is named after it.
fn role<'a>(id: &str, function: &Value) -> &'a Value {
    let role = id.replace("Function", "Role");
    assert_eq!(function["Properties"]["Role"], json!({"Fn::GetAtt": [role, "Arn"]}), "{id} has a role of its own");
    &infra()["Resources"][role]["Properties"]
}

#[test]
fn the_table_of_functions_names_their_permissions() {
    compare(|row, id, function| {
        let policies = role(id, function)["Policies"].as_array().into_iter().flatten().flat_map(sides);
        let allowed: BTreeSet<&str> = policies.flat_map(|policy| actions(&policy["PolicyDocument"])).collect();
        let documented: BTreeSet<&str> = row[5].split(", ").filter(|action| *action != "none").collect();
        assert_eq!(documented, allowed, "the permissions of {}", binary(function));
    });
}

#[test]
fn a_role_has_no_more_than_its_own_permissions_and_those_of_every_function() {
    let boundary =
        json!({"Fn::If": ["HasPermissionsBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]});
    for (id, function) in functions() {
        let role = role(&id, &function);
        assert_eq!(role["ManagedPolicyArns"], json!([{"Ref": "FunctionPolicy"}]), "{id}");
        assert_eq!(role["PermissionsBoundary"], boundary, "{id}");
    }
    for machine in ["Onboarding", "Closing"] {
        assert_eq!(infra()["Resources"][machine]["Properties"]["PermissionsBoundary"], boundary, "{machine}");
    }
}
