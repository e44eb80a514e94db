//! What a reader must know before concluding: warnings stand out, notes stay folded.

use super::Material;
use super::block::{Block, NoticeView};
use crate::report::wording::{self, Found};
use crate::study::results::{Level, Notice};

/// Columns listed in one notice.
const LISTED: usize = 12;

/// Warnings, cautions, and notes behind a click.
pub fn blocks(material: &Material) -> Vec<Block> {
    let all = wording::notices(material.results);
    let of = |level: Level| -> Vec<NoticeView> {
        all.iter()
            .filter(|found| found.notice.level == level && !of_other_pairs(found))
            .map(|found| view(&found.concerns, found.notice))
            .collect()
    };
    let mut blocks = Vec::new();
    for (level, name) in [(Level::Warning, "warning"), (Level::Caution, "caution")] {
        let items = of(level);
        if !items.is_empty() {
            blocks.push(Block::Notices { level: name, items });
        }
    }
    let items: Vec<NoticeView> =
        all.iter().filter(|found| of_other_pairs(found)).map(|found| view(&found.concerns, found.notice)).collect();
    if !items.is_empty() {
        let what = if items.len() == 1 { "caution" } else { "cautions" };
        let summary = format!("{} {what} on comparisons other than the primary one", items.len());
        blocks.push(Block::details(summary, vec![Block::Notices { level: "caution", items }]));
    }
    let items = of(Level::Info);
    if !items.is_empty() {
        let summary =
            if items.len() == 1 { "One note on the data".to_owned() } else { format!("{} notes on the data", items.len()) };
        blocks.push(Block::details(summary, vec![Block::Notices { level: "info", items }]));
    }
    blocks
}

/// Whether it concerns a pair of arms that is not the primary one. Such cautions repeat each other over all pairs, and are folded.
fn of_other_pairs(found: &Found) -> bool {
    found.secondary && found.notice.level != Level::Info
}

fn view(concerns: &str, notice: &Notice) -> NoticeView {
    NoticeView {
        concerns: concerns.to_owned(),
        message: wording::sentence(&notice.message),
        columns: notice.columns.iter().take(LISTED).cloned().collect(),
        more: notice.columns.len().saturating_sub(LISTED),
    }
}
