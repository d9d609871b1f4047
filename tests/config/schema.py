"""Holds configs against the JSON Schema, and prints the name of each that it refuses, with the reason.

    schema.py SCHEMA CONFIG...
"""

import datetime
import json
import pathlib
import sys
import tomllib

from jsonschema import Draft7Validator


def as_json(value):
    """The value as editors hand it to a schema: a date is a string."""
    match value:
        case dict():
            return {key: as_json(item) for key, item in value.items()}
        case list():
            return [as_json(item) for item in value]
        case datetime.date() | datetime.time():
            return value.isoformat()
    return value


def reason(validator, path):
    """Why the config is refused, or None."""
    try:
        config = as_json(tomllib.loads(path.read_bytes().decode()))
    except tomllib.TOMLDecodeError as error:
        return f"not TOML: {error}"
    errors = validator.iter_errors(config)
    return next((f"{error.json_path}: {error.message[:200]}" for error in errors), None)


schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
for name in sys.argv[2:]:
    path = pathlib.Path(name)
    why = reason(validator, path)
    if why is not None:
        print(path.stem, why, sep="\t")
