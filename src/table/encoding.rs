//! From bytes to text: UTF-8, UTF-16 with a byte-order mark, the Chinese GB encodings, and Windows-1252 as the last resort.

use std::borrow::Cow;
use std::path::Path;

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::finding::Finding;
use crate::error::{Error, InputError, Result};

/// Decodes `bytes`; `label` is the encoding's name if the user gave one (any WHATWG label: `gbk`, `big5`, `shift_jis` …).
///
/// Without a label the rule is: a byte-order mark decides; else valid UTF-8 is UTF-8; else text that is valid GB18030 and whose
/// characters lie where written Chinese lies is GB18030 (a superset of GBK and GB2312); else it is Windows-1252. The last two
/// leave a finding.
///
/// # Errors
/// An unknown label; bytes that are not text of the encoding; a file that is no text at all.
pub(super) fn decode<'a>(path: &Path, bytes: &'a [u8], label: Option<&str>, findings: &mut Vec<Finding>) -> Result<Cow<'a, str>> {
    let text = match (label, Encoding::for_bom(bytes)) {
        (Some(label), _) => decode_as(path, bytes, named(label)?)?,
        (None, Some((encoding, _))) => decode_as(path, bytes, encoding)?,
        (None, None) => guess(path, bytes, findings)?,
    };
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let row = 1 + text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count();
            Err(InputError::new(path, "a byte of value zero", "a text table (CSV, TSV), an Excel workbook or a Parquet file")
                .at_row(row)
                .into())
        }
    }
}

fn named(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        Error::usage(format!("unknown encoding `{label}`; known are utf-8, gbk, gb18030, big5, utf-16le, windows-1252 …"))
    })
}

fn decode_as<'a>(path: &Path, bytes: &'a [u8], encoding: &'static Encoding) -> Result<Cow<'a, str>> {
    let (text, used, damaged) = encoding.decode(bytes);
    if damaged {
        return Err(InputError::new(
            path,
            format!("bytes that are not {}", used.name()),
            "text of that encoding; save the file as UTF-8, or name its encoding",
        )
        .into());
    }
    Ok(text)
}

fn guess<'a>(path: &Path, bytes: &'a [u8], findings: &mut Vec<Finding>) -> Result<Cow<'a, str>> {
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    if looks_chinese(bytes)
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
    {
        findings.push(Finding::info("encoding", "not UTF-8; read as the Chinese encoding GB18030 (GBK)").in_file(path));
        return Ok(text);
    }
    let text = decode_as(path, bytes, WINDOWS_1252)?;
    findings.push(
        Finding::caution(
            "encoding",
            "neither UTF-8 nor plausible Chinese; read as Windows-1252: look at accents and signs, or name the encoding",
        )
        .in_file(path),
    );
    Ok(text)
}

/// Whether most characters beyond ASCII lie in GB2312's punctuation or its level of common characters.
///
/// Western text with accents is often valid GBK by accident (`é` followed by a letter), but then the second byte is a letter,
/// which written Chinese needs only for rare characters.
fn looks_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut all, mut at) = (0usize, 0usize, 0);
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        let second = bytes.get(at + 1).copied().unwrap_or(0);
        all += 1;
        common += usize::from(matches!(bytes[at], 0xa1..=0xa3 | 0xb0..=0xd7) && second >= 0xa1);
        // Four-byte characters of GB18030 have a digit in second place.
        at += if second.is_ascii_digit() { 4 } else { 2 };
    }
    all > 0 && common * 5 >= all * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], label: Option<&str>) -> (Result<String>, Vec<Finding>) {
        let mut findings = Vec::new();
        let text = decode(Path::new("f"), bytes, label, &mut findings).map(Cow::into_owned);
        (text, findings)
    }

    #[test]
    fn marks_and_valid_utf8_decide_silently() {
        for bytes in [
            "年龄".as_bytes().to_vec(),
            [b"\xef\xbb\xbf", "年龄".as_bytes()].concat(),
            [vec![0xff, 0xfe], "年龄".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
            [vec![0xfe, 0xff], "年龄".encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        ] {
            let (text, findings) = read(&bytes, None);
            assert_eq!(text.unwrap(), "年龄");
            assert!(findings.is_empty());
        }
    }

    #[test]
    fn chinese_bytes_are_recognised_and_said() {
        let (bytes, ..) = GB18030.encode("患者编号,年龄,未知\n一,45,㐂\n");
        let (text, findings) = read(&bytes, None);
        assert_eq!(text.unwrap(), "患者编号,年龄,未知\n一,45,㐂\n");
        assert_eq!(findings[0].code, "encoding");
    }

    #[test]
    fn western_accents_are_not_taken_for_chinese() {
        for western in ["Größe,naïve\n", "diamètre µm\n", "Médecin é\n"] {
            let (bytes, ..) = WINDOWS_1252.encode(western);
            let (text, findings) = read(&bytes, None);
            assert_eq!(text.unwrap(), western);
            assert_eq!(findings.len(), 1);
        }
    }

    #[test]
    fn a_named_encoding_is_obeyed_or_refused() {
        let (bytes, ..) = encoding_rs::BIG5.encode("年齡");
        assert_eq!(read(&bytes, Some("big5")).0.unwrap(), "年齡");
        assert!(matches!(read(b"a", Some("klingon")).0, Err(Error::Usage(_))));
        assert!(matches!(read(b"\xff\xff", Some("utf-8")).0, Err(Error::Input(_))));
    }

    #[test]
    fn a_file_that_is_no_text_is_refused_with_its_line() {
        let error = read(b"a,b\n1,\0\n", None).0.unwrap_err().to_string();
        assert!(error.contains("row 2") && error.contains("value zero"), "{error}");
    }
}
