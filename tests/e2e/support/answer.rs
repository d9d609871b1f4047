//! Answers of the proxy's own, in the shape of each service.

/// What the proxy answers itself.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An error.
    Error { status: u16, code: &'static str, message: String },
    /// A status, and no body at all.
    Empty(u16),
    /// A web page with this status.
    Page(u16),
    /// 200, with this JSON.
    Json(String),
}

impl Answer {
    /// An error that says so.
    pub fn error(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::Error { status, code, message: message.into() }
    }

    /// The service's own throttle. Sources: "Common Errors" of each API reference.
    pub fn throttle(api: &str) -> Self {
        let (status, code) = match service(api) {
            "iam" | "sts" | "sns" => (400, "Throttling"),
            "tag" => (400, "ThrottledException"),
            "ec2" => (503, "RequestLimitExceeded"),
            "sqs" => (403, "RequestThrottled"),
            _ => (400, "ThrottlingException"),
        };
        Self::error(status, code, "Rate exceeded")
    }

    /// The whole HTTP answer to a request of `api`.
    pub fn bytes(&self, api: &str) -> Vec<u8> {
        match self {
            Self::Error { status, code, message } => error(api, *status, code, message),
            Self::Empty(status) => http(*status, "text/plain", ""),
            Self::Page(status) => http(*status, "text/html; charset=utf-8", "<html><body>Not here</body></html>"),
            Self::Json(body) => http(200, "application/x-amz-json-1.1", body),
        }
    }
}

fn service(api: &str) -> &str {
    api.split(':').next().unwrap_or_default()
}

/// XML of the query services, of which EC2 has its own; JSON of the others.
fn error(api: &str, status: u16, code: &str, said: &str) -> Vec<u8> {
    let xml = match service(api) {
        "ec2" => format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{said}</Message></Error></Errors><RequestID>1</RequestID></Response>"
        ),
        "iam" | "sts" | "sns" | "sqs" => format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{said}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        ),
        _ => {
            let body = serde_json::json!({ "__type": code, "message": said });
            return http(status, "application/x-amz-json-1.1", &body.to_string());
        }
    };
    http(status, "text/xml", &xml)
}

fn http(status: u16, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Answer\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}
