//! One question over all arms: do they differ at all?

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording;
use crate::study::results::Results;

/// The table, where there was a joint test.
pub fn tables(results: &Results) -> Vec<Table> {
    let Some(joint) = &results.joint else { return Vec::new() };
    let columns =
        vec![Column::left("Test"), Column::right("Cases"), Column::right("Statistic"), Column::right("df"), Column::right("p")];
    let mut table = Table::new("joint", "Tests over all arms together", columns);
    for test in &joint.tests {
        let statistic = test.statistic.map_or(Cell::Empty, |value| Cell::Number(value, Format::Signed(2)));
        let df = test.df.map_or(Cell::Empty, |df| Cell::Number(df, Format::Count));
        let name =
            if test.statistic_name.is_empty() { test.name.clone() } else { format!("{} ({})", test.name, test.statistic_name) };
        let p = table.p(test.p, test.note.as_deref());
        table.push(vec![Cell::text(name), Cell::count(joint.cases), statistic, df, p]);
    }
    let arms: Vec<&str> = joint.arms.iter().map(|name| wording::arm(results, name)).collect();
    table.note(format!("Arms: {}.", arms.join(", ")));
    vec![table]
}
