//! ITK's text files of transforms: `#Insight Transform File V1.0`.

use std::path::Path;

use super::MOST_BYTES;
use super::itk::{Block, Fault, check_class};
use crate::error::{InputError, Result};

const HEADER: &str = "#Insight Transform File V1.0";
/// A chain of transforms is a handful.
const MOST_BLOCKS: usize = 64;
/// No linear transform has more parameters; a few to spare, so that a wrong number is reported as such.
const MOST_NUMBERS: usize = 32;

/// The transforms of a file, in its order.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Block>> {
    let fault = |line: usize, (found, expected): Fault| InputError::new(path, found, expected).at_row(line);
    // A file that is too long may end within a letter; what a class says is known long before.
    let text = String::from_utf8_lossy(bytes);
    if !text.starts_with(HEADER) {
        let first: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
        return Err(
            fault(1, (format!("`{first}`"), "`#Insight Transform File V1.0`, the first line of ITK's text transforms")).into()
        );
    }
    let (mut blocks, mut long): (Vec<Block>, _) = (Vec::new(), None);
    for (number, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            let start: String = line.chars().take(40).collect();
            return Err(fault(number, (format!("`{start}`"), "`Transform:`, `Parameters:` or `FixedParameters:`")).into());
        };
        match key {
            "Transform" => {
                check_class(value.trim()).map_err(|cause| fault(number, cause))?;
                if blocks.len() == MOST_BLOCKS {
                    return Err(fault(number, (format!("more than {MOST_BLOCKS} transforms"), "a chain of a few")).into());
                }
                blocks.push(Block { class: value.trim().to_string(), ..Block::default() });
            }
            "Parameters" | "FixedParameters" => {
                let block = blocks.last_mut().ok_or_else(|| fault(number, (format!("`{key}`"), "`Transform:` before it")))?;
                let numbers = numbers(value).map_err(|cause| fault(number, cause));
                if bytes.len() > MOST_BYTES {
                    long = numbers.err();
                } else if key == "Parameters" {
                    block.parameters = numbers?;
                } else {
                    block.fixed = numbers?;
                }
            }
            _ => {
                let key: String = key.chars().take(40).collect();
                return Err(fault(number, (format!("`{key}`"), "`Transform:`, `Parameters:` or `FixedParameters:`")).into());
            }
        }
    }
    if bytes.len() > MOST_BYTES {
        let whole = InputError::new(path, "more than 1 MiB", "a linear transform, which takes less");
        return Err(long.unwrap_or(whole).into());
    }
    Ok(blocks)
}

fn numbers(text: &str) -> std::result::Result<Vec<f64>, Fault> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        if found.len() == MOST_NUMBERS {
            return Err((format!("more than {MOST_NUMBERS} parameters"), "those of a linear transform"));
        }
        let value = word.parse::<f64>().ok().filter(|value| value.is_finite());
        found.push(value.ok_or_else(|| (format!("`{}`", word.chars().take(40).collect::<String>()), "a finite number"))?);
    }
    Ok(found)
}

/// A file of one transform; numbers are written with as many digits as bring them back exactly.
pub(super) fn format(block: &Block) -> String {
    let join = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "{HEADER}\n#Transform 0\nTransform: {}\nParameters: {}\nFixedParameters: {}\n",
        block.class,
        join(&block.parameters),
        join(&block.fixed)
    )
}
