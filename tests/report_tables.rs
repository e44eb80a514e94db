//! Tables of the report: every format says every number, opens in what it is for, and says nothing that it should not.

mod report_fixture;

use calamine::{Data, Reader, Xlsx};
use report_fixture::{her2, hostile, many_arms, multinomial, three_classes, tiny};
use resvg::usvg::roxmltree::{Document, Node};
use std::collections::BTreeSet;
use std::io::Cursor;
use vbx::report::table::format::{PStyle, Style, Typeface};
use vbx::report::table::{self, Cell, Export, Table};
use vbx::study::results::Results;

fn studies() -> Vec<(&'static str, Results)> {
    vec![
        ("her2", her2()),
        ("three", three_classes()),
        ("multinomial", multinomial()),
        ("tiny", tiny()),
        ("hostile", hostile()),
        ("many", many_arms(12)),
    ]
}

fn text(table: &Table, export: Export, style: &Style) -> String {
    String::from_utf8(export.bytes(table, style).unwrap()).unwrap()
}

/// Numbers of a cell: the estimate and its limits.
fn numbers(cell: &Cell) -> Vec<f64> {
    match cell {
        Cell::Number(value, _) | Cell::P(value) => vec![*value],
        Cell::Measure { value, limits, .. } => vec![*value, limits.0, limits.1],
        Cell::Empty | Cell::Text(_) | Cell::Undefined(_) => Vec::new(),
    }
}

/// The entries of a zip archive whose members are stored without compression, as the Word files are.
fn stored(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
    let u32_at = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().unwrap()) as usize;
    let end = archive.windows(4).rposition(|w| w == b"PK\x05\x06").expect("an end of central directory");
    let mut at = u32_at(end + 16);
    let mut entries = Vec::new();
    for _ in 0..u16_at(end + 10) {
        assert_eq!(&archive[at..at + 4], b"PK\x01\x02");
        assert_eq!(u16_at(at + 10), 0, "stored");
        let (size, name, extra, comment, local) =
            (u32_at(at + 20), u16_at(at + 28), u16_at(at + 30), u16_at(at + 32), u32_at(at + 42));
        let path = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).unwrap();
        let start = local + 30 + u16_at(local + 26) + u16_at(local + 28);
        entries.push((path, archive[start..start + size].to_vec()));
        at += 46 + name + extra + comment;
    }
    entries
}

fn word_document(archive: &[u8]) -> String {
    let (_, bytes) = stored(archive).into_iter().find(|(path, _)| path == "word/document.xml").expect("a document");
    String::from_utf8(bytes).unwrap()
}

fn tagged<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |n| n.tag_name().name() == name)
}

fn words(node: Node) -> String {
    node.descendants().filter(|n| n.tag_name().name() == "t").filter_map(|n| n.text()).collect::<String>().replace('\u{a0}', " ")
}

#[test]
fn tables_are_whole_and_have_names_of_their_own() {
    for (study, results) in studies() {
        let tables = table::all(&results);
        assert!(!tables.is_empty());
        let mut names = BTreeSet::new();
        for (i, table) in tables.iter().enumerate() {
            assert_eq!(table.number, i + 1);
            assert!(names.insert(table.id.clone()), "{study}: two tables are called {}", table.id);
            assert!(table.id.chars().all(|c| c.is_alphanumeric() || c == '-'), "{study}: {} names a file", table.id);
            assert!(!table.rows.is_empty(), "{study}: {} has no rows", table.id);
            for row in &table.rows {
                assert_eq!(row.cells.len(), table.columns.len(), "{study}: {}", table.id);
            }
        }
    }
}

#[test]
fn markdown_latex_and_word_print_every_number() {
    let style = Style::default();
    for (study, results) in studies() {
        for table in table::all(&results).iter().filter(|table| !table.listing) {
            let markdown = text(table, Export::Markdown, &style);
            let latex = text(table, Export::Latex, &style);
            let xml = word_document(&Export::Docx.bytes(table, &style).unwrap());
            let document = Document::parse(&xml).unwrap_or_else(|e| panic!("{study}: {}: {e}", table.id));
            let cells: BTreeSet<String> = tagged(document.root(), "tc").map(words).collect();
            for cell in table.rows.iter().flat_map(|row| &row.cells).filter(|cell| !numbers(cell).is_empty()) {
                let printed = cell.printed(&style);
                let mark = |text: &str, less: &str, more: &str| text.replace('<', less).replace('>', more);
                assert!(markdown.contains(&mark(&printed, "&lt;", "&gt;")), "{study}: {} lacks {printed} in Markdown", table.id);
                let tex = mark(&printed, "$<$", "$>$").replace('−', "$-$").replace('–', "--").replace('∞', "$\\infty$");
                assert!(latex.contains(&tex), "{study}: {} lacks {tex} in LaTeX", table.id);
                assert!(cells.contains(&printed), "{study}: {} lacks {printed} in Word", table.id);
            }
        }
    }
}

#[test]
fn csv_gives_back_every_number_bit_by_bit() {
    let style = Style::default();
    for (study, results) in studies() {
        for table in table::all(&results) {
            let mut reader = csv::Reader::from_reader(Cursor::new(text(&table, Export::Csv, &style)));
            let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
            let records: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
            assert!(records.iter().all(|record| record.len() == head.len()));
            let read: Vec<f64> = records.iter().flatten().filter_map(|field| field.parse().ok()).collect();
            for value in table.rows.iter().flat_map(|row| &row.cells).flat_map(numbers) {
                assert!(read.iter().any(|x| x.to_bits() == value.to_bits()), "{study}: {} lacks {value} in CSV", table.id);
            }
            assert!(!records.iter().flatten().any(|field| field.contains("NaN")), "{study}: {}", table.id);
        }
    }
}

#[test]
fn csv_rows_can_be_understood_alone() {
    let table = table::all(&her2()).into_iter().find(|table| table.id == "characteristics").unwrap();
    let csv = text(&table, Export::Csv, &Style::default());
    let mut reader = csv::Reader::from_reader(Cursor::new(csv));
    assert_eq!(&reader.headers().unwrap()[1], "Level");
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    assert_eq!(rows.len(), table.rows.len());
    let level = rows.iter().find(|row| &row[1] == "negative").unwrap();
    assert_eq!(&level[0], "Oestrogen receptor");
    assert_eq!(&level[2], "68 (43.0%)");
}

#[test]
fn csv_runs_no_formula() {
    let tables = table::all(&hostile());
    for table in &tables {
        let csv = text(table, Export::Csv, &Style::default());
        for record in csv::Reader::from_reader(Cursor::new(csv)).into_records() {
            for field in &record.unwrap() {
                let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<f64>().is_err();
                assert!(!formula, "{}: {field}", table.id);
            }
        }
    }
}

#[test]
fn excel_reads_numbers_as_numbers_and_text_as_text() {
    let style = Style::default();
    for (study, results) in studies() {
        let tables = table::all(&results);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(table::workbook(&tables, &style).unwrap())).unwrap();
        let sheets = book.sheet_names();
        assert_eq!(sheets.len(), tables.len());
        for (sheet, table) in sheets.iter().zip(&tables) {
            let range = book.worksheet_range(sheet).unwrap();
            let cells: Vec<&Data> = range.rows().flatten().collect();
            for value in table.rows.iter().flat_map(|row| &row.cells).flat_map(numbers).filter(|value| value.is_finite()) {
                let there =
                    cells.iter().any(|cell| matches!(cell, Data::Float(x) if x.to_bits() == value.to_bits() || *x == value));
                assert!(there, "{study}: {sheet} lacks {value}");
            }
            for cell in table.rows.iter().flat_map(|row| &row.cells) {
                if let Cell::Text(words) = cell {
                    assert!(cells.iter().any(|c| matches!(c, Data::String(s) if s == words)), "{study}: {sheet} lacks {words}");
                }
            }
            assert!(book.worksheet_formula(sheet).unwrap().rows().flatten().all(String::is_empty), "{study}: {sheet}");
            assert_eq!(range.get((0, 0)), Some(&Data::String(table.caption())));
            for note in &table.notes {
                assert!(cells.iter().any(|c| matches!(c, Data::String(s) if s.ends_with(&note.text))), "{study}: {sheet}");
            }
        }
        let one: Xlsx<_> = Xlsx::new(Cursor::new(Export::Xlsx.bytes(&tables[0], &style).unwrap())).unwrap();
        assert_eq!(one.sheet_names(), [tables[0].id.clone()]);
    }
}

#[test]
fn a_word_table_has_three_lines_a_repeated_header_a_caption_above_and_notes_below() {
    let style = Style { typeface: Typeface::Arial, ..Style::default() };
    let tables = table::all(&her2());
    let table = tables.iter().find(|table| table.id == "odds-ratios").unwrap();
    let archive = Export::Docx.bytes(table, &style).unwrap();
    let xml = word_document(&archive);
    let document = Document::parse(&xml).unwrap();
    let body = tagged(document.root(), "body").next().unwrap();
    let parts: Vec<&str> = body.children().map(|n| n.tag_name().name()).collect();
    let at = parts.iter().position(|part| *part == "tbl").unwrap();
    assert_eq!(parts[at - 1], "p");
    let children: Vec<Node> = body.children().collect();
    assert_eq!(words(children[at - 1]), table.caption());
    for (note, paragraph) in table.notes.iter().zip(&children[at + 1..]) {
        assert!(words(*paragraph).ends_with(&note.text));
    }
    // Two header rows (a group head above the heads), both repeated; no body row is.
    let rows: Vec<Node> = tagged(children[at], "tr").collect();
    let repeated: Vec<bool> = rows.iter().map(|row| tagged(*row, "tblHeader").next().is_some()).collect();
    assert_eq!(repeated.iter().filter(|r| **r).count(), 2);
    assert!(repeated[0] && repeated[1]);
    assert!(rows.iter().all(|row| tagged(*row, "cantSplit").next().is_some()));
    // The table itself draws its first and its last line and nothing else; vertical lines do not exist.
    let borders = tagged(children[at], "tblBorders").next().unwrap();
    let drawn: Vec<&str> = borders
        .children()
        .filter(|line| line.attributes().any(|a| a.name() == "val" && a.value() == "single"))
        .map(|line| line.tag_name().name())
        .collect();
    assert_eq!(drawn, ["top", "bottom"]);
    for cell in tagged(children[at], "tcBorders") {
        for side in ["left", "right", "insideV"] {
            let line = tagged(cell, side).next();
            assert!(line.is_none_or(|l| l.attributes().all(|a| a.value() != "single")), "{side}");
        }
    }
    let styles = stored(&archive).into_iter().find(|(path, _)| path == "word/styles.xml").unwrap().1;
    assert!(String::from_utf8(styles).unwrap().contains("Arial"));
}

#[test]
fn elements_of_a_word_table_stand_in_the_order_of_its_schema() {
    // ECMA-376 part 1: CT_TcPr, CT_TblPr and CT_TrPr are sequences; Word refuses files that break some of them.
    const CELL: [&str; 8] = ["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "tcMar", "textDirection", "vAlign"];
    const TABLE: [&str; 6] = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar"];
    for (_, results) in studies() {
        let xml = word_document(&table::word(&table::all(&results), &Style::default()).unwrap());
        let document = Document::parse(&xml).unwrap();
        for (element, order) in [("tcPr", &CELL[..]), ("tblPr", &TABLE[..])] {
            for node in tagged(document.root(), element) {
                let found: Vec<usize> =
                    node.children().map(|c| order.iter().position(|name| *name == c.tag_name().name()).unwrap()).collect();
                assert!(found.is_sorted(), "{element}: {found:?}");
            }
        }
    }
}

#[test]
fn wide_tables_lie_on_their_side() {
    let tables = table::all(&many_arms(12));
    let orientation = |id: &str| {
        let table = tables.iter().find(|table| table.id == id).unwrap();
        let xml = word_document(&Export::Docx.bytes(table, &Style::default()).unwrap());
        let document = Document::parse(&xml).unwrap();
        let size = tagged(document.root(), "pgSz").next().unwrap();
        let edge = |name: &str| size.attributes().find(|a| a.name() == name).unwrap().value().parse::<u32>().unwrap();
        edge("w") > edge("h")
    };
    assert!(orientation("comparison-matrix"));
    assert!(!orientation("sites"));
}

#[test]
fn all_tables_share_one_word_file() {
    let tables = table::all(&her2());
    let xml = word_document(&table::word(&tables, &Style::default()).unwrap());
    let document = Document::parse(&xml).unwrap();
    let printed = tables.iter().filter(|table| !table.listing).count();
    assert_eq!(tagged(document.root(), "tbl").count(), printed);
    assert_eq!(tagged(document.root(), "sectPr").count(), printed);
    assert!(!xml.contains("paraId"));
}

#[test]
fn latex_is_balanced_and_escapes_what_users_write() {
    for (study, results) in studies() {
        for table in table::all(&results).iter().filter(|table| !table.listing) {
            let latex = text(table, Export::Latex, &Style::default());
            let bare = latex.replace("\\{", "").replace("\\}", "");
            assert_eq!(bare.matches('{').count(), bare.matches('}').count(), "{study}: {}", table.id);
            for name in ["table", "sidewaystable", "tabular", "longtable", "landscape"] {
                let count = |word: &str| latex.matches(&format!("\\{word}{{{name}}}")).count();
                assert_eq!(count("begin"), count("end"), "{study}: {} {name}", table.id);
            }
            let body = latex.replace("\\&", "");
            for line in body.lines().filter(|line| line.ends_with("\\\\") && line.contains(" & ")) {
                let spans: usize =
                    line.split("\\multicolumn{").skip(1).map(|s| s[..s.find('}').unwrap()].parse::<usize>().unwrap() - 1).sum();
                assert_eq!(line.matches(" & ").count() + 1 + spans, table.columns.len(), "{study}: {}: {line}", table.id);
            }
            assert!(!latex.contains("<script>") && !latex.contains("_x") && !latex.contains("χ"), "{study}: {}", table.id);
        }
    }
    let arms = table::all(&hostile()).into_iter().find(|table| table.id == "arms").unwrap();
    let latex = text(&arms, Export::Latex, &Style::default());
    assert!(latex.contains("=Arm $<$script$>$alert(1)$<$/script$>$\\symbol{34}'\\&"), "{latex}");
}

#[test]
fn markdown_has_one_line_per_row_and_hides_no_tag() {
    for (study, results) in studies() {
        for table in table::all(&results).iter().filter(|table| !table.listing) {
            let markdown = text(table, Export::Markdown, &Style::default());
            let lines: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
            assert_eq!(lines.len(), table.rows.len() + 2, "{study}: {}", table.id);
            for line in lines {
                assert_eq!(
                    line.replace("\\|", "").matches('|').count(),
                    table.columns.len() + 1,
                    "{study}: {}: {line}",
                    table.id
                );
            }
            assert!(!markdown.contains("<script"), "{study}: {}", table.id);
        }
    }
}

#[test]
fn an_undefined_number_is_a_dash_that_leads_to_its_reason() {
    let tables = table::all(&tiny());
    let calibration = tables.iter().find(|table| table.id == "calibration").unwrap();
    let undefined: Vec<&Cell> = calibration.rows[0].cells.iter().filter(|cell| cell.mark().is_some()).collect();
    assert_eq!(undefined.len(), 2);
    let mark = undefined[0].mark().unwrap();
    let note = calibration.notes.iter().find(|note| note.mark.as_deref() == Some(mark)).unwrap();
    assert!(note.text.contains("separation"));
    let markdown = text(calibration, Export::Markdown, &Style::default());
    assert!(markdown.contains(&format!("–<sup>{mark}</sup>")));
    for table in tables.iter().filter(|table| !table.listing) {
        for export in [Export::Markdown, Export::Latex, Export::Csv] {
            let text = text(table, export, &Style::default());
            assert!(!text.contains("NaN") && !text.contains("None"), "{}", table.id);
        }
    }
}

#[test]
fn house_style_reaches_every_format() {
    let style = Style { p: PStyle::NoLeadingZero, auc_digits: 2, typeface: Typeface::Times };
    let tables = table::all(&her2());
    let find = |id: &str| tables.iter().find(|table| table.id == id).unwrap();
    for export in [Export::Markdown, Export::Latex] {
        let one = text(find("characteristics"), export, &style);
        assert!(one.contains(" .017 ") && !one.contains(" 0.017 "), "{one}");
        let two = text(find("discrimination"), export, &style);
        assert!(two.contains("0.58 (") && !two.contains("0.579"), "{two}");
    }
    // Programs get the same numbers whatever the style.
    let csv = |style: &Style| text(find("discrimination"), Export::Csv, style);
    assert_eq!(csv(&style), csv(&Style::default()));
}

#[test]
fn the_matrix_reads_a_comparison_in_both_directions() {
    let mut results = her2();
    let forwards = table::all(&results).into_iter().find(|table| table.id == "comparison-matrix").unwrap();
    for comparison in &mut results.comparisons {
        std::mem::swap(&mut comparison.reference, &mut comparison.new);
        let d = &mut comparison.difference;
        let turned = (d.value.map(|x| -x), d.upper.map(|x| -x), d.lower.map(|x| -x));
        (d.value, d.lower, d.upper) = turned;
    }
    let backwards = table::all(&results).into_iter().find(|table| table.id == "comparison-matrix").unwrap();
    assert_eq!(forwards, backwards);
    // Above the diagonal differences, below it Holm's p.
    let first = results.comparisons.iter().find(|c| c.reference == "mri" && c.new == "clinical").unwrap();
    assert_eq!(numbers(&forwards.rows[0].cells[2])[0], -first.difference.value.unwrap());
    assert_eq!(forwards.rows[1].cells[1], Cell::P(first.p_holm.unwrap()));
}

#[test]
fn long_feature_lists_are_cut_in_print_and_whole_for_programs() {
    let results = her2();
    let tables = table::all(&results);
    let full = tables.iter().find(|table| table.id == "features-all").unwrap();
    let features: usize = results.arms.iter().map(|arm| arm.features.len()).sum();
    assert_eq!(full.rows.iter().filter(|row| row.indent > 0).count(), features);
    assert!(full.listing && !Export::Docx.takes(full) && Export::Csv.takes(full));
    let short = tables.iter().find(|table| table.id == "features").unwrap();
    assert!(short.rows.len() < full.rows.len());
    assert!(short.rows.iter().any(|row| row.cells[0] == Cell::Text("MRI radiomics (first 20 of 64)".into())));
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let (first, second) = (table::all(&her2()), table::all(&her2()));
    let style = Style::default();
    for (a, b) in first.iter().zip(&second) {
        for export in Export::ALL {
            assert_eq!(export.bytes(a, &style).unwrap(), export.bytes(b, &style).unwrap(), "{} {export:?}", a.id);
        }
    }
    assert_eq!(table::word(&first, &style).unwrap(), table::word(&second, &style).unwrap());
    assert_eq!(table::workbook(&first, &style).unwrap(), table::workbook(&second, &style).unwrap());
}

#[test]
fn markdown_of_two_classes() {
    let mut results = her2();
    results.comparisons.truncate(2);
    for arm in &mut results.arms {
        arm.features.truncate(3);
    }
    insta::assert_snapshot!(whole(&results));
}

#[test]
fn markdown_of_three_classes() {
    let mut results = multinomial();
    for arm in &mut results.arms {
        arm.features.truncate(3);
    }
    insta::assert_snapshot!(whole(&results));
}

#[test]
fn markdown_of_twelve_cases() {
    insta::assert_snapshot!(whole(&tiny()));
}

/// All printed tables of a study as one text.
fn whole(results: &Results) -> String {
    let tables = table::all(results);
    let printed = tables.iter().filter(|table| !table.listing);
    printed.map(|table| text(table, Export::Markdown, &Style::default())).collect::<Vec<_>>().join("\n\n")
}
