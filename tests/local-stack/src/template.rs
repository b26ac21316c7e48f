//! Reads a template of infra/ as CloudFormation does: `!Ref x` is short for `{"Ref": "x"}`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// Reads the template into the JSON that CloudFormation takes as well.
///
/// # Errors
/// When the file cannot be read or is no such template.
pub fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let yaml = serde_yaml_ng::from_str(&text).with_context(|| format!("{} is no YAML", path.display()))?;
    to_json(yaml)
}

fn to_json(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => json!(value),
        Yaml::Number(value) => serde_json::to_value(value)?,
        Yaml::String(value) => json!(value),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect::<Result<_>>()?),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let Yaml::String(key) = key else { bail!("a key of the template is no text: {key:?}") };
                object.insert(key, to_json(value)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            let value = to_json(tagged.value)?;
            match tagged.tag.to_string().trim_start_matches('!') {
                name @ ("Ref" | "Condition") => json!({ name: value }),
                "GetAtt" => {
                    let path = value.as_str().context("!GetAtt takes Resource.Attribute")?;
                    let (resource, attribute) = path.split_once('.').context("!GetAtt takes Resource.Attribute")?;
                    json!({"Fn::GetAtt": [resource, attribute]})
                }
                name => json!({ format!("Fn::{name}"): value }),
            }
        }
    })
}
