//! Numbers that look like chance and are the same for the same seed: `SplitMix64`.

/// Where the numbers come from.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from the first to the last of these.
    pub(super) fn from(&mut self, first: f64, last: f64) -> f64 {
        let part = u32::try_from(self.number() >> 32).unwrap_or_default();
        first + (last - first) * f64::from(part) / f64::from(u32::MAX)
    }

    /// Whether something happens that happens with this probability.
    pub(super) fn falls(&mut self, chance: f64) -> bool {
        self.from(0.0, 1.0) < chance
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let count = u64::try_from(of.len()).unwrap_or(1);
        &of[usize::try_from(self.number() % count).unwrap_or_default()]
    }
}
