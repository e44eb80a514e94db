//! What an NRRD header says about voxels and space.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::read::geometry::{cross, grid_of_steps, length};
use crate::image::read::sample::{Sample, SampleType};
use crate::image::read::stream::{Compression, Stream};

/// How voxels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes, compressed or not.
    Binary(Compression),
    /// Numbers as words.
    Text,
}

/// What is needed of a header.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Where the voxels lie.
    pub grid: Grid,
    /// How a voxel is stored.
    pub sample: Sample,
    /// How all of them are written.
    pub encoding: Encoding,
    /// The file that holds the voxels, when it is another one.
    pub data_file: Option<String>,
    /// Lines before the voxels, and then bytes (of the inflated data).
    pub line_skip: u64,
    /// See `line_skip`.
    pub byte_skip: u64,
}

const LONGEST_LINE: u64 = 64 << 10;
const MOST_LINES: usize = 4096;

impl Header {
    /// Reads the header from the front of a file and leaves the stream behind its blank line.
    ///
    /// # Errors
    /// [`InputError`] when it is no NRRD, or no scalar image of two or three dimensions.
    pub fn read(stream: &mut Stream) -> Result<Header> {
        let path = stream.path().to_path_buf();
        let mut magic = vec![];
        stream.read_up_to(4, &mut magic)?;
        if magic != b"NRRD" {
            return Err(InputError::new(&path, "another kind of file", "an NRRD file").into());
        }
        stream.line(LONGEST_LINE)?;
        let mut fields = HashMap::new();
        // A detached header may end without a blank line.
        for _ in 0..MOST_LINES {
            let Some(line) = stream.line(LONGEST_LINE)?.filter(|line| !line.is_empty()) else { break };
            let line = String::from_utf8_lossy(&line);
            // `key:=value` is a remark of the writer, not a field.
            if let Some((name, value)) = line.split_once(": ").filter(|_| !line.starts_with('#')) {
                fields.insert(name.trim().to_ascii_lowercase(), value.trim().to_string());
            }
        }
        Fields { path: &path, fields }.header()
    }
}

struct Fields<'a> {
    path: &'a Path,
    fields: HashMap<String, String>,
}

impl Fields<'_> {
    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.fields.get(*name)).map(String::as_str)
    }

    fn refuse(&self, found: impl std::fmt::Display, expected: &str) -> Error {
        InputError::new(self.path, found, expected).into()
    }

    fn needed(&self, names: &[&str]) -> Result<&str> {
        self.get(names).ok_or_else(|| self.refuse(format!("a header without `{}`", names[0]), "the field"))
    }

    fn header(&self) -> Result<Header> {
        let sizes = self.sizes()?;
        let encoding = match self.needed(&["encoding"])?.to_ascii_lowercase().as_str() {
            "raw" => Encoding::Binary(Compression::None),
            "gzip" | "gz" => Encoding::Binary(Compression::Gzip),
            "ascii" | "text" | "txt" => Encoding::Text,
            other => return Err(self.refuse(format!("the encoding `{other}`"), "raw, gzip or ascii")),
        };
        let kind = self.kind()?;
        let big_endian = match self.get(&["endian"]).map(str::to_ascii_lowercase).as_deref() {
            Some("big") => true,
            Some("little") => false,
            None if kind.width() == 1 || encoding == Encoding::Text => false,
            other => return Err(self.refuse(format!("the byte order {other:?}"), "`endian: little` or `endian: big`")),
        };
        let skip = |names: &[&str]| match self.get(names) {
            None => Ok(0),
            Some(text) => text.parse::<u64>().map_err(|_| self.refuse(format!("`{}: {text}`", names[0]), "a count")),
        };
        let data_file = self.get(&["data file", "datafile"]).map(str::to_string);
        if let Some(name) = data_file.as_ref().filter(|name| name.starts_with("LIST") || name.contains('%')) {
            return Err(self.refuse(format!("several data files (`{name}`)"), "one data file"));
        }
        Ok(Header {
            grid: self.grid(sizes)?,
            sample: Sample::plain(kind, big_endian),
            encoding,
            data_file,
            line_skip: skip(&["line skip", "lineskip"])?.min(MOST_LINES as u64),
            byte_skip: skip(&["byte skip", "byteskip"])?,
        })
    }

    fn kind(&self) -> Result<SampleType> {
        Ok(match self.needed(&["type"])?.to_ascii_lowercase().as_str() {
            "signed char" | "int8" | "int8_t" => SampleType::I8,
            "uchar" | "unsigned char" | "uint8" | "uint8_t" => SampleType::U8,
            "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => SampleType::I16,
            "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => SampleType::U16,
            "int" | "signed int" | "int32" | "int32_t" => SampleType::I32,
            "uint" | "unsigned int" | "uint32" | "uint32_t" => SampleType::U32,
            "longlong" | "long long" | "long long int" | "signed long long" | "signed long long int" | "int64" | "int64_t" => {
                SampleType::I64
            }
            "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => SampleType::U64,
            "float" => SampleType::F32,
            "double" => SampleType::F64,
            other => return Err(self.refuse(format!("voxels of type `{other}`"), "integers or floating point numbers")),
        })
    }

    fn sizes(&self) -> Result<[usize; 3]> {
        let text = self.needed(&["sizes"])?;
        let sizes: Vec<usize> = text.split_whitespace().map_while(|word| word.parse().ok()).collect();
        if sizes.len() != text.split_whitespace().count() || self.get(&["dimension"]) != Some(&sizes.len().to_string()) {
            return Err(self.refuse(format!("`sizes: {text}`"), "as many whole numbers as `dimension` says"));
        }
        match sizes[..] {
            [nx, ny] => Ok([nx, ny, 1]),
            [nx, ny, nz] => Ok([nx, ny, nz]),
            _ => Err(self.refuse(format!("an image of {} dimensions", sizes.len()), "a scalar image of two or three")),
        }
    }

    /// Vectors such as `(1,0,0) none (0,0,2)`.
    fn vectors(&self, text: &str) -> Result<Vec<[f64; 3]>> {
        let bad = || self.refuse(format!("`{text}`"), "vectors of three numbers, (x,y,z)");
        text.split('(')
            .skip(1)
            .map(|part| {
                let inner = part.split(')').next().unwrap_or("");
                let numbers: Vec<f64> = inner.split(',').map(|n| n.trim().parse().map_err(|_| bad())).collect::<Result<_>>()?;
                <[f64; 3]>::try_from(numbers).map_err(|_| bad())
            })
            .collect()
    }

    fn grid(&self, size: [usize; 3]) -> Result<Grid> {
        let Some(directions) = self.get(&["space directions"]) else { return self.plain_grid(size) };
        // Signs that take the file's axes to LPS.
        let signs = match self.needed(&["space"])?.to_ascii_lowercase().as_str() {
            "left-posterior-superior" | "lps" => [1.0, 1.0, 1.0],
            "right-anterior-superior" | "ras" => [-1.0, -1.0, 1.0],
            "left-anterior-superior" | "las" => [1.0, -1.0, 1.0],
            other => {
                return Err(self.refuse(format!("the space `{other}`"), "left-posterior-superior or right-anterior-superior"));
            }
        };
        let lps = |v: [f64; 3]| std::array::from_fn(|axis| v[axis] * signs[axis] + 0.0);
        let given = self.vectors(directions)?;
        let steps: [[f64; 3]; 3] = match given[..] {
            [a, b, c] => [a, b, c],
            [a, b] if size[2] == 1 => [a, b, cross(a, b).map(|n| n / length(a) / length(b))],
            _ => return Err(self.refuse(format!("`space directions: {directions}`"), "one vector for every axis")),
        };
        let origin = match self.get(&["space origin"]) {
            Some(text) => self.vectors(text)?.first().copied().ok_or_else(|| self.refuse(text, "a vector"))?,
            None => [0.0; 3],
        };
        grid_of_steps(self.path, size, lps(origin), steps.map(lps))
    }

    /// A header without a space: spacing along LPS axes, or unit spacing where it says nothing at all.
    fn plain_grid(&self, size: [usize; 3]) -> Result<Grid> {
        let mut spacing = [1.0; 3];
        if let Some(text) = self.get(&["spacings"]) {
            for (axis, word) in text.split_whitespace().take(3).enumerate() {
                let stated: f64 = word.parse().map_err(|_| self.refuse(format!("`spacings: {text}`"), "numbers"))?;
                // The sign of a spacing is the direction of its axis; "nan" says that it is not known.
                spacing[axis] = if stated.is_nan() { 1.0 } else { stated };
            }
        }
        if !spacing.iter().all(|step| *step > 0.0) {
            return Err(self.refuse(format!("a voxel spacing of {spacing:?} mm"), "positive spacing"));
        }
        let steps = std::array::from_fn(|axis| std::array::from_fn(|row| if row == axis { spacing[axis] } else { 0.0 }));
        grid_of_steps(self.path, size, [0.0; 3], steps)
    }
}
