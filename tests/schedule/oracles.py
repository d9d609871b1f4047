"""Holds table.tsv against other implementations of AWS's cron expressions.

    python3 -m venv venv
    venv/bin/pip install pyawscron aws-croniter aws-cron-expression-validator croniter tzdata
    venv/bin/python tests/schedule_oracles.py

A row on which they are known to be wrong or silent names them in its note, as in
`settled(pyawscron): ...`, with the reason. The script fails on any other disagreement, and on a name
that no longer disagrees. pyawscron and aws-croniter go back to one parser; croniter is of another
family and is asked only for what its own dialect can say.
"""

import datetime as dt
import pathlib
import re
import sys
import zoneinfo

from aws_cron_expression_validator.validator import AWSCronExpressionValidator
from aws_croniter import AwsCroniter
from croniter import croniter
from pyawscron import AWSCron

TABLE = pathlib.Path(__file__).with_name("table.tsv")
UTC = dt.timezone.utc
WEEK = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def fields_of(expression):
    """The six fields of a cron expression, or None."""
    match = re.fullmatch(r"cron\((.*)\)", expression)
    fields = match.group(1).split() if match else []
    return fields if len(fields) == 6 else None


def pyawscron_local(fields, after):
    cron = AWSCron(" ".join(fields))
    while after is not None:
        after = cron.occurrence(after).next()
        if after is not None:
            yield after


def aws_croniter_local(fields, after):
    cron = AwsCroniter(" ".join(fields))
    while after is not None:
        after = cron.get_next(after)[0]
        if after is not None:
            yield after


class Silent(Exception):
    """The oracle's dialect has no way to say this."""


def named_days(field):
    """Days of the week by name: croniter counts them from 0."""
    if field.endswith("L"):
        day = field[:-1]
        return f"L{WEEK.index(day.upper()) if day.isalpha() else int(day) - 1}"
    name = lambda digit: WEEK[int(digit.group()) - 1]
    if "#" in field:
        day, nth = field.split("#")
        return f"{re.sub(r'[0-9]+', name, day)}#{nth}"
    return re.sub(r"[0-9]+", name, field)


def croniter_local(fields, after):
    minute, hour, day, month, week_day, year = fields
    if day.startswith("L-") or week_day == "L" or re.search("2[1-9]..", year):
        raise Silent
    day = "*" if day == "?" else day
    week_day = "*" if week_day in "?*" else named_days(week_day)
    line = f"{minute} {hour} {day} {month} {week_day} 0 {year}".lower()
    yield from croniter(line, after, max_years_between_matches=60).all_next(dt.datetime)


ORACLES = {
    "pyawscron": pyawscron_local,
    "aws-croniter": aws_croniter_local,
    "croniter": croniter_local,
}


def first_instant(local, zone):
    """The instant of a local time; None where the clock jumps over it."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    there = instant.astimezone(zone).replace(tzinfo=None) == local
    return instant if there else None


def runs(oracle, fields, zone_name, after):
    """Three runs as the table writes them. The oracles know no zones: local times are given as UTC."""
    zone = zoneinfo.ZoneInfo(zone_name)
    start = after.astimezone(zone).replace(tzinfo=UTC) - dt.timedelta(hours=3, seconds=1)
    found = []
    try:
        for local in ORACLES[oracle](fields, start):
            instant = first_instant(local.replace(tzinfo=None), zone)
            if instant is not None and instant > after:
                found.append(instant.strftime("%Y-%m-%dT%H:%MZ"))
            if len(found) == 3:
                return " ".join(found)
    except Silent:
        return None
    except Exception as error:  # each has its own
        return f"refused ({type(error).__name__}: {error})"
    return " ".join([*found, "end"])


def accepts(line):
    try:
        AWSCronExpressionValidator.validate(line)
    except ValueError:
        return False
    return True


def opinions(expression, zone, after, expected):
    """Every oracle that has a view of this row, and whether it agrees with it."""
    fields = fields_of(expression)
    if fields is None:
        return
    if expected.startswith("fault:"):
        # The validator looks at the form alone.
        if "never fires" not in expected:
            yield "validator", not accepts(expression[5:-1]), "accepts it"
        return
    yield "validator", accepts(" ".join(fields)), "refuses it"
    for oracle in ORACLES:
        found = runs(oracle, fields, zone or "UTC", dt.datetime.fromisoformat(after))
        if found is not None:
            yield oracle, found == expected, found


def rows():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line and not line.startswith("# "):
            yield number, line.split("\t")


def main():
    wrong = asked = 0
    for number, (_, expression, zone, after, expected, note) in rows():
        match = re.match(r"settled\(([^)]*)\)", note)
        settled = set(match.group(1).split(", ")) if match else set()
        views = list(opinions(expression, zone, after, expected))
        asked += len(views)
        differ = {oracle for oracle, agrees, _ in views if not agrees}
        for oracle, agrees, found in views:
            if not agrees and oracle not in settled:
                wrong += 1
                print(f"{number}: {expression}: {oracle}: {found}, the table: {expected}")
        for oracle in sorted(settled - differ):
            wrong += 1
            print(f"{number}: {expression}: {oracle} agrees, yet the note settles it")
    print(f"{asked} views, {wrong} to look at")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
