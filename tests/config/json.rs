//! Faults as data, for editors and other programs.

use serde_json::Value;

use crate::corpus::{check, each, folder, names, text};
use crate::snapshots::snapshot;

#[test]
fn faults_as_json_have_their_place_their_message_and_their_hint() {
    let folder = folder("bad");
    let run = check(&folder, &["several_faults_at_once.toml", "--json"]);
    assert_eq!(run.status.code(), Some(3));
    let complaint = snapshot(&folder.join("several_faults_at_once.json"), &text(&run.stdout));
    assert_eq!(complaint, None);
}

#[test]
fn faults_as_json_are_those_that_are_told() {
    let folder = folder("bad");
    each(&names(&folder), |name| {
        let run = check(&folder, &[&format!("{name}.toml"), "--json"]);
        let Ok(data) = serde_json::from_slice::<Value>(&run.stdout) else {
            return Some(format!("{name}: stdout is not JSON: {}", text(&run.stdout)));
        };
        let told = text(&run.stderr);
        let faults = data["faults"].as_array().cloned().unwrap_or_default();
        faults.iter().find_map(|fault| {
            let message = fault["message"].as_str().unwrap_or_default();
            let place = format!("{}:{}:{}", fault["file"].as_str()?, fault["line"], fault["column"]);
            let end = (fault["end_line"].as_u64(), fault["end_column"].as_u64());
            let forwards = end >= (fault["line"].as_u64(), fault["column"].as_u64());
            let same = told.contains(message) && told.contains(&place) && !message.is_empty();
            (!forwards || !same).then(|| format!("{name}: {fault:#}\n{told}"))
        })
    });
}
