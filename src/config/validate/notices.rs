//! Who hears of a job's runs.

use toml::Spanned;

use super::{Check, value};
use crate::arn::Arn;
use crate::config::raw::{At, RawAlarm, RawNotify};
use crate::config::{Alarm, Notify, Overlap, duration};

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

impl Check<'_> {
    pub(super) fn overlap(overlap: &At<String>) -> Overlap {
        match overlap.as_ref().map(|overlap| overlap.get_ref().as_str()) {
            Some("skip") => Overlap::Skip,
            Some("replace") => Overlap::Replace,
            _ => Overlap::Allow,
        }
    }

    /// A job's own `notify`, and the app's for what it leaves out.
    pub(super) fn notify(&self, own: &RawNotify, base: &RawNotify, warnings: &mut Vec<String>) -> Notify {
        for written in [own, base] {
            if let (Some(span), None, None) = (&written.span, &written.failure, &written.success)
                && !["notify", "failure", "success"].iter().any(|key| self.is_mistyped(key))
            {
                let hint = "add `failure = \"arn:aws:sns:…\"` or `success = \"arn:aws:sns:…\"`";
                self.fault(span.clone(), "this `notify` names no topic", Some(hint));
            }
        }
        let raw = own.over(base);
        let mut topic = |topic: &At<String>| topic.as_ref().map(|topic| self.topic(topic, topic.get_ref(), warnings));
        Notify { failure: topic(&raw.failure), success: topic(&raw.success) }
    }

    /// A job's own `alarm`, and the app's for what it leaves out. None when nothing is watched.
    /// Source: Amazon CloudWatch API, `PutMetricAlarm`.
    pub(super) fn alarm(&self, own: &RawAlarm, base: &RawAlarm, warnings: &mut Vec<String>) -> Option<Alarm> {
        let raw = own.over(base);
        let failures = value(&raw.failures).unwrap_or(false);
        let no_success_in = self.silence(&raw.no_success_in);
        let watches = failures || raw.no_success_in.is_some();
        if let Some(span) = own.span.as_ref().filter(|_| !watches)
            && !["failures", "no_success_in"].iter().any(|key| self.is_mistyped(key))
        {
            let hint = "add `failures = true`, or `no_success_in = \"26h\"`";
            self.fault(span.clone(), "this `alarm` watches nothing", Some(hint));
        }
        let actions = value(&raw.actions).unwrap_or_default();
        if let Some(at) = raw.actions.as_ref().filter(|_| actions.len() > 5) {
            let message = format!("{} actions are too many: CloudWatch takes at most 5", actions.len());
            self.fault(at.span(), message, None);
        }
        if let Some(at) = &raw.actions {
            for action in &actions {
                self.topic(at, action, warnings);
            }
        }
        watches.then_some(Alarm { failures, no_success_in, actions })
    }

    /// How long an alarm may look back.
    fn silence(&self, time: &At<String>) -> Option<u32> {
        let time = time.as_ref()?;
        let fault = match duration::parse(time.get_ref()) {
            Ok(seconds) if seconds > DAY && (seconds > 7 * DAY || !seconds.is_multiple_of(HOUR)) => {
                "CloudWatch looks back at most 7 days, and beyond one day in whole hours".to_owned()
            }
            Ok(seconds) if !seconds.is_multiple_of(60) => "CloudWatch counts in whole minutes".to_owned(),
            Ok(seconds) => return Some(seconds),
            Err(message) => {
                self.fault(time.span(), message, None);
                return None;
            }
        };
        self.fault(time.span(), format!("`no_success_in` can't be `{}`", time.get_ref()), Some(&fault));
        None
    }

    /// The ARN of a topic, where `at` is. Source: Amazon SNS API, `CreateTopic`.
    fn topic<T>(&self, at: &Spanned<T>, text: &str, warnings: &mut Vec<String>) -> String {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let named = |arn: &Arn<'_>| {
            let topic = arn.resource.strip_suffix(".fifo").unwrap_or(arn.resource);
            arn.service == "sns" && arn.is_regional() && arn.resource.len() <= 256 && topic.chars().all(name)
        };
        let Some(arn) = Arn::parse(text).filter(named) else {
            let hint = "such as `arn:aws:sns:us-east-1:123456789012:name`";
            self.fault(at.span(), format!("`{text}` is not the ARN of a topic"), Some(hint));
            return text.to_owned();
        };
        self.same_partition(&at.span(), &arn, "topic");
        if let Some(region) = self.region.as_ref().filter(|region| *region != arn.region) {
            let warning = format!("the topic `{text}` is in {}, and only topics in {region} can be told", arn.region);
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        text.to_owned()
    }
}
