//! What AWS answers and no emulator does: each row is an error, where it is given, and what the program makes of it.
//! The rows are tried on the wire, wherever a chapter of an app's life sends the operation, and on a clock of the
//! test's own.

mod clock;
mod wire;

/// An error of AWS, and what comes of it.
struct Row {
    apis: &'static [&'static str],
    status: u16,
    code: &'static str,
    message: &'static str,
    end: End,
}

/// What the program makes of an error.
#[derive(Clone, Copy)]
enum End {
    /// It waits for this, so many seconds at the most.
    Waits(&'static str, u64),
    /// It fails at once, and this is in what it says.
    Fails(&'static str),
}

use End::{Fails, Waits};

const MACHINE: &[&str] = &["states:CreateStateMachine", "states:UpdateStateMachine"];
const TRUST: &[&str] = &["iam:CreateRole", "iam:UpdateAssumeRolePolicy"];
const FINAL_OF_MACHINES: &str = "";
const NEW_ROLE: &str = "the new role to reach Step Functions";
const NEW_PERMISSIONS: &str = "the role's permissions to reach Step Functions";

const fn row(apis: &'static [&'static str], code: &'static str, message: &'static str, end: End) -> Row {
    Row { apis, status: 400, code, message, end }
}

const fn broken(apis: &'static [&'static str], status: u16) -> Row {
    Row { apis, status, code: "", message: "", end: Waits("the service to recover", 40) }
}

/// Sources: the errors of each operation in the services' API references; the messages are those that AWS's own tools
/// and others' that talk to it look for.
const ROWS: &[Row] = &[
    // A role, or what it may do, has not propagated.
    row(
        MACHINE,
        "AccessDeniedException",
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
        Waits(NEW_ROLE, 120),
    ),
    row(
        MACHINE,
        "AccessDeniedException",
        "The state machine IAM Role is not authorized to access the Log Destination",
        Waits(NEW_PERMISSIONS, 120),
    ),
    row(
        MACHINE,
        "AccessDeniedException",
        "'arn:aws:iam::123456789012:role/x' is not authorized to create managed-rule.",
        Waits(NEW_PERMISSIONS, 120),
    ),
    row(
        &["events:PutRule", "events:PutTargets"],
        "ValidationException",
        "Provided role 'x' cannot be assumed by principal 'events.amazonaws.com'.",
        Waits("the new role to reach EventBridge", 120),
    ),
    row(
        TRUST,
        "MalformedPolicyDocument",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/x\"",
        Waits("the principal to be seen", 120),
    ),
    // The caller may not.
    row(
        &[
            "states:CreateStateMachine",
            "states:UpdateStateMachine",
            "states:DeleteStateMachine",
            "events:PutRule",
            "events:PutTargets",
            "events:DeleteRule",
            "logs:CreateLogGroup",
            "logs:PutRetentionPolicy",
            "logs:DeleteLogGroup",
        ],
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: x",
        Fails("allow `iam:PassRole`"),
    ),
    row(
        &["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRole"],
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:CreateRole on resource: x",
        Fails("allow `iam:CreateRole`"),
    ),
    // Names that are still being deleted.
    row(
        &["states:CreateStateMachine"],
        "StateMachineDeleting",
        "State Machine is being deleted",
        Waits("the old state machine of this name to be gone", 300),
    ),
    row(
        &["events:DeleteRule"],
        "ValidationException",
        "Rule can't be deleted since it has targets.",
        Waits("the rule's targets to be gone", 5),
    ),
    row(
        &["iam:DeleteRole"],
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
        Waits("the role's policies to be gone", 5),
    ),
    // What was just made is not seen.
    row(
        &["events:PutTargets", "events:TagResource", "events:UntagResource"],
        "ResourceNotFoundException",
        "Rule billing-invoices does not exist on EventBus default.",
        Waits("the new rule to be seen", 5),
    ),
    row(
        &["iam:PutRolePolicy", "iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePermissionsBoundary"],
        "NoSuchEntity",
        "The role with name billing-invoices-execution cannot be found.",
        Waits("the new role to be seen", 5),
    ),
    row(
        &["logs:PutRetentionPolicy", "logs:TagResource"],
        "ResourceNotFoundException",
        "The specified log group does not exist.",
        Waits("the new log group to be seen", 5),
    ),
    row(
        &["logs:PutRetentionPolicy"],
        "AccessDeniedException",
        "Access denied",
        Waits("the new log group to be seen", 5),
    ),
    // Somebody else changes the same thing.
    row(
        &["events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:DeleteRule"],
        "ConcurrentModificationException",
        "Rule is being modified by another request",
        Waits("another change of the rule to end", 60),
    ),
    row(
        &["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"],
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource.",
        Waits("another change of the log group to end", 60),
    ),
    row(
        &["iam:PutRolePolicy", "iam:DeleteRole"],
        "ConcurrentModification",
        "The request was rejected because multiple requests to change this object were submitted simultaneously.",
        Waits("another change of the role to end", 60),
    ),
    row(MACHINE, "ConflictException", "Conflict", Waits("another change of the state machine to end", 60)),
    // What no time mends.
    row(MACHINE, "InvalidArn", "Invalid Role Arn", Fails(FINAL_OF_MACHINES)),
    row(MACHINE, "InvalidDefinition", "Invalid State Machine Definition", Fails(FINAL_OF_MACHINES)),
    row(MACHINE, "InvalidLoggingConfiguration", "Must specify a log destination", Fails(FINAL_OF_MACHINES)),
    row(&["states:CreateStateMachine"], "InvalidName", "Invalid Name", Fails(FINAL_OF_MACHINES)),
    row(
        &["events:PutRule"],
        "ValidationException",
        "Parameter ScheduleExpression is not valid.",
        Fails("ScheduleExpression"),
    ),
    row(TRUST, "MalformedPolicyDocument", "Syntax errors in policy.", Fails("Syntax errors")),
    // Full quotas, whose name means a throttle elsewhere.
    row(
        &["events:PutRule"],
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
        Fails("300 rules an event bus"),
    ),
    row(
        &["events:PutTargets"],
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
        Fails("5 targets a rule"),
    ),
    row(&["events:TagResource"], "LimitExceededException", "Too many tags", Fails("50 tags a resource")),
    row(
        &["iam:CreateRole"],
        "LimitExceeded",
        "Cannot exceed quota for RolesPerAccount: 1000",
        Fails("1,000 roles an account"),
    ),
    row(TRUST, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", Fails("2,048 characters of trust")),
    row(
        &["iam:PutRolePolicy"],
        "LimitExceeded",
        "Maximum policy size of 10240 bytes exceeded for role billing-invoices-execution",
        Fails("10,240 characters of inline policies"),
    ),
    row(&["logs:CreateLogGroup"], "LimitExceededException", "Resource limit exceeded.", Fails("1,000,000 log groups")),
    row(
        &["states:CreateStateMachine"],
        "StateMachineLimitExceeded",
        "State Machine Limit Exceeded",
        Fails("10,000 state machines"),
    ),
    row(&["states:TagResource"], "TooManyTags", "Too many tags", Fails("50 tags a resource")),
    // A service that fails, with and without a word.
    broken(&["states:CreateStateMachine", "logs:DeleteLogGroup"], 500),
    broken(&["iam:PutRolePolicy", "states:DeleteStateMachine"], 502),
    broken(&["events:PutRule", "iam:DeleteRole"], 503),
    broken(&["logs:PutRetentionPolicy", "events:RemoveTargets"], 504),
    row(&["iam:CreateRole"], "ServiceFailure", "", Waits("the service to recover", 40)).with_status(500),
    row(&["logs:CreateLogGroup"], "ServiceUnavailableException", "", Waits("the service to recover", 40))
        .with_status(503),
    // Throttles, each service's own.
    row(MACHINE, "ThrottlingException", "Rate exceeded", Waits("AWS's request rate to allow it", 600)),
    row(&["events:PutRule"], "ThrottlingException", "Rate exceeded", Waits("AWS's request rate to allow it", 600)),
    row(&["iam:CreateRole"], "Throttling", "Rate exceeded", Waits("AWS's request rate to allow it", 600)),
    row(&["logs:CreateLogGroup"], "ThrottlingException", "Rate exceeded", Waits("AWS's request rate to allow it", 600)),
];

impl Row {
    const fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// Rows of AWS's that no request of ours can meet. Whoever sends one of these adds its row.
const NOT_SENT: &[&str] = &[
    "events:DescribeRule",
    "scheduler:CreateSchedule",
    "scheduler:UpdateSchedule",
    "states:DeleteStateMachineVersion",
];
