//! The files of one examination, by what they are.

use super::options::Protocols;
use crate::modality::View;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The files of one row of the manifest.
pub(super) struct Files {
    /// Per sequence its files; empty where the examination lacks one of them.
    pub(super) sequences: Vec<Vec<PathBuf>>,
    /// Per sequence the transform made elsewhere, where the study names a column and the row a file.
    pub(super) transforms: Vec<Option<PathBuf>>,
    /// Further files by the name that maps give them.
    pub(super) named: BTreeMap<String, PathBuf>,
}

impl Protocols {
    /// The columns of the manifest that name files, in the order of a [`View`]'s optional files.
    pub fn columns(&self) -> Vec<String> {
        let of_sequences = self.sequences.values().flat_map(|sequence| sequence.columns.iter().chain(&sequence.transform));
        of_sequences.chain(self.files.values()).cloned().collect()
    }

    /// Sorts a row's files.
    pub(super) fn files(&self, view: &View) -> Files {
        let mut paths = view.optional.iter().cloned();
        let mut next = || paths.next().flatten();
        let mut files = Files { sequences: Vec::new(), transforms: Vec::new(), named: BTreeMap::new() };
        for sequence in self.sequences.values() {
            let own: Vec<Option<PathBuf>> = sequence.columns.iter().map(|_| next()).collect();
            files.sequences.push(own.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default());
            files.transforms.push(sequence.transform.as_ref().and_then(|_| next()));
        }
        for name in self.files.keys() {
            files.named.extend(next().map(|path| (name.clone(), path)));
        }
        files
    }
}
