//! A YAML or JSON text as a tree in which every value knows its line.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// How deep lists and mappings may nest; a parameter file needs three.
const DEEPEST: usize = 16;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// One-based line.
    pub line: usize,
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    Flag(bool),
    Whole(i64),
    Real(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; of equal keys the last counts, as in Python.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub name: String,
    pub line: usize,
}

/// A fault of the text: the line, what stands there, what should.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub line: usize,
    pub key: Option<String>,
    pub found: String,
    pub expected: String,
}

impl Fault {
    pub fn new(line: usize, found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault { line, key: None, found: found.into(), expected: expected.into() }
    }
}

/// The tree of the first document in `text`; `None` when there is none. JSON is read as the YAML that it is.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Fault> {
    let mut events = Parser::new_from_str(text.trim_start_matches('\u{feff}'));
    while let Some((event, line)) = next(&mut events)? {
        if !matches!(event, Event::StreamStart | Event::DocumentStart(_) | Event::Nothing | Event::StreamEnd) {
            return node(&mut events, event, line, 0).map(Some);
        }
    }
    Ok(None)
}

type Events<'t> = Parser<'t, saphyr_parser::StrInput<'t>>;

fn next<'t>(events: &mut Events<'t>) -> Result<Option<(Event<'t>, usize)>, Fault> {
    match events.next() {
        None => Ok(None),
        Some(Ok((event, span))) => Ok(Some((event, span.start.line()))),
        Some(Err(error)) => Err(Fault::new(error.marker().line(), error.info().to_string(), "well-formed YAML or JSON")),
    }
}

fn node(events: &mut Events, event: Event, line: usize, depth: usize) -> Result<Node, Fault> {
    if depth > DEEPEST {
        return Err(Fault::new(line, format!("more than {DEEPEST} levels of nesting"), "a parameter file"));
    }
    let value = match event {
        Event::Scalar(text, style, _, _) => match style {
            ScalarStyle::Plain => plain(&text),
            _ => Value::Text(text.into_owned()),
        },
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            while let Some((event, line)) = next(events)? {
                if event == Event::SequenceEnd {
                    break;
                }
                items.push(node(events, event, line, depth + 1)?);
            }
            Value::List(items)
        }
        Event::MappingStart(..) => {
            let mut entries: Vec<(Key, Node)> = Vec::new();
            while let Some((event, line)) = next(events)? {
                let name = match event {
                    Event::MappingEnd => break,
                    Event::Scalar(name, ..) => name.into_owned(),
                    _ => return Err(Fault::new(line, "a key that is not a word", "a name before the colon")),
                };
                let Some((event, value_line)) = next(events)? else { break };
                let value = node(events, event, value_line, depth + 1)?;
                entries.retain(|(key, _)| key.name != name);
                entries.push((Key { name, line }, value));
            }
            Value::Map(entries)
        }
        // An alias may stand for something huge, many times over; parameter files have none.
        Event::Alias(_) => return Err(Fault::new(line, "an alias (`*name`)", "the value itself")),
        _ => Value::Null,
    };
    Ok(Node { line, value })
}

/// What a word without quotes means, by the rules of YAML 1.1 that Python follows.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Flag(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Flag(false),
        _ => {}
    }
    let digits = text.replace('_', "");
    // `inf` and `nan` are words here, as in YAML.
    let starts_like_a_number = digits.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit());
    match (digits.parse::<i64>(), digits.parse::<f64>()) {
        (Ok(whole), _) => Value::Whole(whole),
        (_, Ok(real)) if starts_like_a_number => Value::Real(real),
        _ => Value::Text(text.to_string()),
    }
}

impl Value {
    /// As an error names it.
    pub fn said(&self) -> String {
        match self {
            Value::Null => "nothing".into(),
            Value::Flag(flag) => format!("`{flag}`"),
            Value::Whole(number) => format!("`{number}`"),
            Value::Real(number) => format!("`{number}`"),
            Value::Text(text) => format!("`{text}`"),
            Value::List(items) => format!("a list of {}", items.len()),
            Value::Map(entries) => format!("a mapping of {}", entries.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines_and_their_kinds() {
        let Value::Map(top) = parse("# first\nsetting:\n  a: 2.5  # say\n  b: [1, yes, '1']\n  c:\n").unwrap().unwrap().value
        else {
            panic!("a mapping")
        };
        assert_eq!((top[0].0.name.as_str(), top[0].0.line), ("setting", 2));
        let Value::Map(settings) = &top[0].1.value else { panic!("a mapping") };
        assert_eq!((settings[0].0.line, &settings[0].1.value), (3, &Value::Real(2.5)));
        let Value::List(list) = &settings[1].1.value else { panic!("a list") };
        let kinds: Vec<_> = list.iter().map(|node| node.value.clone()).collect();
        assert_eq!(kinds, [Value::Whole(1), Value::Flag(true), Value::Text("1".into())]);
        assert_eq!(settings[2].1.value, Value::Null);
    }

    #[test]
    fn json_is_yaml_and_broken_text_has_a_line() {
        let tree = parse("{\"setting\": {\"binWidth\": 5, \"normalize\": true, \"label\": null}}").unwrap().unwrap();
        let Value::Map(top) = tree.value else { panic!("a mapping") };
        let Value::Map(settings) = &top[0].1.value else { panic!("a mapping") };
        let values: Vec<_> = settings.iter().map(|(_, node)| node.value.clone()).collect();
        assert_eq!(values, [Value::Whole(5), Value::Flag(true), Value::Null]);
        assert_eq!(parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err().line, 3);
        assert!(parse("a: &x [1]\nb: *x\n").unwrap_err().found.contains("alias"));
        assert!(parse(&"[".repeat(100)).is_err());
        assert_eq!(parse("").unwrap(), None);
    }
}
