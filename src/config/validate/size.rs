//! CPU and memory of a task. Source: Amazon ECS API, `RegisterTaskDefinition`; ECS Developer Guide, "Task size".

use super::{Check, value};
use crate::config::Launch;
use crate::config::fault::listed;
use crate::config::raw::{At, RawEcs};

/// What Fargate sells: CPU units, and for each the least and the most MiB and the step between.
const FARGATE: [(i64, i64, i64, i64); 7] = [
    (256, 512, 2_048, 512),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];
/// The size that no step reaches: a quarter of a CPU has 512, 1,024 or 2,048 MiB.
const NOT_SOLD: (i64, i64) = (256, 1_536);
/// CPU units that only platform 1.4.0 and later has.
const LARGE: i64 = 8_192;
/// CPU units of a task elsewhere.
const ELSEWHERE: std::ops::RangeInclusive<i64> = 128..=196_608;

impl Check<'_> {
    /// The sizes that override those of the task definition.
    pub(super) fn size(&self, raw: &RawEcs, launch: &Launch) -> (Option<String>, Option<String>) {
        let (cpu, memory) = (self.above_zero("cpu", &raw.cpu), self.above_zero("memory", &raw.memory));
        if launch.on_fargate() {
            self.fargate_size(raw, cpu, memory);
        } else if let (Some(units), Some(at)) = (cpu, &raw.cpu)
            && !ELSEWHERE.contains(&units)
        {
            let hint = format!("from {} to {}", ELSEWHERE.start(), ELSEWHERE.end());
            self.fault(at.span(), format!("a task can't have {units} CPU units"), Some(&hint));
        }
        (cpu.map(|units| units.to_string()), memory.map(|size| size.to_string()))
    }

    fn above_zero(&self, key: &str, number: &At<i64>) -> Option<i64> {
        let at = number.as_ref()?;
        if *at.get_ref() <= 0 {
            self.fault(at.span(), format!("`{key}` must be above zero"), None);
            return None;
        }
        value(number)
    }

    fn fargate_size(&self, raw: &RawEcs, cpu: Option<i64>, memory: Option<i64>) {
        let sold = FARGATE.iter().find(|(units, ..)| Some(*units) == cpu);
        if let (Some(units), Some(at), None) = (cpu, &raw.cpu, sold) {
            let all: Vec<String> = FARGATE.iter().map(|(units, ..)| units.to_string()).collect();
            let hint = match FARGATE.iter().find(|(sold, ..)| units.checked_mul(1_024) == Some(*sold)) {
                Some((meant, ..)) => format!("in CPU units: {units} CPUs are {meant}"),
                None => format!("one of {}", listed(all.iter().map(String::as_str))),
            };
            self.fault(at.span(), format!("Fargate has no task of {units} CPU units"), Some(&hint));
            return;
        }
        if let (Some(size), Some(at)) = (memory, &raw.memory) {
            let (fits, what, hint) = match sold {
                Some(row) => (
                    fits(row, size),
                    format!("Fargate has no task of {} CPU units and {size} MiB", row.0),
                    format!("with {} CPU units it has {}", row.0, memories(row)),
                ),
                None => (
                    FARGATE.iter().any(|row| fits(row, size)),
                    format!("Fargate has no task of {size} MiB"),
                    meant(size),
                ),
            };
            if !fits {
                self.fault(at.span(), what, Some(&hint));
            }
        }
        let old = |version: &str| matches!(version, "1.0.0" | "1.1.0" | "1.2.0" | "1.3.0");
        if let (Some(units @ LARGE..), Some(version)) = (cpu, &raw.platform_version)
            && old(version.get_ref())
        {
            let message = format!("the platform version {} has no task of {units} CPU units", version.get_ref());
            self.fault(version.span(), message, Some("1.4.0 has, and so has `LATEST`"));
        }
    }
}

fn fits(row: &(i64, i64, i64, i64), size: i64) -> bool {
    let (units, least, most, step) = *row;
    (least..=most).contains(&size) && size % step == 0 && (units, size) != NOT_SOLD
}

/// What a size that Fargate does not sell is meant to be.
fn meant(size: i64) -> String {
    let gib = size.checked_mul(1_024).filter(|size| FARGATE.iter().any(|row| fits(row, *size)));
    let near = || {
        let all = FARGATE.iter().flat_map(|row| (row.1..=row.2).step_by(512).filter(|size| fits(row, *size)));
        all.min_by_key(|sold| sold.abs_diff(size)).unwrap_or_default()
    };
    gib.map_or_else(
        || format!("the nearest that it has is {}", near()),
        |meant| format!("in MiB: {size} GiB are {meant}"),
    )
}

fn memories(row: &(i64, i64, i64, i64)) -> String {
    match *row {
        (256, ..) => "512, 1024 or 2048 MiB".to_owned(),
        (_, least, most, step) => format!("{least} to {most} MiB, in steps of {step}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{FARGATE, fits};

    #[test]
    fn fargate_sells_what_its_table_says() {
        let sizes = |units: i64| {
            let row = FARGATE.iter().find(|row| row.0 == units).expect("a row");
            (0..=130_000).filter(|size| fits(row, *size)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(256), [512, 1_024, 2_048]);
        assert_eq!(sizes(512), [1_024, 2_048, 3_072, 4_096]);
        assert_eq!(sizes(1_024), [2_048, 3_072, 4_096, 5_120, 6_144, 7_168, 8_192]);
        assert_eq!(sizes(4_096).len(), 23);
        assert_eq!(sizes(8_192).len(), 12);
        assert_eq!(sizes(16_384).len(), 12);
    }
}
