//! Binary files of MATLAB version 4, as ITK's `MatlabTransformIO` and ANTs write them: per transform a column named after its class, which
//! holds the parameters, then one named `fixed`.

use std::path::Path;

use super::MOST_BYTES;
use super::itk::{Block, check_class};
use crate::error::{Error, InputError, Result};

const HEADER: usize = 20;
/// Longest name of a class; the longest of ITK's linear transforms has 36 letters.
const LONGEST_NAME: usize = 128;
/// No linear transform has more parameters.
const MOST_NUMBERS: usize = 32;
const MOST_VARIABLES: usize = 128;

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

/// The transforms of a file, in its order.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Block>> {
    let fault = |found: String, expected: &str| Error::from(InputError::new(path, found, expected));
    let cut = || fault("a file that ends within a variable".into(), "a whole MATLAB version 4 file");
    let mut cursor = Cursor { rest: bytes };
    let mut variables: Vec<(String, Vec<f64>)> = Vec::new();
    while !cursor.rest.is_empty() {
        if variables.len() == MOST_VARIABLES {
            return Err(fault(format!("more than {MOST_VARIABLES} variables"), "a chain of a few transforms"));
        }
        let head = cursor.take(HEADER).ok_or_else(cut)?;
        let raw = |at: usize| [head[4 * at], head[4 * at + 1], head[4 * at + 2], head[4 * at + 3]];
        // The type's thousands say the order of bytes; read in the wrong order it is no such number.
        let little = u32::from_le_bytes(raw(0)) < 1000;
        let word = |at: usize| if little { u32::from_le_bytes(raw(at)) } else { u32::from_be_bytes(raw(at)) };
        let kind = word(0);
        let width = match (kind / 1000, kind % 10, kind / 10 % 10) {
            (0 | 1, 0, 0) if little == (kind < 1000) => 8,
            (0 | 1, 0, 1) if little == (kind < 1000) => 4,
            _ => {
                return Err(fault(
                    format!("a variable of type {kind}"),
                    "real numbers of MATLAB version 4 or an ITK text transform",
                ));
            }
        };
        let (rows, columns, imaginary, name) = (word(1) as usize, word(2) as usize, word(3), word(4) as usize);
        if imaginary != 0 || (rows > 1 && columns > 1) {
            return Err(fault(format!("a variable of {rows} × {columns} numbers"), "one real column per variable"));
        }
        if name == 0 || name > LONGEST_NAME {
            return Err(fault(format!("a variable's name of {name} bytes"), "the name of an ITK transform"));
        }
        let name = cursor.take(name).ok_or_else(cut)?;
        let name = String::from_utf8_lossy(name).trim_end_matches('\0').to_string();
        if name != "fixed" {
            check_class(&name).map_err(|(found, expected)| fault(found, expected))?;
        }
        let count = rows.checked_mul(columns).filter(|count| *count <= MOST_NUMBERS);
        let count = count.ok_or_else(|| fault(format!("{rows} × {columns} parameters"), "those of a linear transform"))?;
        let data = cursor.take(count * width).ok_or_else(cut)?;
        let value = |chunk: &[u8]| -> f64 {
            let mut wide = [0; 8];
            wide[..width].copy_from_slice(chunk);
            match (width, little) {
                (8, true) => f64::from_le_bytes(wide),
                (8, false) => f64::from_be_bytes(wide),
                (_, true) => f32::from_le_bytes([wide[0], wide[1], wide[2], wide[3]]).into(),
                (_, false) => f32::from_be_bytes([wide[0], wide[1], wide[2], wide[3]]).into(),
            }
        };
        variables.push((name, data.chunks_exact(width).map(value).collect()));
    }
    if bytes.len() > MOST_BYTES {
        return Err(fault("more than 1 MiB".into(), "a linear transform, which takes less"));
    }
    let mut blocks: Vec<Block> = Vec::new();
    for (name, values) in variables {
        match blocks.last_mut() {
            _ if name != "fixed" => blocks.push(Block { class: name, parameters: values, fixed: Vec::new() }),
            Some(block) => block.fixed = values,
            None => return Err(fault("`fixed` before any transform".into(), "a transform's parameters, then `fixed`")),
        }
    }
    Ok(blocks)
}

/// A file of one transform.
pub(super) fn format(block: &Block) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, values) in [(block.class.as_str(), &block.parameters), ("fixed", &block.fixed)] {
        // Type 0: double precision, least byte first, full; one column; real; the name with its closing zero.
        let header = [0, values.len() as u32, 1, 0, name.len() as u32 + 1];
        bytes.extend(header.iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend(name.bytes().chain([0]));
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    bytes
}
