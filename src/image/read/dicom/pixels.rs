//! Stored pixels to intensities.

use std::borrow::Cow;
use std::path::Path;

use dicom_object::{DefaultDicomObject, InMemDicomObject};
use dicom_pixeldata::PixelDecoder;

use crate::error::{Error, InputError, Result};
use crate::image::read::dicom::object::{chain, count, functional_group, items, number, numbers, tags, text};
use crate::image::read::raster::luma;

/// Decoded bytes that one stored byte of compressed pixels can stand for at most.
const LARGEST_EXPANSION: u64 = 1032;
const RLE: &str = "1.2.840.10008.1.2.5";

/// How the pixels of an object are stored.
pub struct Pixels<'a> {
    path: &'a Path,
    object: &'a DefaultDicomObject,
    /// Rows of a frame.
    pub rows: usize,
    /// Columns of a frame.
    pub columns: usize,
    samples: usize,
    bytes: usize,
    stored_bits: u32,
    signed: bool,
    planar: bool,
    photometric: String,
    compressed: bool,
    /// All frames, when they are not compressed.
    native: Cow<'a, [u8]>,
    palette: Option<Vec<f64>>,
}

impl<'a> Pixels<'a> {
    /// Checks that an object's pixels can be what its attributes say.
    ///
    /// # Errors
    /// [`InputError`] for sizes that the pixel data does not have, and storage that is not supported.
    pub fn of(path: &'a Path, object: &'a DefaultDicomObject) -> Result<Self> {
        let refuse = |found: String, expected: &str| Error::from(InputError::new(path, found, expected));
        let whole = |tag, name: &str| count(object, tag).ok_or_else(|| refuse(format!("an object without {name}"), "an image"));
        let (rows, columns) = (whole(tags::ROWS, "Rows")?, whole(tags::COLUMNS, "Columns")?);
        let allocated = whole(tags::BITS_ALLOCATED, "Bits Allocated")?;
        let samples = count(object, tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        if rows == 0 || columns == 0 || rows > 65_535 || columns > 65_535 || !matches!(samples, 1 | 3) {
            return Err(refuse(format!("frames of {columns}×{rows} pixels of {samples} samples"), "grey or colour pixels"));
        }
        if !matches!(allocated, 8 | 16 | 32) || (samples == 3 && allocated == 32) {
            return Err(refuse(format!("{allocated} bits allocated per sample"), "8, 16 or 32"));
        }
        if !items(object, tags::MODALITY_LUT_SEQUENCE).is_empty() {
            return Err(refuse("a modality look-up table".into(), "rescale slope and intercept"));
        }
        let stored = count(object, tags::BITS_STORED).unwrap_or(allocated).clamp(1, allocated);
        let element = object.get(tags::PIXEL_DATA).ok_or_else(|| refuse("no pixel data".into(), "an image"))?;
        let fragments = element.value().fragments();
        let native = match fragments {
            Some(_) => Cow::Borrowed([].as_slice()),
            None => element.to_bytes().map_err(|cause| refuse(format!("unreadable pixels ({cause})"), "an image"))?,
        };
        let pixels = Pixels {
            path,
            object,
            rows,
            columns,
            samples,
            bytes: allocated / 8,
            stored_bits: stored as u32,
            signed: count(object, tags::PIXEL_REPRESENTATION) == Some(1),
            planar: count(object, tags::PLANAR_CONFIGURATION) == Some(1),
            photometric: text(object, tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_else(|| "MONOCHROME2".into()),
            compressed: fragments.is_some(),
            palette: None,
            native,
        };
        let there: u64 = match fragments {
            Some(fragments) => {
                fragments.iter().map(|fragment| fragment.len() as u64).sum::<u64>().saturating_mul(LARGEST_EXPANSION)
            }
            None => pixels.native.len() as u64,
        };
        if (pixels.frame_bytes() as u64) > there {
            let found = format!("pixel data that cannot hold a frame of {columns}×{rows} pixels");
            return Err(refuse(found, "as many bytes as Rows and Columns say"));
        }
        for fragment in fragments.unwrap_or_default() {
            if let Some((width, height)) = stated_size(fragment).filter(|size| *size != (columns, rows)) {
                let found = format!("a compressed frame of {width}×{height} pixels");
                return Err(refuse(found, &format!("{columns}×{rows}, as the object says")));
            }
        }
        pixels.with_palette()
    }

    fn frame_bytes(&self) -> usize {
        self.rows * self.columns * self.samples * self.bytes
    }

    /// The grey level of every palette entry.
    fn with_palette(mut self) -> Result<Self> {
        if self.photometric != "PALETTE COLOR" {
            return Ok(self);
        }
        let colours = [tags::RED_PALETTE_DATA, tags::GREEN_PALETTE_DATA, tags::BLUE_PALETTE_DATA].map(|tag| {
            let data = self.object.get(tag).and_then(|element| element.to_multi_int::<u16>().ok());
            data.unwrap_or_default()
        });
        let entries = colours.iter().map(Vec::len).min().unwrap_or(0);
        if entries == 0 {
            let found = "a palette image without a plain palette";
            return Err(InputError::new(self.path, found, "red, green and blue look-up tables").into());
        }
        self.palette = Some((0..entries).map(|n| luma([colours[0][n], colours[1][n], colours[2][n]])).collect());
        Ok(self)
    }

    /// The intensities of a frame, rows from the top.
    ///
    /// # Definition
    /// `slope · stored + intercept`. Colour becomes grey by BT.601 luma, which for luminance–chrominance storage is the stored
    /// luminance. In MONOCHROME1 low numbers are bright; they are mirrored, so that higher is brighter here as everywhere.
    ///
    /// # Errors
    /// [`InputError`] when the frame is not there or cannot be decoded.
    pub fn frame(&self, index: usize) -> Result<Vec<f64>> {
        let size = self.frame_bytes();
        let decoded = if self.compressed {
            let frame = u32::try_from(index).unwrap_or(u32::MAX);
            let decoded = self.object.decode_pixel_data_frame(frame).map_err(|cause| {
                let found = format!("pixels that cannot be decoded ({})", chain(&cause));
                Error::from(InputError::new(self.path, found, "an undamaged frame of a supported compression"))
            })?;
            Cow::Owned(decoded.data().to_vec())
        } else {
            Cow::Borrowed(index.checked_mul(size).and_then(|start| self.native.get(start..)).unwrap_or_default())
        };
        let Some(bytes) = decoded.get(..size) else {
            let found = format!("{} bytes of pixels in frame {}", decoded.len(), index + 1);
            return Err(InputError::new(self.path, found, format!("{size}")).into());
        };
        let stored: Vec<f64> = match self.bytes {
            1 => bytes.iter().map(|n| self.sample(u32::from(*n))).collect(),
            2 => bytes.as_chunks::<2>().0.iter().map(|n| self.sample(u32::from(u16::from_ne_bytes(*n)))).collect(),
            _ => bytes.as_chunks::<4>().0.iter().map(|n| self.sample(u32::from_ne_bytes(*n))).collect(),
        };
        let (slope, intercept) = self.rescale(index)?;
        let mut values = self.grey(stored);
        for value in &mut values {
            *value = slope * *value + intercept;
        }
        Ok(values)
    }

    /// The number in the stored bits; higher bits may hold an overlay.
    #[inline]
    fn sample(&self, raw: u32) -> f64 {
        let unused = 32 - self.stored_bits;
        if self.signed { f64::from(((raw << unused) as i32) >> unused) } else { f64::from((raw << unused) >> unused) }
    }

    fn grey(&self, stored: Vec<f64>) -> Vec<f64> {
        if self.samples == 3 {
            let count = self.rows * self.columns;
            let decoded_to_colour = self.compressed && self.object.meta().transfer_syntax().trim_end_matches('\0') != RLE;
            let planar = self.planar && !self.compressed;
            let pixel = |n: usize| {
                if planar {
                    [stored[n], stored[count + n], stored[2 * count + n]]
                } else {
                    [stored[3 * n], stored[3 * n + 1], stored[3 * n + 2]]
                }
            };
            if self.photometric.starts_with("YBR") && !decoded_to_colour {
                return (0..count).map(|n| pixel(n)[0]).collect();
            }
            return (0..count).map(|n| luma(pixel(n))).collect();
        }
        if let Some(palette) = &self.palette {
            let descriptor = numbers(self.object, tags::RED_PALETTE_DESCRIPTOR).unwrap_or_default();
            let first = descriptor.get(1).copied().unwrap_or(0.0);
            // Numbers beyond either end of the palette take its end.
            let last = palette.len() - 1;
            return stored.into_iter().map(|n| palette[((n - first).max(0.0) as usize).min(last)]).collect();
        }
        if self.photometric == "MONOCHROME1" {
            let mirror = if self.signed { -1.0 } else { 2f64.powi(self.stored_bits as i32) - 1.0 };
            return stored.into_iter().map(|n| mirror - n).collect();
        }
        stored
    }

    fn rescale(&self, index: usize) -> Result<(f64, f64)> {
        let group = functional_group(self.object, index, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE);
        let source: &InMemDicomObject = group.unwrap_or(self.object);
        let slope = number(source, tags::RESCALE_SLOPE).unwrap_or(1.0);
        let intercept = number(source, tags::RESCALE_INTERCEPT).unwrap_or(0.0);
        if slope == 0.0 || !slope.is_finite() || !intercept.is_finite() {
            let found = format!("a rescale slope of {slope} and intercept of {intercept}");
            return Err(InputError::new(self.path, found, "numbers that tell intensities apart").into());
        }
        Ok((slope, intercept))
    }
}

/// The size that a JPEG, JPEG-LS or JPEG 2000 stream states, so that it can be held against the object's before room is made for it.
fn stated_size(stream: &[u8]) -> Option<(usize, usize)> {
    let word = |at: usize| stream.get(at..at + 2).map(|n| usize::from(u16::from_be_bytes([n[0], n[1]])));
    let long = |at: usize| Some(word(at)? << 16 | word(at + 2)?);
    match word(0)? {
        // JPEG 2000: the SIZ segment comes first; reference grid less offset.
        0xFF4F if word(2)? == 0xFF51 => Some((long(8)?.saturating_sub(long(16)?), long(12)?.saturating_sub(long(20)?))),
        0xFFD8 => {
            let mut at = 2;
            loop {
                let marker = word(at)?;
                match marker {
                    0xFFFF => at += 1,
                    // Frame headers: all but the tables (C4), the extension (C8) and arithmetic conditions (CC) of that row; F7 is JPEG-LS.
                    0xFFC0..=0xFFC3 | 0xFFC5..=0xFFC7 | 0xFFC9..=0xFFCB | 0xFFCD..=0xFFCF | 0xFFF7 => {
                        return Some((word(at + 7)?, word(at + 5)?));
                    }
                    0xFF01 | 0xFFD0..=0xFFD8 => at += 2,
                    0xFF00..=0xFFFE => at += 2 + word(at + 2)?,
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}
