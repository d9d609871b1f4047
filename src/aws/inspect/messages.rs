//! Topics and queues: that they exist.

use futures_util::stream::{self, StreamExt};

use super::{ask_once_elsewhere, unanswered};
use crate::arn::Arn;
use crate::aws::{Aws, Failure, READS_AT_ONCE, Service};
use crate::finding::{Finding, needed_by};
use crate::references::References;

/// One finding a topic, and one a queue.
pub async fn exist(aws: &Aws, references: &References) -> Vec<Finding> {
    let topics = references.topics.iter().map(|(arn, jobs)| {
        let region = Arn::parse(arn).map_or(aws.region.as_str(), |arn| arn.region);
        let parameters = vec![("TopicArn".to_owned(), arn.as_str())];
        let look = Look { service: Service::Sns, api: "sns:GetTopicAttributes", region, parameters };
        (format!("topic `{arn}`"), format!("there is no topic `{arn}`, which {}", needed_by(jobs)), look)
    });
    let queues = references.queues.iter().map(|((region, account, name), jobs)| {
        let region = region.as_deref().unwrap_or(&aws.region);
        let parameters = vec![("QueueName".to_owned(), name.as_str()), ("QueueOwnerAWSAccountId".to_owned(), account)];
        let look = Look { service: Service::Sqs, api: "sqs:GetQueueUrl", region, parameters };
        let message = format!("there is no queue `{name}` of account {account} in {region}, which {}", needed_by(jobs));
        (format!("queue `{name}`"), message, look)
    });
    stream::iter(topics.chain(queues))
        .map(async |(subject, missing, look)| look.finding(aws, &subject, missing).await)
        .buffered(READS_AT_ONCE)
        .collect()
        .await
}

/// One question. Sources: Amazon SNS API, `GetTopicAttributes`; Amazon SQS API, `GetQueueUrl`.
struct Look<'a> {
    service: Service,
    api: &'static str,
    region: &'a str,
    parameters: Vec<(String, &'a str)>,
}

impl Look<'_> {
    async fn finding(&self, aws: &Aws, subject: &str, missing: String) -> Finding {
        let ask = async || aws.query.ask(self.service, self.api, self.region, &self.parameters).await;
        match ask_once_elsewhere(aws, ask).await {
            Ok(_) => Finding::ok(subject, ""),
            Err(failure) if is_missing(&failure) => {
                Finding::fault(subject, missing, "make it first, or correct its ARN or URL")
            }
            Err(failure) => unanswered(aws, subject, &failure),
        }
    }
}

fn is_missing(failure: &Failure) -> bool {
    failure.is(&["NotFound", "NotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"])
}
