//! Small valid files of every image format, built byte by byte from the format's own definition.
#![allow(dead_code)]

pub mod dicom;
pub mod process;
pub mod seeds;

use std::io::Write;

/// A NIfTI file to be: sizes, storage and both transforms.
pub struct Nifti {
    /// 1 or 2.
    pub version: u8,
    pub big_endian: bool,
    pub dim: Vec<i64>,
    pub datatype: i16,
    pub pixdim: [f64; 4],
    pub slope: f64,
    pub intercept: f64,
    pub qform: Option<(i16, [f64; 3], [f64; 3])>,
    pub sform: Option<(i16, [[f64; 4]; 3])>,
    /// Encoded voxels, already in the byte order of the file.
    pub voxels: Vec<u8>,
}

impl Nifti {
    /// 8-bit voxels of 1 mm without a transform.
    pub fn bytes_of(dim: &[i64], voxels: &[u8]) -> Self {
        Nifti {
            version: 1,
            big_endian: false,
            dim: dim.to_vec(),
            datatype: 2,
            pixdim: [1.0; 4],
            slope: 0.0,
            intercept: 0.0,
            qform: None,
            sform: None,
            voxels: voxels.to_vec(),
        }
    }

    /// The file's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let length = if self.version == 1 { 348 } else { 540 };
        let mut file = vec![0u8; length];
        let mut put = |at: usize, little: &[u8]| {
            let mut bytes = little.to_vec();
            if self.big_endian {
                bytes.reverse();
            }
            file[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        let one = self.version == 1;
        put(0, &(length as i32).to_le_bytes());
        let real = |put: &mut dyn FnMut(usize, &[u8]), at: (usize, usize), index: usize, value: f64| match one {
            true => put(at.0 + 4 * index, &(value as f32).to_le_bytes()),
            false => put(at.1 + 8 * index, &value.to_le_bytes()),
        };
        let dims: Vec<i64> = std::iter::once(self.dim.len() as i64).chain(self.dim.iter().copied()).collect();
        for (index, n) in dims.iter().enumerate() {
            match one {
                true => put(40 + 2 * index, &(*n as i16).to_le_bytes()),
                false => put(16 + 8 * index, &n.to_le_bytes()),
            }
        }
        put(if one { 70 } else { 12 }, &self.datatype.to_le_bytes());
        for (index, n) in self.pixdim.iter().enumerate() {
            real(&mut put, (76, 104), index, *n);
        }
        match one {
            true => put(108, &352f32.to_le_bytes()),
            false => put(168, &544i64.to_le_bytes()),
        }
        real(&mut put, (112, 176), 0, self.slope);
        real(&mut put, (116, 184), 0, self.intercept);
        let mut code = |at: (usize, usize), code: i16| match one {
            true => put(at.0, &code.to_le_bytes()),
            false => put(at.1, &i32::from(code).to_le_bytes()),
        };
        code((252, 344), self.qform.map_or(0, |(code, ..)| code));
        code((254, 348), self.sform.map_or(0, |(code, _)| code));
        if let Some((_, quaternion, offset)) = self.qform {
            for index in 0..3 {
                real(&mut put, (256, 352), index, quaternion[index]);
                real(&mut put, (268, 376), index, offset[index]);
            }
        }
        if let Some((_, rows)) = self.sform {
            for (row, entries) in rows.iter().enumerate() {
                for (column, entry) in entries.iter().enumerate() {
                    real(&mut put, (280 + 16 * row, 400 + 32 * row), column, *entry);
                }
            }
        }
        match one {
            true => file[344..348].copy_from_slice(b"n+1\0"),
            false => file[4..12].copy_from_slice(b"n+2\0\r\n\x1a\n"),
        }
        file.extend([0; 4]);
        file.extend(&self.voxels);
        file
    }
}

/// gzip around bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The signature and header chunk of a grey 8-bit PNG of the given size.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 0, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&chunk);
    file.extend(crc.sum().to_be_bytes());
    file
}

/// An NRRD file: `fields` are whole header lines.
pub fn nrrd(kind: &str, sizes: &str, fields: &str, data: &[u8]) -> Vec<u8> {
    let dimension = sizes.split_whitespace().count();
    let mut file = format!("NRRD0004\n# a remark\ntype: {kind}\ndimension: {dimension}\nsizes: {sizes}\n{fields}\n").into_bytes();
    file.extend(data);
    file
}
