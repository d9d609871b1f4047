//! The body of the Query protocol, `Action=…&Tags.member.1.Key=…`, as the value that a shape describes. Sources:
//! Smithy, "AWS Query protocol" and "AWS EC2 query protocol".

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Service;
use super::shape::{Member, Shape};

/// A key's parts lead to a text.
#[derive(Debug, Default)]
struct Node {
    text: Option<String>,
    parts: BTreeMap<String, Node>,
}

/// The input, or why it is none.
pub(super) fn read(service: &Service, shape: Option<&str>, body: &str) -> Result<Value, String> {
    let mut root = Node::default();
    for pair in body.split('&') {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is no parameter"))?;
        let node = decoded(key).split('.').fold(&mut root, |node, part| node.parts.entry(part.to_owned()).or_default());
        if node.text.replace(decoded(value)).is_some() {
            return Err(format!("{key} is there twice"));
        }
    }
    root.parts.remove("Action");
    let version = root.parts.remove("Version").and_then(|node| node.text).unwrap_or_default();
    if version != service.version {
        return Err(format!("version {version:?} is not {}", service.version));
    }
    match shape {
        Some(shape) => service.value(shape, root),
        None if root.parts.is_empty() => Ok(Value::Object(Map::new())),
        None => Err(format!("it takes no parameters, and there are {:?}", root.parts.keys())),
    }
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

impl Service {
    fn value(&self, name: &str, node: Node) -> Result<Value, String> {
        let shape = self.shapes.get(name).ok_or_else(|| format!("the model lacks {name}"))?;
        match shape.kind.as_str() {
            "structure" => self.structure(shape, node),
            "list" => self.list(shape, node),
            "map" => self.map(shape, node),
            kind => scalar(kind, node),
        }
    }

    fn structure(&self, shape: &Shape, node: Node) -> Result<Value, String> {
        let mut members = Map::new();
        for (key, part) in node.parts {
            let known = shape.members.iter().find(|(name, member)| self.wire_name(name, member) == key);
            let value = match known {
                Some((_, member)) => self.value(&member.shape, part)?,
                None => part.text.unwrap_or_default().into(),
            };
            members.insert(known.map_or(key, |(name, _)| name.clone()), value);
        }
        Ok(members.into())
    }

    /// EC2's own names begin in upper case.
    fn wire_name(&self, name: &str, member: &Member) -> String {
        match (&member.query_name, &member.location_name) {
            (None, Some(name)) if self.protocol == "ec2" => {
                let (first, rest) = name.split_at(1);
                first.to_uppercase() + rest
            }
            (Some(name), _) | (None, Some(name)) => name.clone(),
            (None, None) => name.to_owned(),
        }
    }

    fn list(&self, shape: &Shape, mut node: Node) -> Result<Value, String> {
        let Some(of) = &shape.member else { return Err("a list of nothing".into()) };
        // An empty list is a key with an empty text.
        if node.parts.is_empty() && node.text.as_deref() == Some("") {
            return Ok(Value::Array(Vec::new()));
        }
        if !shape.flattened && self.protocol != "ec2" {
            let name = of.location_name.as_deref().unwrap_or("member");
            node = node.parts.remove(name).ok_or_else(|| format!("a list without {name}"))?;
        }
        let items = numbered(node)?.into_iter().map(|item| self.value(&of.shape, item));
        items.collect::<Result<Vec<_>, _>>().map(Value::Array)
    }

    fn map(&self, shape: &Shape, mut node: Node) -> Result<Value, String> {
        let (Some(key), Some(value)) = (&shape.key, &shape.value) else { return Err("a map of nothing".into()) };
        if !shape.flattened {
            node = node.parts.remove("entry").ok_or("a map without entry")?;
        }
        let mut entries = Map::new();
        for mut entry in numbered(node)? {
            let mut part = |of: &Member, name: &str| {
                let name = of.location_name.as_deref().unwrap_or(name);
                entry.parts.remove(name).ok_or_else(|| format!("an entry without {name}"))
            };
            let name = part(key, "key")?.text.unwrap_or_default();
            entries.insert(name, self.value(&value.shape, part(value, "value")?)?);
        }
        Ok(entries.into())
    }
}

/// The parts 1, 2, 3… and nothing else.
fn numbered(mut node: Node) -> Result<Vec<Node>, String> {
    let count = node.parts.len();
    let item = |number: usize| node.parts.remove(&number.to_string()).ok_or_else(|| format!("there is no {number}"));
    (1..=count).map(item).collect()
}

fn scalar(kind: &str, node: Node) -> Result<Value, String> {
    let text = node.text.filter(|_| node.parts.is_empty()).ok_or_else(|| format!("parts where a {kind} is"))?;
    Ok(match kind {
        "integer" | "long" => text.parse::<i64>().map_or(Value::String(text), Value::from),
        "float" | "double" => text.parse::<f64>().map_or(Value::String(text), Value::from),
        "boolean" => text.parse::<bool>().map_or(Value::String(text), Value::from),
        _ => text.into(),
    })
}
