//! A column of short texts in one piece of memory: large files have millions of cells, and an allocation for each is slow.

/// The cells of a column as they were written, without blanks at their ends. An empty cell is an empty text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TextCells {
    text: String,
    /// Where each cell ends; it begins where the one before ends.
    ends: Vec<usize>,
}

impl TextCells {
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(super::text::trim(cell));
        self.ends.push(self.text.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<S: AsRef<str>> FromIterator<S> for TextCells {
    fn from_iter<I: IntoIterator<Item = S>>(cells: I) -> Self {
        let mut column = TextCells::default();
        for cell in cells {
            column.push(cell.as_ref());
        }
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_trimmed_and_in_order() {
        let cells: TextCells = ["007", " 年龄 ", "", "x"].into_iter().collect();
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["007", "年龄", "", "x"]);
        assert_eq!((cells.len(), cells.get(2)), (4, ""));
    }
}
