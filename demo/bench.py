"""How long it takes, on a local emulator of AWS: `make bench` builds the program and runs it.

Each figure is of a whole process: its least, median and most over RUNS runs.
"""

import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
import run

PROGRAM = run.PROGRAM.parent.parent / "release" / "provision"
RUNS = int(os.environ.get("RUNS", "5"))
JOBS = int(os.environ.get("JOBS", "100"))


def config(jobs):
    base = 'app = "bench"\nregion = "ap-northeast-1"\n[ecs]\ncluster = "batch"\ntask_definition = "app"\nsubnets = ["subnet-0a1b2c3d4e5f60718"]\n'
    schedules = ("rate(3 hours)", "cron(0 9 ? * MON-FRI *)")
    job = '[job.job-{0}]\ncommand = ["php", "artisan", "job:{0}"]\nschedule = "{1}"\n'
    return base + "".join(job.format(at, schedules[at % 2]) for at in range(jobs))


def timed(*arguments):
    started = time.perf_counter()
    ended = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took = time.perf_counter() - started
    run.expect(ended.returncode == 0, f"provision {' '.join(arguments)} ended with {ended.returncode}:\n{ended.stderr}")
    return took


def row(what, times):
    least, middle, most = min(times), statistics.median(times), max(times)
    print(f"| {what} | {least:.3f} | {middle:.3f} | {most:.3f} |", flush=True)


def check(jobs):
    with open("check.toml", "w") as file:
        file.write(config(jobs))
    row(f"check, {jobs} jobs", [timed("check", "--quiet", "check.toml") for _ in range(RUNS)])


def reconcile(jobs):
    with open("config.toml", "w") as file:
        file.write(config(jobs))
    steps = {
        "first diff": ["diff", "--quiet"],
        "first apply": ["apply", "--quiet"],
        "diff with nothing to do": ["diff", "--quiet"],
        "apply with nothing to do": ["apply", "--quiet"],
        "destroy": ["destroy", "--yes", "--quiet"],
    }
    times = {step: [] for step in steps}
    for _ in range(RUNS):
        for step, arguments in steps.items():
            times[step].append(timed(*arguments))
    for step, taken in times.items():
        row(f"{step}, {jobs} jobs", taken)


def main():
    run.expect(PROGRAM.is_file(), f"there is no {PROGRAM}; `make bench` builds it")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=run.ROOT / "target") as folder:
        run.clear_environment(folder)
        os.chdir(folder)
        with run.emulator(folder) as address:
            os.environ.update(AWS_ACCESS_KEY_ID=run.ACCOUNT, AWS_SECRET_ACCESS_KEY="none", AWS_ENDPOINT_URL=address)
            client = functools.partial(boto3.client, region_name=run.REGION)
            client("ecs").create_cluster(clusterName="batch")
            client("ecs").register_task_definition(
                family="app",
                networkMode="awsvpc",
                requiresCompatibilities=["FARGATE"],
                cpu="256",
                memory="512",
                containerDefinitions=[{"name": "app", "image": "app", "memory": 128}],
            )
            print(f"| {RUNS} runs, ministack | least, s | median, s | most, s |\n|---|---|---|---|")
            for jobs in (1, 1_000):
                check(jobs)
            for jobs in (1, JOBS):
                reconcile(jobs)


if __name__ == "__main__":
    sys.exit(main())
