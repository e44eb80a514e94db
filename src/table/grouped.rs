//! Manifests: tables in which a case may have several rows, one for each of its images.

use std::collections::HashMap;

use super::identifier::{IdMapping, key_columns};
use super::raw::RawTable;
use crate::error::Result;

/// A manifest by case.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// The table with the first row of each case.
    pub firsts: RawTable,
    /// The rows of each case in the whole table, from 0, in its order.
    pub rows: Vec<Vec<usize>>,
}

/// Groups the rows of a manifest by case: by the mapped column of cases, else by patient and lesion together, else by the
/// patient's identifier. The rows of `firsts` are then told apart by [`identify`](super::identify).
///
/// # Errors
/// [`InputError`](crate::error::InputError) where no column identifies a case.
pub fn group_by_case(table: &RawTable, mapping: &IdMapping) -> Result<Grouped> {
    let keys = key_columns(table, mapping)?;
    let mut place: HashMap<Vec<Option<String>>, usize> = HashMap::new();
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for row in 0..table.n_rows() {
        let key = keys.iter().map(|&at| table.columns[at].text(row).map(|text| text.into_owned())).collect();
        let case = *place.entry(key).or_insert_with(|| {
            rows.push(Vec::new());
            rows.len() - 1
        });
        rows[case].push(row);
    }
    let firsts: Vec<usize> = rows.iter().map(|rows| rows[0]).collect();
    Ok(Grouped { firsts: table.take(&firsts), rows })
}

impl Grouped {
    /// Whether some case has several rows.
    pub fn several(&self) -> bool {
        self.rows.iter().any(|rows| rows.len() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Cells, RawColumn};

    fn table() -> RawTable {
        let text = |cells: &[&str]| Cells::Text(cells.iter().map(|cell| Some(cell.to_string())).collect());
        RawTable::from_columns(
            "images.csv",
            vec![
                RawColumn::new("patient_id", text(&["P2", "P1", "P2", "P1"])),
                RawColumn::new("lesion", text(&["a", "a", "b", "a"])),
                RawColumn::new("image", text(&["1.png", "2.png", "3.png", "4.png"])),
            ],
        )
        .unwrap()
    }

    #[test]
    fn rows_are_grouped_by_patient_and_lesion_in_the_order_of_the_table() {
        let grouped = group_by_case(&table(), &IdMapping::default()).unwrap();
        assert_eq!(grouped.rows, [vec![0], vec![1, 3], vec![2]]);
        assert_eq!(grouped.firsts.n_rows(), 3);
        assert_eq!(grouped.firsts.row_number(2), 4);
        assert!(grouped.several());
    }

    #[test]
    fn a_mapped_column_of_cases_goes_first() {
        let mapping = IdMapping { case: Some("patient_id".into()), ..IdMapping::default() };
        assert_eq!(group_by_case(&table(), &mapping).unwrap().rows, [vec![0, 2], vec![1, 3]]);
    }
}
