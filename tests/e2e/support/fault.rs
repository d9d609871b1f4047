//! What can go wrong with a request on its way, and plans of it that come from one seed.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::{Answer, Proxy, Seen, Verdict};

/// One way for a request to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The service's own throttle.
    Throttle,
    /// 500 and an error, and the request had no effect.
    Failed,
    /// 503 without a body, and the request took effect.
    Empty,
    /// The connection breaks before the request arrives.
    CutBefore,
    /// The connection breaks after the request took effect.
    CutAfter,
    /// The answer takes its time.
    Late,
    /// A read answers what it did before the last write, for a moment.
    Lag,
}

impl Fault {
    pub const ALL: [Self; 7] =
        [Self::Throttle, Self::Failed, Self::Empty, Self::CutBefore, Self::CutAfter, Self::Late, Self::Lag];

    /// What it is, for a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Failed => "500",
            Self::Empty => "503, done",
            Self::CutBefore => "cut before",
            Self::CutAfter => "cut after",
            Self::Late => "delay",
            Self::Lag => "lagging read",
        }
    }

    /// Whether a request of this operation can go wrong in this way.
    pub fn befalls(self, is_write: bool) -> bool {
        self != Self::Lag || !is_write
    }

    pub fn verdict(self, api: &str) -> Verdict {
        match self {
            Self::Throttle => Verdict::Answer(Answer::throttle(api)),
            Self::Failed => Verdict::Answer(Answer::error(500, "InternalFailure", "")),
            Self::Empty => Verdict::Done(Answer::Empty(503)),
            Self::CutBefore => Verdict::CutBefore,
            Self::CutAfter => Verdict::CutAfter(Box::new(|| {})),
            Self::Late => Verdict::Late(Duration::from_millis(300)),
            Self::Lag => Verdict::Stale,
        }
    }
}

/// How often reads of one thing lag.
const LAGS: usize = 2;

/// From now on each fault befalls the first request of its operation; a lag befalls the first ones after a write.
pub fn befall(proxy: &Proxy, faults: Vec<(String, Fault)>) {
    let (mut met, mut written) = (BTreeMap::<(String, String), usize>::new(), false);
    proxy.rule(move |_, seen| {
        written |= seen.is_write();
        let Some((api, fault)) =
            faults.iter().find(|(api, fault)| *api == seen.api && (*fault != Fault::Lag || written))
        else {
            return Verdict::Pass;
        };
        let (of, limit) = if *fault == Fault::Lag { (seen.body.clone(), LAGS) } else { (String::new(), 1) };
        let times = met.entry((api.clone(), of)).or_default();
        *times += 1;
        if *times <= limit { fault.verdict(api) } else { Verdict::Pass }
    });
}

/// A plan of faults. The same seed gives the same faults to the same requests, in whatever order they come.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    pub seed: u64,
    /// Of a hundred requests, how many go wrong.
    pub percent: u64,
}

impl Faults {
    /// What befalls a request that is sent for the `times`th time, from 0. The third attempt always passes.
    fn on(self, seen: &Seen, times: usize) -> Option<Fault> {
        let drawn = hash(&(self.seed, &seen.api, &seen.body, times));
        let fault = Fault::ALL[usize::try_from((drawn >> 32) % 7).expect("less than 7")];
        (times < 2 && drawn % 100 < self.percent && fault.befalls(seen.is_write())).then_some(fault)
    }

    /// From now on the plan is carried out.
    pub fn befall(self, proxy: &Proxy) {
        let (mut sent, mut written) = (BTreeMap::<(String, String), usize>::new(), false);
        proxy.rule(move |_, seen| {
            written |= seen.is_write();
            let times = sent.entry((seen.api.clone(), seen.body.clone())).or_default();
            let fault = self.on(seen, *times).filter(|fault| *fault != Fault::Lag || written);
            *times += 1;
            fault.map_or(Verdict::Pass, |fault| fault.verdict(&seen.api))
        });
    }
}

/// A number that depends on `of` alone, and on nothing of the run.
pub fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
