#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""events - are these the objects that tdc-log(7) promises?

	python3 tests/helpers/events.py man/tdc-log.7 FILE

Each line of FILE is held against the row of its event in the manual: JSON in
UTF-8, the keys in their order, numbers where the sentence has n and texts where
it has text.  Prints "PROGRAM: TEXT" for each, or what is wrong with it.
"""
import json
import re
import sys

HEAD = ["time", "level", "program", "event"]
# What only listeners get, as tdcctl(8) has it.
ROWS = {
    "monitored": ("info", [("pid", int)]),
    "missed": ("warning", [("count", int)]),
}


def rows(page):
    """name -> (level, [(key, type)...]), from the list in the manual"""
    text = open(page, encoding="ascii").read()
    text = text[text.index('.\\" LIST events'):]
    text = text[:text.index('.\\" END LIST')]
    found = {}
    for part in text.split("\n.It Sy ")[1:]:
        name, level = re.match(r"(\w+) Pq (\w+)", part).groups()
        types = [int if mark == "n" else str for mark in
                 re.findall(r"\\fI(n|text)\\fP", part.split("\n.Pp\n")[0])]
        named = re.search(r"\nJSON:\n\.Sy ([a-z_ ]+)", part)
        keys = named.group(1).split() if named else []
        if len(keys) != len(types):
            sys.exit(f"{page}: {name}: {len(keys)} keys for {len(types)}")
        found[name] = (level, list(zip(keys, types)))
    return found


def check(line, known):
    """the object of a line; raises ValueError"""
    event = json.loads(line.decode("utf-8"), object_pairs_hook=list)
    names = [key for key, _ in event]
    event = dict(event)
    if len(event) != len(names):
        raise ValueError("a key twice")
    if event.get("event") not in known:
        raise ValueError("unknown event")
    level, fields = known[event["event"]]
    if event["level"] != level or not isinstance(event["time"], float):
        raise ValueError("level or time")
    types = dict(fields)
    wanted = HEAD + [key for key, _ in fields] + ["text"]
    if "recipients" in types:
        types["recipients"] = list
        if "more_recipients" in names:
            wanted.insert(wanted.index("recipients") + 1, "more_recipients")
            types["more_recipients"] = int
    if names != wanted:
        raise ValueError(f"keys {names}")
    for key, kind in types.items():
        if type(event[key]) is not kind:
            raise ValueError(f"{key} is {event[key]!r}")
    return event


def main():
    known = {**ROWS, **rows(sys.argv[1])}
    with open(sys.argv[2], "rb") as lines:
        for line in lines:
            try:
                event = check(line, known)
            except (ValueError, KeyError) as error:
                print(f"bad: {error}: {line!r}")
                sys.exit(1)
            print(f"{event['program']}: {event['text']}")


main()
