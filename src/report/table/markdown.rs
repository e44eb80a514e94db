//! Markdown: a pipe table for READMEs, notebooks and issues.

use super::format::Style;
use super::model::{Align, Row, Table};

/// The table as Markdown.
pub fn text(table: &Table, style: &Style) -> String {
    let mut out = format!("**Table {}.** {}\n\n", table.number, escaped(&table.title));
    let heads = (0..table.columns.len()).map(|i| {
        let head = escaped(&table.printed_head(i));
        table.columns[i].group.as_ref().map_or_else(|| head.clone(), |group| format!("{}: {head}", escaped(group)))
    });
    push_line(&mut out, heads);
    push_line(
        &mut out,
        table.columns.iter().map(|column| match column.align {
            Align::Left => ":---".to_owned(),
            Align::Centre => ":---:".to_owned(),
            Align::Right => "---:".to_owned(),
        }),
    );
    for row in &table.rows {
        push_line(&mut out, (0..row.cells.len()).map(|i| cell(row, i, style)));
    }
    for note in &table.notes {
        let mark = note.mark.as_ref().map_or(String::new(), |mark| format!("<sup>{mark}</sup> "));
        out.push_str(&format!("\n{mark}{}\n", escaped(&note.text)));
    }
    out
}

fn push_line(out: &mut String, cells: impl Iterator<Item = String>) {
    out.push('|');
    for cell in cells {
        out.push(' ');
        out.push_str(&cell);
        out.push_str(" |");
    }
    out.push('\n');
}

fn cell(row: &Row, i: usize, style: &Style) -> String {
    let mut text = escaped(&row.cells[i].printed(style));
    if i == 0 && row.is_heading() {
        text = format!("**{text}**");
    }
    if i == 0 && row.indent > 0 {
        text = format!("&emsp;{text}");
    }
    match row.cells[i].mark() {
        Some(mark) => format!("{text}<sup>{mark}</sup>"),
        None => text,
    }
}

/// Text that Markdown shows as it is.
///
/// An underscore between letters is left alone, as it means nothing there and feature names are full of them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        match c {
            '\\' | '|' | '*' | '`' | '[' | ']' | '~' | '#' => out.extend(['\\', c]),
            '_' if !(before.is_alphanumeric() && after.is_alphanumeric()) => out.push_str("\\_"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_shows_as_it_is() {
        assert_eq!(escaped("mri.original_glcm_Contrast"), "mri.original_glcm_Contrast");
        assert_eq!(escaped("_a_ | *b* <script>"), "\\_a\\_ \\| \\*b\\* &lt;script&gt;");
    }
}
