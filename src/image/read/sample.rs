//! How a number is stored: its type and byte order.

/// The type in which a file stores one voxel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleType {
    /// Unsigned integer, 8 bits.
    U8,
    /// Signed integer, 8 bits.
    I8,
    /// Unsigned integer, 16 bits.
    U16,
    /// Signed integer, 16 bits.
    I16,
    /// Unsigned integer, 32 bits.
    U32,
    /// Signed integer, 32 bits.
    I32,
    /// Unsigned integer, 64 bits; exact up to 2⁵³.
    U64,
    /// Signed integer, 64 bits; exact up to ±2⁵³.
    I64,
    /// IEEE 754, 32 bits.
    F32,
    /// IEEE 754, 64 bits.
    F64,
}

/// How a voxel is stored and what its stored number means: `value = slope · stored + intercept`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The stored type.
    pub kind: SampleType,
    /// Most significant byte first.
    pub big_endian: bool,
    /// Multiplier; 1 when the file states none.
    pub slope: f64,
    /// Addend; 0 when the file states none.
    pub intercept: f64,
}

impl SampleType {
    /// Bytes of one number.
    pub fn width(self) -> usize {
        match self {
            SampleType::U8 | SampleType::I8 => 1,
            SampleType::U16 | SampleType::I16 => 2,
            SampleType::U32 | SampleType::I32 | SampleType::F32 => 4,
            SampleType::U64 | SampleType::I64 | SampleType::F64 => 8,
        }
    }
}

impl Sample {
    /// Numbers that mean what they are.
    pub fn plain(kind: SampleType, big_endian: bool) -> Self {
        Sample { kind, big_endian, slope: 1.0, intercept: 0.0 }
    }

    /// Whether a stored zero means zero.
    pub fn zero_is_zero(&self) -> bool {
        self.intercept == 0.0
    }

    /// Appends the numbers that `bytes` hold; a rest shorter than one number is left out.
    pub fn decode(&self, bytes: &[u8], into: &mut Vec<f64>) {
        macro_rules! numbers {
            ($kind:ty) => {{
                const WIDTH: usize = size_of::<$kind>();
                let whole = bytes.as_chunks::<WIDTH>().0;
                // One loop per case keeps each of them free of branches, so that it becomes vector code.
                match (self.big_endian, self.slope == 1.0 && self.intercept == 0.0) {
                    (false, true) => into.extend(whole.iter().map(|n| <$kind>::from_le_bytes(*n) as f64)),
                    (true, true) => into.extend(whole.iter().map(|n| <$kind>::from_be_bytes(*n) as f64)),
                    (false, false) => into.extend(whole.iter().map(|n| self.scaled(<$kind>::from_le_bytes(*n) as f64))),
                    (true, false) => into.extend(whole.iter().map(|n| self.scaled(<$kind>::from_be_bytes(*n) as f64))),
                }
            }};
        }
        match self.kind {
            SampleType::U8 => numbers!(u8),
            SampleType::I8 => numbers!(i8),
            SampleType::U16 => numbers!(u16),
            SampleType::I16 => numbers!(i16),
            SampleType::U32 => numbers!(u32),
            SampleType::I32 => numbers!(i32),
            SampleType::U64 => numbers!(u64),
            SampleType::I64 => numbers!(i64),
            SampleType::F32 => numbers!(f32),
            SampleType::F64 => numbers!(f64),
        }
    }

    #[inline]
    fn scaled(&self, stored: f64) -> f64 {
        self.slope * stored + self.intercept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_in_both_byte_orders() {
        let check = |kind, little: &[u8], expected: f64| {
            let big: Vec<u8> = little.iter().rev().copied().collect();
            for (bytes, big_endian) in [(little, false), (big.as_slice(), true)] {
                for (slope, intercept) in [(1.0, 0.0), (2.0, -3.0)] {
                    let mut values = Vec::new();
                    Sample { kind, big_endian, slope, intercept }.decode(bytes, &mut values);
                    assert_eq!(values, [slope * expected + intercept], "{kind:?}");
                }
                assert_eq!(kind.width(), bytes.len());
            }
        };
        check(SampleType::U8, &200u8.to_le_bytes(), 200.0);
        check(SampleType::I8, &(-100i8).to_le_bytes(), -100.0);
        check(SampleType::U16, &40_000u16.to_le_bytes(), 40_000.0);
        check(SampleType::I16, &(-1024i16).to_le_bytes(), -1024.0);
        check(SampleType::U32, &4_000_000_000u32.to_le_bytes(), 4e9);
        check(SampleType::I32, &(-2_000_000_000i32).to_le_bytes(), -2e9);
        check(SampleType::U64, &(1u64 << 53).to_le_bytes(), 2f64.powi(53));
        check(SampleType::I64, &(-(1i64 << 53)).to_le_bytes(), -(2f64.powi(53)));
        check(SampleType::F32, &0.15625f32.to_le_bytes(), 0.15625);
        check(SampleType::F64, &0.1f64.to_le_bytes(), 0.1);
    }
}
