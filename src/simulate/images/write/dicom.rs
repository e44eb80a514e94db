//! Ultrasound and mammography as DICOM, explicit little endian.
//!
//! # Reference
//! DICOM PS3.3: A.6 ultrasound image, C.8.5.5 US region calibration, A.26 digital mammography X-ray image, C.8.11 mammography.

use std::path::Path;

use dicom_core::value::{DataSetSequence, Value};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::simulate::images::mammography::{Mammogram, View};
use crate::simulate::images::ultrasound::Picture;

const EXPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
const ULTRASOUND_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.6.1";
const MAMMOGRAPHY_FOR_PRESENTATION: &str = "1.2.840.10008.5.1.4.1.1.1.2";

/// Who and when, for the header.
pub(super) struct Header<'a> {
    /// Pseudonymous identifier.
    pub patient: &'a str,
    /// Day of the examination, YYYYMMDD.
    pub date: &'a str,
    /// Whether the left breast is shown.
    pub left: bool,
}

/// An identifier that follows from words alone: the same cohort has the same identifiers.
fn uid(words: &[&str]) -> String {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word.as_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0u8; 16];
    first.copy_from_slice(&digest[..16]);
    format!("2.25.{}", u128::from_be_bytes(first))
}

struct Object(InMemDicomObject);

impl Object {
    fn text(&mut self, group: u16, element: u16, vr: VR, value: &str) {
        self.0.put(DataElement::new(Tag(group, element), vr, PrimitiveValue::from(value)));
    }

    fn number(&mut self, group: u16, element: u16, value: u16) {
        self.0.put(DataElement::new(Tag(group, element), VR::US, PrimitiveValue::from(value)));
    }

    fn long(&mut self, group: u16, element: u16, value: u32) {
        self.0.put(DataElement::new(Tag(group, element), VR::UL, PrimitiveValue::from(value)));
    }

    fn real(&mut self, group: u16, element: u16, value: f64) {
        self.0.put(DataElement::new(Tag(group, element), VR::FD, PrimitiveValue::from(value)));
    }

    fn items(&mut self, group: u16, element: u16, items: Vec<InMemDicomObject>) {
        let value: Value<InMemDicomObject> = DataSetSequence::from(items).into();
        self.0.put(DataElement::new(Tag(group, element), VR::SQ, value));
    }

    /// What every image says.
    fn common(header: &Header, class: &str, modality: &str, name: &str, size: [usize; 2], bits: [u16; 2]) -> Self {
        let mut object = Object(InMemDicomObject::new_empty());
        let study = uid(&["vbx", header.patient, header.date, modality]);
        object.text(0x0008, 0x0016, VR::UI, class);
        object.text(0x0008, 0x0018, VR::UI, &uid(&["vbx", header.patient, header.date, modality, name]));
        object.text(0x0008, 0x0020, VR::DA, header.date);
        object.text(0x0008, 0x0023, VR::DA, header.date);
        object.text(0x0008, 0x0060, VR::CS, modality);
        object.text(0x0008, 0x0070, VR::LO, "vbx simulated");
        object.text(0x0010, 0x0010, VR::PN, header.patient);
        object.text(0x0010, 0x0020, VR::LO, header.patient);
        object.text(0x0010, 0x0040, VR::CS, "F");
        object.text(0x0018, 0x0015, VR::CS, "BREAST");
        object.text(0x0020, 0x000D, VR::UI, &study);
        object.text(0x0020, 0x000E, VR::UI, &uid(&[&study, "series"]));
        object.text(0x0020, 0x0011, VR::IS, "1");
        object.number(0x0028, 0x0002, 1);
        object.text(0x0028, 0x0004, VR::CS, "MONOCHROME2");
        object.number(0x0028, 0x0010, size[1] as u16);
        object.number(0x0028, 0x0011, size[0] as u16);
        object.number(0x0028, 0x0100, bits[0]);
        object.number(0x0028, 0x0101, bits[1]);
        object.number(0x0028, 0x0102, bits[1] - 1);
        object.number(0x0028, 0x0103, 0);
        object
    }

    fn write(self, path: &Path) -> Result<()> {
        let fault = |cause: &dyn std::fmt::Display| Error::io(path, cause);
        let meta = FileMetaTableBuilder::new().transfer_syntax(EXPLICIT_LITTLE_ENDIAN);
        let file = self.0.with_meta(meta).map_err(|cause| fault(&cause))?;
        let mut bytes = Vec::new();
        file.write_all(&mut bytes).map_err(|cause| fault(&cause))?;
        super::put(path, &bytes)
    }
}

/// Writes an ultrasound picture with its calibrated region.
pub(super) fn ultrasound(path: &Path, header: &Header, picture: &Picture) -> Result<()> {
    let mut object = Object::common(header, ULTRASOUND_IMAGE, "US", "1", [picture.width, picture.height], [8, 8]);
    object.text(0x0020, 0x0013, VR::IS, "1");
    object.text(0x0020, 0x0060, VR::CS, if header.left { "L" } else { "R" });
    let mut region = Object(InMemDicomObject::new_empty());
    // Two-dimensional picture of tissue; centimetres along both axes.
    region.number(0x0018, 0x6012, 1);
    region.number(0x0018, 0x6014, 1);
    region.long(0x0018, 0x6016, 0);
    region.long(0x0018, 0x6018, picture.region.start[0] as u32);
    region.long(0x0018, 0x601A, picture.region.start[1] as u32);
    region.long(0x0018, 0x601C, picture.region.end[0] as u32 - 1);
    region.long(0x0018, 0x601E, picture.region.end[1] as u32 - 1);
    region.number(0x0018, 0x6024, 3);
    region.number(0x0018, 0x6026, 3);
    region.real(0x0018, 0x602C, picture.pixel_mm / 10.0);
    region.real(0x0018, 0x602E, picture.pixel_mm / 10.0);
    object.items(0x0018, 0x6011, vec![region.0]);
    object.0.put(DataElement::new(Tag(0x7FE0, 0x0010), VR::OB, PrimitiveValue::from(picture.pixels.clone())));
    object.write(path)
}

/// Writes a mammogram for presentation.
pub(super) fn mammogram(path: &Path, header: &Header, picture: &Mammogram) -> Result<()> {
    let name = picture.view.name();
    let size = [picture.width, picture.height];
    let mut object = Object::common(header, MAMMOGRAPHY_FOR_PRESENTATION, "MG", name, size, [16, 12]);
    object.text(0x0008, 0x0068, VR::CS, "FOR PRESENTATION");
    object.text(0x0008, 0x103E, VR::LO, &format!("{} {name}", if header.left { "L" } else { "R" }));
    let spacing = format!("{0}\\{0}", picture.pixel_mm);
    object.text(0x0018, 0x1164, VR::DS, &spacing);
    object.text(0x0018, 0x11A0, VR::DS, &format!("{:.1}", picture.thickness));
    object.text(0x0018, 0x5101, VR::CS, name);
    object.text(0x0020, 0x0013, VR::IS, if picture.view == View::CC { "1" } else { "2" });
    // Rows run to the front or, mirrored, to the back; columns to the feet, or to the inner side.
    let rows = if header.left { "A" } else { "P" };
    object.text(
        0x0020,
        0x0020,
        VR::CS,
        &format!(
            "{rows}\\{}",
            match (picture.view, header.left) {
                (View::MLO, _) => "F",
                (View::CC, true) => "R",
                (View::CC, false) => "L",
            }
        ),
    );
    object.text(0x0020, 0x0062, VR::CS, if header.left { "L" } else { "R" });
    object.text(0x0028, 0x0030, VR::DS, &spacing);
    object.text(0x0028, 0x0301, VR::CS, "NO");
    object.text(0x0028, 0x1050, VR::DS, "2048");
    object.text(0x0028, 0x1051, VR::DS, "4096");
    object.text(0x0028, 0x1040, VR::CS, "LIN");
    object.text(0x2050, 0x0020, VR::CS, "IDENTITY");
    let mut view = Object(InMemDicomObject::new_empty());
    let (code, meaning) = match picture.view {
        View::CC => ("399162004", "cranio-caudal"),
        View::MLO => ("399368009", "medio-lateral oblique"),
    };
    view.text(0x0008, 0x0100, VR::SH, code);
    view.text(0x0008, 0x0102, VR::SH, "SCT");
    view.text(0x0008, 0x0104, VR::LO, meaning);
    object.items(0x0054, 0x0220, vec![view.0]);
    let pixels: dicom_core::value::C<u16> = picture.pixels.iter().copied().collect();
    object.0.put(DataElement::new(Tag(0x7FE0, 0x0010), VR::OW, PrimitiveValue::U16(pixels)));
    object.write(path)
}
