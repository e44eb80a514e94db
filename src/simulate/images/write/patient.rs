//! One patient's folders: written under a hidden name, renamed when complete.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::dicom::{self, Header};
use super::nifti::{self, Voxels};
use super::{picture, put};
use crate::error::{Error, Result};
use crate::image::Mask;
use crate::simulate::class::Contrast;
use crate::simulate::images::biology::Biology;
use crate::simulate::images::course::{self, Response};
use crate::simulate::images::descriptor::descriptors;
use crate::simulate::images::design::{ImageDesign, MODALITIES, SiteProtocol};
use crate::simulate::images::mammography::projection::Sampled;
use crate::simulate::images::mammography::{View, mammogram};
use crate::simulate::images::mri::{Examination, examine};
use crate::simulate::images::phantom::Phantom;
use crate::simulate::images::{gene, ultrasound};
use crate::simulate::stream::stream;

/// How the name of an unfinished patient's folder begins.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// Name of a patient's folder.
pub(super) fn folder_name(id: &str) -> String {
    format!("sub-{id}")
}

/// Whether a patient's folder is there; it appears only when it is complete.
pub(super) fn is_complete(design: &ImageDesign, index: u64, folder: &Path) -> bool {
    folder.join(folder_name(&design.complete().patient(index).id)).is_dir()
}

/// Makes a patient, unless she is there already.
pub(super) fn write(design: &ImageDesign, index: u64, folder: &Path) -> Result<()> {
    let biology = design.biology(index);
    let name = folder_name(&biology.patient.id);
    if folder.join(&name).is_dir() {
        return Ok(());
    }
    let staging = folder.join(format!("{UNFINISHED}{name}"));
    let outcome = Job { design, biology: &biology, root: &staging, name: &name }.run().and_then(|()| {
        let truth = folder.join("truth").join(&name);
        let rename = |from: &Path, to: &Path| fs::rename(from, to).map_err(|cause| Error::io(to, cause));
        // The patient's own folder comes last: where it is, everything is.
        if truth.exists() {
            fs::remove_dir_all(&truth).map_err(|cause| Error::io(&truth, cause))?;
        }
        rename(&staging.join("truth"), &truth)?;
        rename(&staging.join("data"), &folder.join(&name))
    });
    // Nothing unfinished stays, whether it went well or not; a fault in tidying up must not hide the first one.
    let _ = fs::remove_dir_all(&staging);
    outcome
}

struct Job<'a> {
    design: &'a ImageDesign,
    biology: &'a Biology,
    root: &'a Path,
    name: &'a str,
}

impl Job<'_> {
    fn make(&self, inner: &str) -> Result<PathBuf> {
        let path = self.root.join(inner);
        fs::create_dir_all(&path).map_err(|cause| Error::io(&path, cause))?;
        Ok(path)
    }

    fn examined(&self, modality: usize) -> bool {
        let include = self.design.preset().include;
        let wanted = [include.mri, include.ultrasound, include.mammography][modality];
        let patient = &self.biology.patient;
        wanted && self.design.block(modality).is_none_or(|block| patient.features[block].is_some())
    }

    fn run(&self) -> Result<()> {
        let (design, biology) = (self.design, self.biology);
        let (preset, seed, index) = (design.preset(), design.seed(), biology.index);
        let protocol = &design.protocols()[biology.patient.site];
        self.make("data")?;
        self.make("truth")?;
        let phantom = Phantom::draw(biology, seed);
        let mut files = Map::new();
        let mut truth = Map::new();
        let mut curve = Vec::new();
        if self.examined(0) {
            let (rows, exam) = self.mri(&phantom, protocol, "T0")?;
            files.insert("mri".into(), rows);
            truth.insert("mri".into(), exam.truth);
            curve = exam.curve;
        }
        let response = course::response(biology, &preset.treatment, &mut stream(seed, &["image", "response"], index));
        if preset.include.follow_up && self.examined(0) {
            let (rows, exam) = self.mri(&treated(&phantom, &response), protocol, "T1")?;
            files.insert("mri_followup".into(), rows);
            truth.insert("mri_followup".into(), exam.truth);
        }
        if self.examined(1) {
            files.insert("ultrasound".into(), self.ultrasound(&phantom, protocol)?);
        }
        if self.examined(2) {
            files.insert("mammography".into(), self.mammography(&phantom, protocol)?);
        }
        let survival = course::survival(biology, &mut stream(seed, &["image", "survival"], index));
        let genes = gene::expression(biology, design.tabular().null, &mut stream(seed, &["image", "genes"], index));
        let scores: Map<String, Value> = MODALITIES
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let score = biology.patient.scores[design.block(at)?];
                Some((name.to_string(), json!(Contrast::ALL.map(|contrast| score.get(contrast)))))
            })
            .collect();
        let record = json!({
            "patient_id": biology.patient.id,
            "class": biology.patient.class,
            "site": biology.patient.site,
            "subtype": biology.subtype,
            "er_pct": biology.er_pct,
            "pr_pct": biology.pr_pct,
            "ki67_pct": biology.ki67_pct,
            "grade": biology.grade,
            "left": biology.left,
            "lesion_type": biology.lesion_type,
            "rim": biology.rim,
            "necrosis": phantom.lesion.is_necrotic(),
            "peri_oedema": biology.oedema,
            "centre_lps_mm": phantom.patient_point(phantom.lesion.centre),
            "diameter_mm": phantom.lesion.diameter,
            "habitat_fraction": phantom.lesion.fraction,
            "scores": scores,
            "probability": biology.patient.probability,
            "standard": {"mri": biology.standard[0], "ultrasound": biology.standard[1], "mammography": biology.standard[2]},
            "parameters": {"mri": biology.mri, "ultrasound": biology.ultrasound, "mammography": biology.mammography},
            "response": response,
            "pcr": biology.pcr,
            "survival": survival,
            "genes": genes,
            "descriptors": descriptors(biology, &phantom, &curve),
            "files": files,
            "acquisition": truth,
        });
        let text = serde_json::to_vec_pretty(&record).map_err(Error::numeric)?;
        put(&self.root.join("truth/record.json"), &text)
    }

    fn mri(&self, phantom: &Phantom, protocol: &SiteProtocol, session: &str) -> Result<(Value, Examination)> {
        let preset = self.design.preset();
        let mut rng = stream(self.design.seed(), &["image", "mri", session], self.biology.index);
        let exam = examine(phantom, &preset.mri, protocol, preset.reader.contour, &mut rng);
        let folder = format!("ses-{session}/mri");
        let path = self.make(&format!("data/{folder}"))?;
        let stem = format!("{}_ses-{session}", self.name);
        let mut row = Map::new();
        let mut put_row = |column: &str, file: &str| {
            row.insert(column.to_string(), json!(format!("{}/{folder}/{file}", self.name)));
        };
        for sequence in &exam.sequences {
            let file = format!("{stem}_{}.nii.gz", sequence.name);
            nifti::write(&path.join(&file), &sequence.grid, sequence.step_s, &Voxels::Short(&sequence.images))?;
            let sidecar = serde_json::to_vec_pretty(&sequence.sidecar).map_err(Error::numeric)?;
            put(&path.join(format!("{stem}_{}.json", sequence.name)), &sidecar)?;
            if let Some(b) = &sequence.b_values {
                let line = b.iter().map(f64::to_string).collect::<Vec<_>>().join(" ") + "\n";
                put(&path.join(format!("{stem}_{}.bval", sequence.name)), line.as_bytes())?;
            }
            put_row(&sequence.name.to_lowercase().replace('-', "_"), &file);
            if sequence.name == "dce" && sequence.images.len() > 2 {
                // The early phase on its own: the image that most studies outline and measure.
                let file = format!("{stem}_dce2.nii.gz");
                nifti::write(&path.join(&file), &sequence.grid, 0.0, &Voxels::Short(&sequence.images[2..3]))?;
                put_row("dce2", &file);
            }
        }
        for (column, mask) in [
            ("mask", &exam.mask),
            ("mask_reader2", &exam.second_reader),
            ("mask_dwi", &exam.diffusion_mask),
            ("breast", &exam.breast),
        ] {
            let file = format!("{stem}_{}.nii.gz", column.replace('_', "-"));
            nifti::write(&path.join(&file), &mask.grid, 0.0, &Voxels::Label(&labels(mask)))?;
            put_row(column, &file);
        }
        if preset.include.truth_maps {
            self.truth_maps(&exam, session)?;
        }
        Ok((Value::Object(row), exam))
    }

    fn truth_maps(&self, exam: &Examination, session: &str) -> Result<()> {
        let path = self.make(&format!("truth/ses-{session}"))?;
        let habitats: Vec<u8> = exam.tissues.iter().map(|tissue| tissue.habitat).collect();
        nifti::write(&path.join("habitats.nii.gz"), &exam.grid, 0.0, &Voxels::Label(&habitats))?;
        nifti::write(&path.join("receive_field.nii.gz"), &exam.grid, 0.0, &Voxels::Real(&exam.field))?;
        type Pick = fn(&crate::simulate::images::phantom::Tissue) -> f64;
        let maps: [(&str, Pick); 9] = [
            ("ktrans", |t| t.ktrans),
            ("ve", |t| t.ve),
            ("vp", |t| t.vp),
            ("t1", |t| t.t1),
            ("t2", |t| t.t2),
            ("adc", |t| t.adc),
            ("kurtosis", |t| t.kurtosis),
            ("ivim_f", |t| t.ivim_f),
            ("lesion", |t| t.lesion),
        ];
        for (name, pick) in maps {
            let values: Vec<f32> = exam.tissues.iter().map(|tissue| pick(tissue) as f32).collect();
            nifti::write(&path.join(format!("{name}.nii.gz")), &exam.grid, 0.0, &Voxels::Real(&values))?;
        }
        Ok(())
    }

    fn header<'a>(&'a self, date: &'a str) -> Header<'a> {
        Header { patient: &self.biology.patient.id, date, left: self.biology.left }
    }

    fn ultrasound(&self, phantom: &Phantom, protocol: &SiteProtocol) -> Result<Value> {
        let spec = &self.design.preset().ultrasound;
        let mut rng = stream(self.design.seed(), &["image", "ultrasound"], self.biology.index);
        let picture = ultrasound::scan(phantom, &self.biology.ultrasound, spec, protocol.echo_db, &mut rng);
        let folder = "ses-T0/us";
        let path = self.make(&format!("data/{folder}"))?;
        let stem = format!("{}_ses-T0_bmode", self.name);
        picture::write_8(&path.join(format!("{stem}.png")), [picture.width, picture.height], &picture.pixels)?;
        picture::write_mask(&path.join(format!("{stem}_mask.png")), &picture.mask)?;
        let date = self.biology.patient.exam_date.to_string().replace('-', "");
        dicom::ultrasound(&path.join(format!("{stem}.dcm")), &self.header(&date), &picture)?;
        let file = |ending: &str| format!("{}/{folder}/{stem}{ending}", self.name);
        Ok(json!([{"image": file(".png"), "dicom": file(".dcm"), "mask": file("_mask.png"), "pixel_mm": picture.pixel_mm}]))
    }

    fn mammography(&self, phantom: &Phantom, protocol: &SiteProtocol) -> Result<Value> {
        let (spec, seed, index) = (&self.design.preset().mammography, self.design.seed(), self.biology.index);
        let sampled = Sampled::new(&phantom.breast);
        let folder = "ses-T0/mg";
        let path = self.make(&format!("data/{folder}"))?;
        let side = if self.biology.left { "L" } else { "R" };
        let date = self.biology.patient.exam_date.to_string().replace('-', "");
        let mut rows = Vec::new();
        for view in View::ALL {
            // Both views see the same calcifications and the same inside of the lesion.
            let mut of_patient = stream(seed, &["image", "calcifications"], index);
            let mut of_view = stream(seed, &["image", "mammography", view.name()], index);
            let parameters = &self.biology.mammography;
            let rngs = [&mut of_patient, &mut of_view];
            let picture = mammogram(phantom, &sampled, view, parameters, spec, protocol.contrast, rngs);
            let stem = format!("{}_ses-T0_{side}{}", self.name, view.name());
            picture::write_16(&path.join(format!("{stem}.png")), [picture.width, picture.height], &picture.pixels)?;
            picture::write_mask(&path.join(format!("{stem}_mask.png")), &picture.mask)?;
            dicom::mammogram(&path.join(format!("{stem}.dcm")), &self.header(&date), &picture)?;
            let file = |ending: &str| format!("{}/{folder}/{stem}{ending}", self.name);
            let bounds = picture.mask.bounding_box();
            rows.push(json!({
                "view": view.name(), "laterality": side, "image": file(".png"), "dicom": file(".dcm"), "mask": file("_mask.png"),
                "x": bounds.map(|b| b.start[0]), "y": bounds.map(|b| b.start[1]),
                "width": bounds.map(|b| b.size()[0]), "height": bounds.map(|b| b.size()[1]), "pixel_mm": picture.pixel_mm,
            }));
        }
        Ok(Value::Array(rows))
    }
}

fn labels(mask: &Mask) -> Vec<u8> {
    mask.inside.iter().map(|inside| u8::from(*inside)).collect()
}

/// The phantom at the second visit.
pub(super) fn treated(phantom: &Phantom, response: &Response) -> Phantom {
    let mut treated = phantom.clone();
    treated.lesion.scale = response.diameter;
    treated.parameters.ktrans *= response.ktrans;
    treated.parameters.vp *= response.ktrans;
    treated.parameters.adc = (treated.parameters.adc + response.adc_rise).max(0.3);
    treated
}
