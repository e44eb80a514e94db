//! What a NIfTI header says about voxels and space.
//!
//! # Reference
//! Cox et al., NIfTI-1.1 (2004), and NIfTI-2 (2011), <https://nifti.nimh.nih.gov>. Which of the two transforms counts follows ITK's
//! `NiftiImageIO`.

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::read::geometry::{cross, grid_of_steps, length};
use crate::image::read::sample::{Sample, SampleType};
use crate::image::read::stream::Stream;

/// What is needed of a header.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Where the voxels lie.
    pub grid: Grid,
    /// Volumes (time points, directions): the product of all sizes beyond the third.
    pub volumes: usize,
    /// How voxels are stored.
    pub sample: Sample,
    /// Bytes between the header that was read and the first voxel.
    pub gap: u64,
    /// Whether the voxels lie in a file of their own (`.img`).
    pub detached: bool,
}

const LENGTH_1: usize = 348;
const LENGTH_2: usize = 540;

/// The fixed fields of either version, in one shape.
struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    version: u8,
}

impl Fields<'_> {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut field: [u8; N] = std::array::from_fn(|byte| self.bytes.get(at + byte).copied().unwrap_or(0));
        if self.big_endian {
            field.reverse();
        }
        field
    }

    fn int(&self, at_1: usize, at_2: usize, width_1: usize) -> i64 {
        match (self.version, width_1) {
            (1, 2) => i64::from(i16::from_le_bytes(self.array(at_1))),
            (1, _) => i64::from(i32::from_le_bytes(self.array(at_1))),
            (_, _) => i64::from_le_bytes(self.array(at_2)),
        }
    }

    /// A field that version 1 stores as `f32` and version 2 as `f64`.
    fn float(&self, at_1: usize, at_2: usize, index: usize) -> f64 {
        match self.version {
            1 => f64::from(f32::from_le_bytes(self.array(at_1 + 4 * index))),
            _ => f64::from_le_bytes(self.array(at_2 + 8 * index)),
        }
    }

    fn dim(&self, index: usize) -> i64 {
        self.int(40 + 2 * index, 16 + 8 * index, 2)
    }

    fn pixdim(&self, index: usize) -> f64 {
        self.float(76, 104, index)
    }

    fn code(&self, at_1: usize, at_2: usize) -> i64 {
        match self.version {
            1 => i64::from(i16::from_le_bytes(self.array(at_1))),
            _ => i64::from(i32::from_le_bytes(self.array(at_2))),
        }
    }

    fn datatype(&self) -> i16 {
        i16::from_le_bytes(self.array(if self.version == 1 { 70 } else { 12 }))
    }

    /// Millimetres in one unit of length.
    fn millimetres(&self) -> f64 {
        let units = if self.version == 1 { self.bytes[123] } else { self.array::<4>(500)[0] };
        match units & 7 {
            1 => 1000.0,
            3 => 1e-3,
            _ => 1.0,
        }
    }

    fn first_voxel(&self) -> f64 {
        match self.version {
            1 => f64::from(f32::from_le_bytes(self.array(108))),
            _ => i64::from_le_bytes(self.array(168)) as f64,
        }
    }
}

impl Header {
    /// Reads the header from the front of a file.
    ///
    /// # Errors
    /// [`InputError`] when it is no NIfTI, or claims what cannot be.
    pub fn read(stream: &mut Stream) -> Result<Header> {
        let path = stream.path().to_path_buf();
        let mut bytes = Vec::with_capacity(LENGTH_2);
        stream.read_up_to(4, &mut bytes)?;
        let length: [u8; 4] = bytes.as_slice().try_into().map_err(|_| not_nifti(&path, "a file of fewer than four bytes"))?;
        let (version, big_endian) = match (u32::from_le_bytes(length) as usize, u32::from_be_bytes(length) as usize) {
            (LENGTH_1, _) => (1, false),
            (_, LENGTH_1) => (1, true),
            (LENGTH_2, _) => (2, false),
            (_, LENGTH_2) => (2, true),
            _ => return Err(not_nifti(&path, "another kind of file")),
        };
        let size = if version == 1 { LENGTH_1 } else { LENGTH_2 };
        stream.read_up_to(size as u64 - 4, &mut bytes)?;
        if bytes.len() < size {
            return Err(not_nifti(&path, &format!("a header of {} bytes", bytes.len())));
        }
        let magic = if version == 1 { &bytes[344..348] } else { &bytes[4..8] };
        let detached = match magic {
            b"n+1\0" | b"n+2\0" => false,
            b"ni1\0" | b"ni2\0" => true,
            _ => return Err(not_nifti(&path, "no NIfTI mark (ANALYZE 7.5, which does not say left from right?)")),
        };
        Header::of_fields(&path, &Fields { bytes: &bytes, big_endian, version }, detached)
    }

    fn of_fields(path: &Path, fields: &Fields, detached: bool) -> Result<Header> {
        let (size, volumes) = sizes(path, fields)?;
        let mut grid = geometry(path, fields, size)?;
        let millimetres = fields.millimetres();
        grid.spacing = grid.spacing.map(|n| n * millimetres);
        grid.origin = grid.origin.map(|n| n * millimetres);
        let header_length = fields.bytes.len() as f64;
        let first = fields.first_voxel();
        let least = if detached { 0.0 } else { header_length };
        // Files with an offset of zero exist; their voxels follow the header and its four bytes of extension flags.
        let first = if !detached && first == 0.0 { header_length + 4.0 } else { first };
        if !(first >= least && first < 2f64.powi(53)) {
            return Err(InputError::new(path, format!("voxels at byte {first}"), "voxels behind the header").into());
        }
        Ok(Header { grid, volumes, sample: sample(path, fields)?, gap: (first - least) as u64, detached })
    }
}

fn not_nifti(path: &Path, found: &str) -> crate::error::Error {
    InputError::new(path, found, "a NIfTI-1 or NIfTI-2 file").into()
}

fn sizes(path: &Path, fields: &Fields) -> Result<([usize; 3], usize)> {
    let axes = fields.dim(0);
    if !(1..=7).contains(&axes) {
        return Err(InputError::new(path, format!("{axes} dimensions"), "1 to 7").into());
    }
    let mut sizes = [1usize; 7];
    for (axis, size) in sizes.iter_mut().enumerate().take(axes as usize) {
        let claimed = fields.dim(axis + 1);
        *size = match usize::try_from(claimed) {
            Ok(n) if n > 0 => n,
            // A third or later axis of size zero is a common way to say that it is not there.
            Ok(_) if axis >= 2 => 1,
            _ => return Err(InputError::new(path, format!("{claimed} voxels along axis {}", axis + 1), "at least 1").into()),
        };
    }
    let volumes = sizes[3..].iter().try_fold(1usize, |product, n| product.checked_mul(*n));
    let Some(volumes) = volumes else {
        return Err(InputError::new(path, "a header that claims more volumes than can be", "true sizes").into());
    };
    Ok(([sizes[0], sizes[1], sizes[2]], volumes))
}

fn sample(path: &Path, fields: &Fields) -> Result<Sample> {
    let kind = match fields.datatype() {
        2 => SampleType::U8,
        4 => SampleType::I16,
        8 => SampleType::I32,
        16 => SampleType::F32,
        64 => SampleType::F64,
        256 => SampleType::I8,
        512 => SampleType::U16,
        768 => SampleType::U32,
        1024 => SampleType::I64,
        1280 => SampleType::U64,
        other => {
            let name = match other {
                1 => "single bits",
                32 | 1792 | 2048 => "complex numbers",
                128 | 2304 => "colours",
                1536 => "128-bit numbers",
                _ => "an unknown type",
            };
            let found = format!("voxels stored as {name} (datatype {other})");
            return Err(InputError::new(path, found, "integers or floating point numbers").into());
        }
    };
    let mut sample = Sample::plain(kind, fields.big_endian);
    let (slope, intercept) = (fields.float(112, 176, 0), fields.float(116, 184, 0));
    // A slope of zero says that stored numbers are the values.
    if slope != 0.0 && slope.is_finite() {
        sample.slope = slope;
        sample.intercept = if intercept.is_finite() { intercept } else { 0.0 };
    }
    Ok(sample)
}

/// The grid in LPS. As ITK does it: the sform counts when its code says scanner coordinates or there is no qform, else the qform; a
/// sheared sform gives way to a qform; a header with neither has its axes along LPS and its first voxel in the origin.
fn geometry(path: &Path, fields: &Fields, size: [usize; 3]) -> Result<Grid> {
    let (qform, sform) = (fields.code(252, 344), fields.code(254, 348));
    let from_sform = || sform_grid(path, fields, size);
    let from_qform = || qform_grid(path, fields, size);
    match (sform > 0, qform > 0) {
        (true, false) => from_sform(),
        (true, true) if sform == 1 => from_sform().or_else(|_| from_qform()),
        (_, true) => from_qform(),
        (false, false) => {
            let spacing = spacings(path, fields, size)?;
            let steps = std::array::from_fn(|axis| std::array::from_fn(|row| if row == axis { spacing[axis] } else { 0.0 }));
            grid_of_steps(path, size, [0.0; 3], steps)
        }
    }
}

/// The header's own spacing; an axis of one voxel needs none.
fn spacings(path: &Path, fields: &Fields, size: [usize; 3]) -> Result<[f64; 3]> {
    let mut spacing = [1.0; 3];
    for axis in 0..3 {
        let stated = fields.pixdim(axis + 1);
        if stated > 0.0 && stated.is_finite() {
            spacing[axis] = stated;
        } else if !(stated == 0.0 && size[axis] == 1) {
            return Err(InputError::new(
                path,
                format!("a voxel spacing of {stated} mm along axis {}", axis + 1),
                "a positive one",
            )
            .into());
        }
    }
    Ok(spacing)
}

/// RAS to LPS: x and y point the other way.
fn to_lps(ras: [f64; 3]) -> [f64; 3] {
    [-ras[0], -ras[1], ras[2]].map(|n| n + 0.0)
}

fn sform_grid(path: &Path, fields: &Fields, size: [usize; 3]) -> Result<Grid> {
    let entry = |row: usize, column: usize| fields.float(280 + 16 * row, 400 + 32 * row, column);
    let column = |column: usize| to_lps([entry(0, column), entry(1, column), entry(2, column)]);
    let mut steps = [column(0), column(1), column(2)];
    if size[2] == 1 && length(steps[2]) == 0.0 {
        steps[2] = cross(steps[0], steps[1]).map(|n| n / length(steps[0]) / length(steps[1]));
    }
    let mut grid = grid_of_steps(path, size, column(3), steps)?;
    // The header states the spacing twice; where both agree, `pixdim` is the one that did not go through a product.
    for axis in 0..3 {
        let stated = fields.pixdim(axis + 1);
        if (stated - grid.spacing[axis]).abs() <= 1e-5 * stated {
            grid.spacing[axis] = stated;
        }
    }
    Ok(grid)
}

fn qform_grid(path: &Path, fields: &Fields, size: [usize; 3]) -> Result<Grid> {
    let spacing = spacings(path, fields, size)?;
    let quaternion: [f64; 3] = std::array::from_fn(|n| fields.float(256, 352, n));
    let origin: [f64; 3] = std::array::from_fn(|n| fields.float(268, 376, n));
    let [mut b, mut c, mut d] = quaternion;
    let mut a = 1.0 - (b * b + c * c + d * d);
    if a < 1e-7 {
        // Rounding took the vector part to or beyond length one: a half turn.
        let scale = 1.0 / (b * b + c * c + d * d).sqrt();
        [b, c, d] = [b * scale, c * scale, d * scale];
        a = 0.0;
    } else {
        a = a.sqrt();
    }
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ];
    // `pixdim[0]` is the handedness: −1 turns the third axis round.
    let hand = if fields.pixdim(0) < 0.0 { -1.0 } else { 1.0 };
    let steps = std::array::from_fn(|axis| {
        let step = spacing[axis] * if axis == 2 { hand } else { 1.0 };
        to_lps(std::array::from_fn(|row| rotation[row][axis] * step))
    });
    let mut grid = grid_of_steps(path, size, to_lps(origin), steps)?;
    grid.spacing = spacing;
    Ok(grid)
}
