//! A lesion's supervoxels as an array of one shape in every case: what extraction stores, so that codebooks are learned inside a
//! fold.
//!
//! The rule here: decoding gives exactly what was encoded. Whole numbers are below 2²⁴, where 32-bit numbers are exact; a real
//! number is the sum of three 32-bit numbers, of which the first alone is it to seven digits.

use crate::error::{Error, Result};

use super::supervoxel::{Contacts, Link, Moments, Supervoxel, Supervoxels};

/// The layout's number: raised when old arrays would be misread.
const FORMAT: f32 = 1.0;
/// Format, maps, room, supervoxels, voxel volume (3).
const HEADER: usize = 7;
/// Bytes of a map's name.
const NAME: usize = 32;
/// What is kept of a map in a supervoxel: mean, squares, smallest, largest, of three numbers each.
const PER_MAP: usize = 12;
/// Voxels, contacts within and with the background.
const PER_SUPERVOXEL: usize = 1 + 3 + 3;
/// From here on 32-bit numbers have gaps.
const TOO_LARGE: u64 = 1 << 24;

/// How the name of a column of bags ends: `mri.tumour.habitat_bag` becomes `mri.tumour.habitat_h1_volume_fraction` and so on.
pub const BAG: &str = "habitat_bag";

/// Supervoxels beyond which the contacts of all with all fill the memory.
pub const MOST_IN_BAG: usize = 1000;
const MOST_MAPS: usize = 256;

/// How many numbers a bag of so many maps has that has room for so many supervoxels.
///
/// # Errors
/// [`Error::Usage`] for none or too many of either.
pub fn bag_size(maps: usize, room: usize) -> Result<usize> {
    if maps == 0 || maps > MOST_MAPS || room == 0 || room > MOST_IN_BAG {
        return Err(Error::usage(format!(
            "a bag of {room} supervoxels over {maps} maps; at most {MOST_IN_BAG} supervoxels and {MOST_MAPS} maps"
        )));
    }
    Ok(HEADER + NAME * maps + room * (PER_SUPERVOXEL + PER_MAP * maps) + 3 * (room * (room - 1) / 2))
}

/// A lesion's bag with room for `room` supervoxels.
///
/// # Definition
/// Header (format, maps M, room R, supervoxels S, volume of a voxel); M names of 32 bytes; R supervoxels (voxels, per map mean,
/// sum of squared deviations, minimum and maximum, contacts within and with the background under three neighbourhoods); contacts
/// of supervoxels a < b, b slower, under three neighbourhoods. What is not used is 0.
///
/// # Errors
/// [`Error::Usage`] as [`bag_size`], or for a name of more than 32 bytes; [`Error::Study`] for more supervoxels than there is
/// room for, or numbers that cannot be kept exactly.
pub fn encode_bag(lesion: &Supervoxels, room: usize) -> Result<Vec<f32>> {
    let (maps, count) = (lesion.maps.len(), lesion.supervoxels.len());
    let mut bag = Vec::with_capacity(bag_size(maps, room)?);
    if count > room {
        return Err(Error::study(format!("the lesion falls into {count} supervoxels, and there is room for {room}")));
    }
    bag.extend([FORMAT, maps as f32, room as f32, count as f32]);
    real(&mut bag, lesion.voxel_volume)?;
    for name in &lesion.maps {
        if name.is_empty() || name.len() > NAME || name.contains('\0') {
            return Err(Error::usage(format!("the map `{name}`: a name in a bag has 1 to {NAME} bytes")));
        }
        bag.extend((0..NAME).map(|at| f32::from(name.as_bytes().get(at).copied().unwrap_or(0))));
    }
    for supervoxel in &lesion.supervoxels {
        whole(&mut bag, supervoxel.maps.first().map_or(0, |moments| moments.count))?;
        for moments in &supervoxel.maps {
            for number in [moments.mean, moments.squares, moments.min, moments.max] {
                real(&mut bag, number)?;
            }
        }
        for contacts in [supervoxel.within, supervoxel.background] {
            contacts.counts().into_iter().try_for_each(|n| whole(&mut bag, n))?;
        }
    }
    bag.resize(bag_size(maps, room)?, 0.0);
    let links = bag.len() - 3 * (room * (room - 1) / 2);
    for Link { from, to, contacts } in &lesion.links {
        let (a, b) = (*from as usize, *to as usize);
        if a >= b || b >= count {
            return Err(Error::study("a contact names a supervoxel that does not exist"));
        }
        let at = links + 3 * (b * (b - 1) / 2 + a);
        let mut three = Vec::with_capacity(3);
        contacts.counts().into_iter().try_for_each(|n| whole(&mut three, n))?;
        bag[at..at + 3].copy_from_slice(&three);
    }
    Ok(bag)
}

/// The supervoxels of a bag.
///
/// # Errors
/// [`Error::Study`] where the numbers are no bag.
pub fn decode_bag(bag: &[f32]) -> Result<Supervoxels> {
    let mut from = Reader { bag, at: 0 };
    if from.next()? != FORMAT {
        return Err(fault("another format"));
    }
    let [maps, room, count] = [from.whole()? as usize, from.whole()? as usize, from.whole()? as usize];
    if bag_size(maps, room).ok() != Some(bag.len()) || count > room {
        return Err(fault("a size that does not fit its header"));
    }
    let voxel_volume = from.real()?;
    let names = (0..maps).map(|_| from.name()).collect::<Result<Vec<String>>>()?;
    let mut supervoxels = Vec::with_capacity(count);
    for _ in 0..count {
        let voxels = from.whole()?;
        if voxels == 0 {
            return Err(fault("a supervoxel without voxels"));
        }
        let moments = |from: &mut Reader| {
            let [mean, squares, min, max] = [from.real()?, from.real()?, from.real()?, from.real()?];
            Ok(Moments { count: voxels, mean, squares, min, max })
        };
        let maps = (0..maps).map(|_| moments(&mut from)).collect::<Result<Vec<Moments>>>()?;
        let (within, background) = (from.contacts()?, from.contacts()?);
        supervoxels.push(Supervoxel { maps, within, background });
    }
    from.at = bag.len() - 3 * (room * (room - 1) / 2);
    let mut links = Vec::new();
    for to in 1..count {
        for first in 0..to {
            let contacts = from.contacts()?;
            if contacts != Contacts::default() {
                links.push(Link { from: first as u32, to: to as u32, contacts });
            }
        }
    }
    links.sort_unstable_by_key(|link| (link.from, link.to));
    Ok(Supervoxels { maps: names, voxel_volume, supervoxels, links })
}

fn fault(found: &str) -> Error {
    Error::study(format!("an array that is no bag of supervoxels: {found}"))
}

fn whole(bag: &mut Vec<f32>, number: u64) -> Result<()> {
    if number >= TOO_LARGE {
        return Err(Error::study(format!("a count of {number} in one supervoxel: make supervoxels smaller")));
    }
    bag.push(number as f32);
    Ok(())
}

/// A number and what rounding to 32 bits leaves of it, twice.
fn real(bag: &mut Vec<f32>, number: f64) -> Result<()> {
    let first = number as f32;
    let second = (number - f64::from(first)) as f32;
    let third = (number - f64::from(first) - f64::from(second)) as f32;
    if f64::from(third) + f64::from(second) + f64::from(first) != number {
        return Err(Error::study(format!("the value {number:e} of a map cannot be kept exactly: use another unit")));
    }
    bag.extend([first, second, third]);
    Ok(())
}

struct Reader<'a> {
    bag: &'a [f32],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<f32> {
        let value = self.bag.get(self.at).copied().filter(|value| value.is_finite());
        self.at += 1;
        value.ok_or_else(|| fault("it ends too early, or holds a number that is not finite"))
    }

    fn whole(&mut self) -> Result<u64> {
        let value = self.next()?;
        let counts = value >= 0.0 && value.fract() == 0.0 && value < TOO_LARGE as f32;
        if counts { Ok(value as u64) } else { Err(fault("a count that is no count")) }
    }

    fn real(&mut self) -> Result<f64> {
        let [first, second, third] = [self.next()?, self.next()?, self.next()?].map(f64::from);
        Ok(third + second + first)
    }

    fn contacts(&mut self) -> Result<Contacts> {
        Ok(Contacts::from_counts([self.whole()?, self.whole()?, self.whole()?]))
    }

    fn name(&mut self) -> Result<String> {
        let bytes = (0..NAME).map(|_| self.whole().map(|n| u8::try_from(n).unwrap_or(0))).collect::<Result<Vec<u8>>>()?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(NAME);
        match std::str::from_utf8(&bytes[..end]) {
            Ok(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Err(fault("a map without a name")),
        }
    }
}
