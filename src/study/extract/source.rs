//! A modality of images, ready to be extracted: its adapter and the files of its cases.

use super::manifest::{self, ManifestColumns};
use super::{ExtractedFeatures, Watch, extract};
use crate::error::{Error, Result};
use crate::modality::mri::Mri;
use crate::modality::radiomics::Radiomics;
use crate::modality::ultrasound::Ultrasound;
use crate::modality::{CaseFiles, Extracted, ImageModality};
use crate::study::spec::ModalitySpec;
use crate::table::RawTable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};

/// A modality of images and its cases.
pub struct Source {
    name: String,
    adapter: Box<dyn ImageModality>,
    cases: Vec<Option<CaseFiles>>,
    manifest: PathBuf,
}

impl Source {
    /// Reads what the study says: parameter file, regions, and which file belongs to which case.
    ///
    /// # Errors
    /// Those of the parameter file and of the manifest's columns.
    pub fn new(name: &str, spec: &ModalitySpec, table: &RawTable, rows: &[Vec<usize>], study: &Path) -> Result<Source> {
        let manifest_folder = table.path.parent().unwrap_or_else(|| Path::new("."));
        let folder =
            |given: &Option<PathBuf>| given.as_ref().map_or_else(|| manifest_folder.to_path_buf(), |given| study.join(given));
        let (adapter, cases): (Box<dyn ImageModality>, _) = match spec {
            ModalitySpec::Ultrasound(spec) => {
                let columns = ManifestColumns {
                    images: vec![&spec.image],
                    mask: &spec.mask,
                    body: None,
                    pixel_size: spec.pixel_size.as_ref(),
                    optional: Vec::new(),
                    day: None,
                };
                let adapter = Ultrasound::new(&spec.options(study)?)?;
                (Box::new(adapter), manifest::cases(table, rows, &columns, &folder(&spec.folder))?)
            }
            ModalitySpec::Radiomics(spec) => {
                let images = spec.images.values().map(String::as_str).collect();
                let columns = ManifestColumns {
                    images,
                    mask: &spec.mask,
                    body: spec.body.column(),
                    pixel_size: None,
                    optional: Vec::new(),
                    day: None,
                };
                let adapter = Radiomics::new(&spec.options(study)?)?;
                (Box::new(adapter), manifest::cases(table, rows, &columns, &folder(&spec.folder))?)
            }
            ModalitySpec::Mri(spec) => {
                let options = spec.options(study)?;
                let columns = ManifestColumns {
                    images: Vec::new(),
                    mask: &spec.mask,
                    body: spec.body.column(),
                    pixel_size: None,
                    optional: options.protocols.columns(),
                    day: spec.visits.as_ref().map(|visits| visits.day.as_str()),
                };
                (Box::new(Mri::new(&options)?), manifest::cases(table, rows, &columns, &folder(&spec.folder))?)
            }
            ModalitySpec::Clinical(_) | ModalitySpec::Imported(_) => {
                return Err(Error::usage(format!("modality `{name}` has no images")));
            }
        };
        Ok(Source { name: name.to_string(), adapter, cases, manifest: table.path.clone() })
    }

    /// Extracts every case.
    ///
    /// # Errors
    /// [`Error::Study`] if no case at all can be extracted.
    pub fn extract(&self, cache: &Path, watch: &dyn Watch) -> Result<ExtractedFeatures> {
        extract(&self.name, self.adapter.as_ref(), &self.cases, &self.manifest, cache, watch)
    }

    /// Writes every case's maps into a folder, under the case's identifier; which files were written.
    ///
    /// # Errors
    /// When a file cannot be written. A case that cannot be read is passed over: the extraction has reported it.
    pub fn write_maps(&self, identifiers: &[String], folder: &Path, watch: &dyn Watch) -> Result<Vec<PathBuf>> {
        watch.begin(&self.name, self.cases.iter().flatten().count());
        let mut written = Vec::new();
        for (case, identifier) in self.cases.iter().zip(identifiers) {
            let Some(case) = case else { continue };
            let stem: String =
                identifier.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
            match self.adapter.write_maps(case, folder, &stem) {
                Ok(files) => written.extend(files),
                Err(error @ Error::Io { .. }) => return Err(error),
                Err(_) => {}
            }
            watch.case();
        }
        watch.end();
        Ok(written)
    }

    /// A picture of a case's outlined lesion: its size and the PNG in base64; `None` where it has no images or they cannot be read.
    pub fn picture(&self, case: usize) -> Option<([u32; 2], String)> {
        let picture = self.adapter.picture(self.cases.get(case)?.as_ref()?).ok()?;
        Some((picture.size, STANDARD.encode(picture.png)))
    }
}

impl ExtractedFeatures {
    /// As the adapters of tables hand their features over.
    pub fn adapted(self) -> Extracted {
        Extracted::of(self.columns, self.findings, self.rules)
    }
}
