//! Which character separates the cells of a text table.

/// The separators tried, in the order in which ties are resolved.
const CANDIDATES: [u8; 5] = [b'\t', b';', b',', b'|', b' '];
/// How much of the file is looked at.
const SAMPLE_BYTES: usize = 256 << 10;
const SAMPLE_RECORDS: usize = 200;

/// The separator that cuts the beginning of `text` into the most regular rows of at least two cells.
///
/// A separator whose first row (the header) is as wide as most rows comes before one whose first row is not: decimal commas
/// cut every row of a semicolon table alike, but not its header. Then the share of rows of the most frequent width decides,
/// then the width. A space counts only if it cuts all rows into the same number of at least three cells, as R's `write.table`
/// does: prose must not become columns. Without a separator the table is one column, and the comma is returned.
pub(super) fn delimiter(text: &str) -> u8 {
    let sample = sample(text);
    let mut best: Option<(Regularity, u8)> = None;
    for candidate in CANDIDATES {
        let regularity = Regularity::of(&widths(sample, candidate));
        let (least_width, least_share) = if candidate == b' ' { (3, 1.0) } else { (2, 0.5) };
        let eligible = regularity.width >= least_width && regularity.share >= least_share;
        if eligible && best.as_ref().is_none_or(|(best, _)| candidate != b' ' && regularity.beats(best)) {
            best = Some((regularity, candidate));
        }
    }
    best.map_or(b',', |(_, candidate)| candidate)
}

/// How evenly a separator cuts rows.
struct Regularity {
    header_fits: bool,
    share: f64,
    width: usize,
}

impl Regularity {
    fn of(widths: &[usize]) -> Self {
        let (width, share) = most_frequent(widths);
        // R writes row names without a name above them: the header is one cell shorter than the rows.
        let header_fits = widths.first().is_some_and(|&first| first == width || (first > 1 && first + 1 == width));
        Regularity { header_fits, share, width }
    }

    fn beats(&self, other: &Regularity) -> bool {
        if self.header_fits != other.header_fits {
            return self.header_fits;
        }
        // A few ragged rows must not make a wrong separator win.
        if (self.share - other.share).abs() > 0.1 { self.share > other.share } else { self.width > other.width }
    }
}

/// The most frequent number of cells per row at the beginning of `text`.
pub(super) fn width(text: &str, delimiter: u8) -> usize {
    most_frequent(&widths(sample(text), delimiter)).0
}

/// The first part of the text, cut at the end of a line.
fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let bytes = text.as_bytes();
    let end = bytes[..SAMPLE_BYTES].iter().rposition(|&b| b == b'\n');
    // A line break is a whole character, so the cut is at a boundary; a first line longer than the sample is taken whole.
    let end = end.or_else(|| bytes.iter().position(|&b| b == b'\n'));
    end.map_or(text, |end| &text[..=end])
}

fn widths(sample: &str, delimiter: u8) -> Vec<usize> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(sample.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut widths = Vec::new();
    while widths.len() < SAMPLE_RECORDS && reader.read_byte_record(&mut record).unwrap_or(false) {
        widths.push(record.len());
    }
    widths
}

fn most_frequent(widths: &[usize]) -> (usize, f64) {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    let most = sorted.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
    most.map_or((0, 0.0), |run| (run[0], run.len() as f64 / widths.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_separators_are_found() {
        assert_eq!(delimiter("id,age\n1,50\n2,60\n"), b',');
        assert_eq!(delimiter("id\tage\n1\t50\n"), b'\t');
        assert_eq!(delimiter("id|age\n1|50\n"), b'|');
        assert_eq!(delimiter("\"id\" \"age\" \"x y\"\n1 50 3\n2 60 4\n"), b' ');
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolon() {
        assert_eq!(delimiter("id;size;adc\n1;12,5;0,9\n2;13,5;1,1\n3;9,0;1,0\n"), b';');
        // The header alone differs in commas; every row has as many commas as semicolons.
        assert_eq!(delimiter("a;b\n1,5;2,5\n1,0;2,0\n"), b';');
        let many = (0..300).fold("a;b;c\n".to_owned(), |text, i| text + &format!("{i},5;2,5;3,5\n"));
        assert_eq!(delimiter(&many), b';');
    }

    #[test]
    fn commas_inside_quotes_or_prose_do_not_count() {
        assert_eq!(delimiter("id;note\n1;\"a, b, c\"\n2;\"d\"\n"), b';');
        assert_eq!(delimiter("id\tnote\n1\tmass, irregular, spiculated\n2\tnone, at all, seen\n"), b'\t');
    }

    #[test]
    fn one_column_is_one_column() {
        assert_eq!(delimiter("id\n1\n2\n"), b',');
        assert_eq!(delimiter("first name\nAda L\n"), b',');
        assert_eq!(delimiter(""), b',');
    }
}
