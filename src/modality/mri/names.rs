//! Which image or map a name means.

use super::options::Protocols;
use crate::error::{Error, Result};
use crate::image::series::PhaseName;
use crate::parametric::info::MapKind;
use std::str::FromStr;

/// An image of the examination that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The only image of a sequence, by the sequence's position.
    Only(usize),
    /// An image of a series.
    Phase(usize, PhaseName),
    /// A map, by its group's position and its own.
    Map(usize, usize),
}

impl Protocols {
    /// The image of a name: a sequence (`t2`), an image of a series by number or phase (`dce2`, `dce_early`), or a map of a group (`adc_ADC`).
    ///
    /// # Errors
    /// [`Error::Usage`] that lists what there is.
    pub(super) fn source(&self, name: &str) -> Result<Source> {
        if let Some(at) = self.sequences.keys().position(|known| known == name) {
            return Ok(Source::Only(at));
        }
        for (at, (group, maps)) in self.maps.iter().enumerate() {
            let of_group = name.strip_prefix(group.as_str()).and_then(|rest| rest.strip_prefix('_'));
            let infos = maps.kind.maps();
            if let Some(map) = of_group.and_then(|map| infos.iter().position(|info| info.name == map)) {
                return Ok(Source::Map(at, map));
            }
        }
        // The longest name first, so that `dce2` and `dce` may both be sequences.
        let mut sequences: Vec<(usize, &String)> = self.sequences.keys().enumerate().collect();
        sequences.sort_by_key(|(_, known)| std::cmp::Reverse(known.len()));
        for (at, sequence) in sequences {
            let Some(rest) = name.strip_prefix(sequence.as_str()) else { continue };
            let phase = match rest.parse::<usize>() {
                Ok(number) if number > 0 => Some(PhaseName::Number(number)),
                _ => rest.strip_prefix('_').and_then(|words| PhaseName::from_str(words).ok()),
            };
            if let Some(phase) = phase {
                return Ok(Source::Phase(at, phase));
            }
        }
        let maps = self.maps.iter().flat_map(|(group, maps)| {
            let kept = maps.kind.maps().into_iter().filter(|info| info.kind == MapKind::Quantity);
            kept.map(|info| format!("{group}_{}", info.name)).collect::<Vec<_>>()
        });
        let known: Vec<String> = self.sequences.keys().cloned().chain(maps).collect();
        Err(Error::usage(format!(
            "there is no image `{name}`; there are {}, and images of a series as NAME2, NAME_early, NAME_late",
            known.join(", ")
        )))
    }

    /// The position of a sequence.
    ///
    /// # Errors
    /// [`Error::Usage`] that lists what there is.
    pub(super) fn sequence(&self, name: &str) -> Result<usize> {
        self.sequences.keys().position(|known| known == name).ok_or_else(|| {
            let known: Vec<&str> = self.sequences.keys().map(String::as_str).collect();
            Error::usage(format!("there is no sequence `{name}`; there are {}", known.join(", ")))
        })
    }

    /// The sequence that everything is measured on: the one named, else the first dynamic series that maps are computed from, else the first of
    /// the images and maps.
    ///
    /// # Errors
    /// [`Error::Usage`] where it names none that is there.
    pub(super) fn reference_sequence(&self) -> Result<usize> {
        if let Some(name) = &self.reference {
            return self.sequence(name);
        }
        let dynamic = self.maps.values().find(|group| group.kind.needs().series == crate::parametric::spec::SeriesKind::Dynamic);
        if let Some(name) = dynamic.or_else(|| self.maps.values().next()).and_then(|group| group.from.first()) {
            return self.sequence(name);
        }
        match self.radiomics.first().map(|name| self.source(name)).transpose()? {
            Some(Source::Only(at) | Source::Phase(at, _)) => Ok(at),
            _ => Err(Error::usage("an MRI modality measures nothing: name images in `radiomics`, or maps")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modality::mri::options::{MapGroup, Sequence};
    use crate::parametric::spec::{AdcSpec, MapSpec};

    #[test]
    fn names_mean_sequences_phases_and_maps() {
        let sequence = || Sequence { columns: vec!["x".into()], ..Sequence::default() };
        let sequences = ["dce", "dwi", "t2"].map(|name| (name.to_string(), sequence()));
        let adc = MapGroup { from: vec!["dwi".into()], kind: MapSpec::Adc(AdcSpec::default()) };
        let all = Protocols {
            sequences: sequences.into_iter().collect(),
            maps: [("adc".to_string(), adc)].into_iter().collect(),
            ..Protocols::default()
        };
        assert_eq!(all.source("t2").unwrap(), Source::Only(2));
        assert_eq!(all.source("dce2").unwrap(), Source::Phase(0, PhaseName::Number(2)));
        assert_eq!(all.source("dce_early").unwrap(), Source::Phase(0, PhaseName::Early));
        assert!(matches!(all.source("adc_ADC").unwrap(), Source::Map(0, _)));
        let fault = all.source("t1").unwrap_err().to_string();
        assert!(fault.contains("t2") && fault.contains("adc_ADC"), "{fault}");
        assert_eq!(all.reference_sequence().unwrap(), 1);
    }
}
