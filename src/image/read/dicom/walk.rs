//! A walk over the lengths in a DICOM file before a parser believes them.
//!
//! A parser makes room for a value as long as its element claims. The walk visits every element header, inside sequences too, and
//! refuses a file in which a claim exceeds the bytes that follow, or sequences nest beyond all sense.

use std::path::Path;

use crate::error::{Error, InputError, Result};

/// Sequences within sequences: real objects stay below ten.
const DEEPEST: usize = 32;
const UNDEFINED: u32 = u32::MAX;
const ITEM: u32 = 0xFFFE_E000;
const ITEM_END: u32 = 0xFFFE_E00D;
const SEQUENCE_END: u32 = 0xFFFE_E0DD;
const PIXEL_DATA: u32 = 0x7FE0_0010;

/// A sequence or item that is open.
struct Open {
    /// Where it ends, when it says so.
    end: Option<usize>,
    implicit: bool,
}

struct Walk<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    at: usize,
    big_endian: bool,
    open: Vec<Open>,
    /// Where the pixels of the object itself begin (not those of an icon within a sequence).
    pixels: Option<usize>,
}

/// Checks the data set that begins at `start`, and says where its pixels begin (its end, when it has none).
///
/// # Errors
/// [`InputError`] about the first element that is longer than what is left of the file.
pub fn check(path: &Path, bytes: &[u8], start: usize, implicit: bool, big_endian: bool) -> Result<usize> {
    let mut walk = Walk { path, bytes, at: start, big_endian, open: vec![Open { end: None, implicit }], pixels: None };
    while walk.at < bytes.len() {
        walk.step()?;
    }
    Ok(walk.pixels.unwrap_or(bytes.len()))
}

impl Walk<'_> {
    fn refuse(&self, found: String) -> Error {
        InputError::new(self.path, found, "a whole, undamaged DICOM file").into()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut field: [u8; N] = self
            .bytes
            .get(self.at..self.at + N)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| self.refuse(format!("an end of file after {} bytes, within an element", self.bytes.len())))?;
        self.at += N;
        if self.big_endian {
            field.reverse();
        }
        Ok(field)
    }

    fn tag(&mut self) -> Result<u32> {
        let group = u16::from_le_bytes(self.take()?);
        Ok(u32::from(group) << 16 | u32::from(u16::from_le_bytes(self.take()?)))
    }

    fn length(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn skip(&mut self, tag: u32, length: u32) -> Result<()> {
        let left = self.bytes.len() - self.at;
        if length as usize > left {
            return Err(self.refuse(format!(
                "element ({:04X},{:04X}) of {length} bytes where {left} are left",
                tag >> 16,
                tag & 0xFFFF
            )));
        }
        self.at += length as usize;
        Ok(())
    }

    fn enter(&mut self, tag: u32, length: u32, implicit: bool) -> Result<()> {
        if self.open.len() > DEEPEST {
            return Err(self.refuse(format!("sequences nested more than {DEEPEST} deep")));
        }
        let end = (length != UNDEFINED).then(|| self.at.saturating_add(length as usize));
        if end.is_some_and(|end| end > self.bytes.len()) {
            return self.skip(tag, length);
        }
        self.open.push(Open { end, implicit });
        Ok(())
    }

    fn step(&mut self) -> Result<()> {
        while self.open.len() > 1 && self.open.last().and_then(|open| open.end).is_some_and(|end| self.at >= end) {
            self.open.pop();
        }
        let implicit = self.open.last().is_some_and(|open| open.implicit);
        let start = self.at;
        let tag = self.tag()?;
        if tag == PIXEL_DATA && self.open.len() == 1 {
            self.pixels.get_or_insert(start);
        }
        match tag {
            ITEM => {
                let length = self.length()?;
                return self.enter(tag, length, implicit);
            }
            ITEM_END | SEQUENCE_END => {
                self.length()?;
                if self.open.len() > 1 {
                    self.open.pop();
                }
                return Ok(());
            }
            _ => {}
        }
        if implicit {
            let length = self.length()?;
            if length == UNDEFINED && tag == PIXEL_DATA {
                return self.fragments();
            }
            let item = [0xFE, 0xFF, 0x00, 0xE0];
            let sequence =
                length == UNDEFINED || self.bytes.get(self.at..).is_some_and(|rest| length >= 8 && rest.starts_with(&item));
            return if sequence { self.enter(tag, length, true) } else { self.skip(tag, length) };
        }
        let kind = self.bytes.get(self.at..self.at + 2).map(<[u8]>::to_vec).unwrap_or_default();
        self.take::<2>()?;
        // The parser takes a representation that it does not know for UN, with its long form.
        let short = matches!(
            kind.as_slice(),
            b"AE"
                | b"AS"
                | b"AT"
                | b"CS"
                | b"DA"
                | b"DS"
                | b"DT"
                | b"FD"
                | b"FL"
                | b"IS"
                | b"LO"
                | b"LT"
                | b"PN"
                | b"SH"
                | b"SL"
                | b"SS"
                | b"ST"
                | b"TM"
                | b"UI"
                | b"UL"
                | b"US"
        );
        if short {
            let length = u16::from_le_bytes(self.take()?);
            return self.skip(tag, u32::from(length));
        }
        self.take::<2>()?;
        let length = self.length()?;
        match (kind.as_slice(), length) {
            (b"SQ", _) => self.enter(tag, length, false),
            // An unknown sequence is written as implicit, whatever surrounds it.
            (b"UN", UNDEFINED) => self.enter(tag, length, true),
            (_, UNDEFINED) => self.fragments(),
            _ => self.skip(tag, length),
        }
    }

    /// Compressed pixel data: items of bytes up to the delimiter.
    fn fragments(&mut self) -> Result<()> {
        loop {
            let tag = self.tag()?;
            let length = self.length()?;
            match tag {
                ITEM => self.skip(tag, length)?,
                SEQUENCE_END => return Ok(()),
                _ => return Err(self.refuse("compressed pixel data without its end".into())),
            }
        }
    }
}
