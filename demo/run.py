"""The life of one scheduled job on a local emulator of AWS: `make demo` prepares it and runs it."""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "provision"
CONFIG = "config/article.toml"
MACHINE = "sfn-sam-app-statemachine-for-test"
RULE = "article-artisan"
ROLE = "article-artisan-execution"
CLUSTER, FAMILY = "batch", "app"
REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def story(aws):
    heading("A cluster and a task definition, which are not provision's")
    aws("ecs").create_cluster(clusterName=CLUSTER)
    aws("ecs").register_task_definition(
        family=FAMILY,
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/app-task",
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/app-task-execution",
        containerDefinitions=[{"name": "app", "image": "app", "memory": 128}],
    )
    print(f"  cluster {CLUSTER}, task definition {FAMILY}")

    heading("What would be made?")
    provision("diff", CONFIG)

    heading("Make it")
    provision("apply", CONFIG)

    heading("Nothing differs now: with --exit-code a difference would be status 2")
    provision("diff", "--exit-code", CONFIG)

    heading("Run the job once, with what the rule sends every 3 hours")
    run_once(aws)

    heading("Change two things behind provision's back")
    change(aws)

    heading("It sees both")
    provision("diff", "--exit-code", CONFIG, status=2)

    heading("It repairs both")
    provision("apply", CONFIG)
    provision("diff", "--exit-code", CONFIG)
    rule = aws("events").describe_rule(Name=RULE)
    expect(rule["ScheduleExpression"] == "rate(3 hours)", "the rule was not repaired")
    expect("admin" not in policies(aws), "the role was not repaired")

    heading("Remove it all")
    provision("destroy", "--yes", CONFIG)

    heading("Nothing of it is left")
    nothing_left(aws)


def run_once(aws):
    target = aws("events").list_targets_by_rule(Rule=RULE)["Targets"][0]
    print(f"  states:StartExecution  {target['Arn']}\n                         {target['Input']}")
    started = aws("stepfunctions").start_execution(stateMachineArn=target["Arn"], input=target["Input"], name="demo")
    execution = {"executionArn": started["executionArn"]}

    [task] = wait_for("a task", lambda: aws("ecs").list_tasks(cluster=CLUSTER)["taskArns"])
    [described] = aws("ecs").describe_tasks(cluster=CLUSTER, tasks=[task])["tasks"]
    command = described["overrides"]["containerOverrides"][0]["command"]
    print(f"  a task runs            {' '.join(command)}")
    expect(command == json.loads(target["Input"])["commands"], "it runs another command")
    print("  ecs:StopTask           the emulator starts no container: the task ends when it is told to")
    aws("ecs").stop_task(cluster=CLUSTER, task=task)

    def ended():
        now = aws("stepfunctions").describe_execution(**execution)
        return now["status"] != "RUNNING" and now

    ended = wait_for("the execution's end", ended)
    print(f"  the execution {ended['status']}, with the output {ended['output']}:")
    entered = []
    for event in aws("stepfunctions").get_execution_history(**execution)["events"]:
        state = event.get("stateEnteredEventDetails", event.get("stateExitedEventDetails", {})).get("name", "")
        entered += [state] if event["type"].endswith("StateEntered") else []
        after = (event["timestamp"] - ended["startDate"]).total_seconds()
        print(f"    {after:4.1f} s  {event['type']:20} {state}".rstrip())
    expect(ended["status"] == "SUCCEEDED" and "Notify Success" in entered, "the job did not succeed")


def change(aws):
    aws("events").put_rule(Name=RULE, ScheduleExpression="rate(1 day)", State="ENABLED")
    print(f"  events:PutRule         {RULE} is now due once a day")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    aws("iam").put_role_policy(RoleName=ROLE, PolicyName="admin", PolicyDocument=document)
    print(f"  iam:PutRolePolicy      {ROLE} may now do everything")


def policies(aws):
    return aws("iam").list_role_policies(RoleName=ROLE)["PolicyNames"]


def nothing_left(aws):
    left = {
        "state machines": aws("stepfunctions").list_state_machines()["stateMachines"],
        "rules": aws("events").list_rules()["Rules"],
        "roles": aws("iam").list_roles(PathPrefix="/provision/")["Roles"],
        "log groups": aws("logs").describe_log_groups()["logGroups"],
    }
    for kind, found in left.items():
        print(f"  {kind}: {found or 'none'}")
    expect(not any(left.values()), "something is left")
    aws("ecs").describe_task_definition(taskDefinition=FAMILY)
    expect(aws("ecs").describe_clusters(clusters=[CLUSTER])["clusters"], "the cluster is gone")
    print(f"  still there, because never provision's: cluster {CLUSTER}, task definition {FAMILY}")


def provision(*arguments, status=0):
    print("$ provision", *arguments, flush=True)
    ended = subprocess.run(["provision", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=120)
    expect(ended.returncode == status, f"it ended with status {ended.returncode}, not {status}")


def heading(text):
    print(f"\n== {text}", flush=True)


def expect(holds, otherwise):
    if not holds:
        sys.exit(f"demo: {otherwise}")


def wait_for(what, look):
    end = time.monotonic() + 30
    while not (seen := look()):
        expect(time.monotonic() < end, f"waited 30 seconds for {what}")
        time.sleep(0.05)
    return seen


def clear_environment(home):
    """Leaves nothing of the user's AWS, proxies or Python for this process and its children."""
    kept = ("PATH", "TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    os.environ.clear()
    os.environ.update(environment, HOME=home, TMPDIR=home)
    os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ.get('PATH', os.defpath)}"


@contextmanager
def emulator(folder):
    """Runs ministack on loopback only, keeping its files in `folder`, and yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    switches = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "STATE_DIR": f"{folder}/state",
        "PERSIST_STATE": "0",
        "S3_DATA_DIR": f"{folder}/s3",
        "S3_PERSIST": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    address = f"http://127.0.0.1:{port}"
    log = Path(folder, "emulator.log")

    def ready():
        expect(process.poll() is None, f"the emulator ended at once:\n{log.read_text()}")
        try:
            return urllib.request.urlopen(f"{address}/_ministack/ready", timeout=1).status == 200
        except OSError:
            return False

    with log.open("w") as out:
        streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out}
        command = [sys.executable, "-m", "ministack"]
        process = subprocess.Popen(command, env=os.environ | switches, start_new_session=True, **streams)
    try:
        wait_for("the emulator", ready)
        yield address
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main():
    for number in ENDINGS:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    expect(PROGRAM.is_file(), f"there is no {PROGRAM}; `make demo` builds it")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="demo-", dir=ROOT / "target") as folder:
        clear_environment(folder)
        with emulator(folder) as address:
            os.environ.update(AWS_ACCESS_KEY_ID=ACCOUNT, AWS_SECRET_ACCESS_KEY="none", AWS_ENDPOINT_URL=address)
            print(f"The emulator, ministack, listens on {address} in place of AWS.")
            story(functools.cache(functools.partial(boto3.client, region_name=REGION)))
    print(f"\nAll of it held, in {time.monotonic() - started:.1f} s. The emulator is stopped.")


if __name__ == "__main__":
    main()
