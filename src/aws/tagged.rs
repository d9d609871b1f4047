//! The tags of everything an app owns, read in bulk.

use std::collections::BTreeMap;

use tokio::sync::OnceCell;

use super::{Aws, Failure, pages, sent};
use crate::scope::{APP_TAG, Tags};

const API: &str = "tag:GetResources";

/// What the Resource Groups Tagging API says an app owns, asked once, when first needed.
#[derive(Debug)]
pub struct Tagged<'a> {
    aws: &'a Aws,
    app: &'a str,
    found: OnceCell<BTreeMap<String, Tags>>,
}

impl<'a> Tagged<'a> {
    /// Nothing is asked yet.
    pub fn new(aws: &'a Aws, app: &'a str) -> Self {
        Self { aws, app, found: OnceCell::new() }
    }

    /// By ARN, what carries the app's tag. Source: Resource Groups Tagging API, `GetResources`.
    ///
    /// # Errors
    /// When AWS refuses, or stays out of reach.
    pub async fn all(&self) -> Result<&BTreeMap<String, Tags>, Failure> {
        self.found.get_or_try_init(|| self.ask()).await
    }

    async fn ask(&self) -> Result<BTreeMap<String, Tags>, Failure> {
        let filter = aws_sdk_resourcegroupstagging::types::TagFilter::builder().key(APP_TAG).values(self.app).build();
        let page = async |token: Option<String>| {
            let request = self.aws.tagging.get_resources().tag_filters(filter.clone()).resources_per_page(100);
            let answer = request.set_pagination_token(token).send().await.map_err(|error| Failure::new(API, &error))?;
            let next = answer.pagination_token().map(str::to_owned);
            Ok((sent(API, answer.resource_tag_mapping_list)?, next))
        };
        let found = pages(page).await?;
        let pair = |mapping: aws_sdk_resourcegroupstagging::types::ResourceTagMapping| {
            let tags = mapping.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
            Some((mapping.resource_arn?, tags))
        };
        Ok(found.into_iter().filter_map(pair).collect())
    }
}
