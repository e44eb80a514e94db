//! Who may use whom: the `use` lines of `src/` are read, and a room that reaches for an upper floor fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rooms by floor; a room may use only rooms on lower floors. `error` is the ground.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("image", 1),
    ("table", 1),
    ("statistic", 1),
    ("alignment", 2),
    ("habitat", 2),
    ("learn", 2),
    ("parametric", 2),
    ("radiomics", 2),
    ("region", 2),
    ("simulate", 2),
    ("modality", 3),
    ("transform", 3),
    ("classifier", 3),
    ("fusion", 4),
    ("study", 5),
    ("report", 6),
    ("cli", 7),
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// Source text by room, without comments and without unit tests.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let room = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod").next().unwrap();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        rooms.entry(room).or_default().push((inside.to_path_buf(), code));
    }
    rooms
}

/// The rooms that a text names after `crate::`, in braces or not.
fn uses(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` in an exported macro names a path of the macro's own module.
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let list = &list[..list.find("};").unwrap_or(list.len())];
            named.extend(list.split(',').map(|part| word(part.trim())));
        } else {
            named.insert(word(rest));
        }
    }
    named
}

#[test]
fn a_room_uses_only_rooms_on_lower_floors() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let mut faults = Vec::new();
    for (room, files) in rooms() {
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(floor) = floors.get(room.as_str()) else {
            faults.push(format!("{room} has no floor in this test"));
            continue;
        };
        for (file, code) in files {
            for used in uses(&code) {
                match floors.get(used.as_str()) {
                    // The one exception, on one floor: LASSO selection and the LASSO classifier share one tuned path.
                    Some(_) if room == "transform" && used == "classifier" => {}
                    Some(other) if used != room && other >= floor => {
                        faults.push(format!("{} (floor {floor}) uses {used} (floor {other})", file.display()));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn learning_touches_no_file_and_statistics_touch_nothing_of_ours() {
    let rooms = rooms();
    let disk = ["std::fs", "std::env", "std::net", "std::process", "tempfile"];
    for room in ["learn", "transform", "classifier", "fusion", "statistic"] {
        for (file, code) in &rooms[room] {
            for forbidden in disk {
                assert!(!code.contains(forbidden), "{} uses {forbidden}", file.display());
            }
        }
    }
    for (file, code) in &rooms["statistic"] {
        let named: BTreeSet<String> = uses(code).into_iter().filter(|used| used != "statistic").collect();
        assert!(named.is_empty(), "{} uses {named:?}; statistics are slices in, estimates out", file.display());
    }
}

#[test]
fn only_the_command_line_prints() {
    for (room, files) in rooms() {
        for (file, code) in files {
            if room != "cli" && room != "main" {
                for print in ["println!", "eprintln!", "print!(", "indicatif"] {
                    assert!(!code.contains(print), "{} prints ({print})", file.display());
                }
            }
            if room != "main" {
                assert!(!code.contains("process::exit"), "{} exits; only main does", file.display());
            }
        }
    }
}

#[test]
fn polars_stays_in_the_rooms_that_may_hold_a_data_frame() {
    for (room, files) in rooms() {
        for (file, code) in files {
            assert!(["table", "simulate"].contains(&room.as_str()) || !code.contains("polars"), "{} uses polars", file.display());
        }
    }
}

#[test]
fn the_rule_would_catch_a_violation() {
    let code = "use crate::study::results::Results;\nuse crate::{error, report};";
    assert_eq!(uses(code).into_iter().collect::<Vec<_>>(), ["error", "report", "study"]);
}
