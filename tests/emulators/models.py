"""Prints, as JSON, what AWS's own service models say of the requests of the services that provision talks to.

botocore carries the models; docs and answers are left out, and of EC2 all but what is described there.
"""

import glob
import gzip
import json
import os
import sys

import botocore

# By the prefix of IAM actions, botocore's name of the service.
SERVICES = {
    "ec2": "ec2", "ecs": "ecs", "events": "events", "iam": "iam", "logs": "logs", "sns": "sns", "sqs": "sqs",
    "states": "stepfunctions", "sts": "sts", "tag": "resourcegroupstaggingapi",
}
KEPT = {
    "type", "required", "members", "member", "key", "value", "min", "max", "pattern", "enum", "flattened", "union",
    "document", "shape", "locationName", "queryName",
}


def trimmed(value):
    """Without what says nothing of a request. Names of members are kept, whatever they are."""
    if isinstance(value, dict):
        return {
            key: {name: trimmed(one) for name, one in of.items()} if key == "members" else trimmed(of)
            for key, of in value.items() if key in KEPT
        }
    return value


def refers(shape):
    parts = [*shape.get("members", {}).values(), *(shape[part] for part in ("member", "key", "value") if part in shape)]
    return [part["shape"] for part in parts]


def service(name, prefix):
    versions = glob.glob(os.path.join(os.path.dirname(botocore.__file__), "data", name, "*", "service-2.json.gz"))
    with gzip.open(max(versions)) as file:
        model = json.load(file)
    operations = {
        operation: of["input"]["shape"] if "input" in of else None for operation, of in model["operations"].items()
        if prefix != "ec2" or operation.startswith("Describe")
    }
    shapes, left = {}, [shape for shape in operations.values() if shape]
    while left:
        shape = left.pop()
        if shape not in shapes:
            shapes[shape] = trimmed(model["shapes"][shape])
            left += refers(shapes[shape])
    about = model["metadata"]
    return {"version": about["apiVersion"], "protocol": about["protocol"], "operations": operations, "shapes": shapes}


json.dump({prefix: service(name, prefix) for prefix, name in SERVICES.items()}, sys.stdout)
