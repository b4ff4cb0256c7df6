#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""schema - is this the JSON that the tables of tdcctl(8) promise?

	python3 tests/helpers/schema.py man/tdcctl.8 FILE TABLE...
	python3 tests/helpers/schema.py man/tdcctl.8 SEEN

Each object of FILE, in a line of its own (or one in several lines), has the
keys of one of these tables of the manual, all of them and no others, in their
order, with values of the types there.  Prints what is wrong, and one line
"TABLE KEY" for each key that had a value on standard error.  With SEEN, all of
these lines, prints what is in the manual and never was.
"""
import json
import re
import sys

OF_TYPE = {
    "number": lambda value: type(value) in (int, float),
    "string": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "list": lambda value: type(value) is list,
    "list of strings": lambda value: type(value) is list and
    all(type(item) is str for item in value),
    "object": lambda value: type(value) is Pairs,
    "object of numbers": lambda value: type(value) is Pairs and
    all(type(item) in (int, float) for _, item in value),
}


OPEN = set()


class Pairs(list):
    """an object, in its order"""


def tables(page):
    """name -> [(key, [type...])...]; a name with "..." after it: and others"""
    found = {}
    for part in open(page, encoding="ascii").read().split('\n.\\" JSON ')[1:]:
        name, part = part.split("\n", 1)
        name, *others = name.split(" + ")
        name, *more = name.split(" ...")
        rows = [row for other in others for row in found[other]]
        for key, types in re.findall(r"^\.It Sy (\w+) Ta ([a-z ,]+) Ta$",
                                     part.split('\n.\\" END JSON')[0], re.M):
            rows.append((key, re.split(r" or |, ", types)))
        found[name] = rows
        if more:
            OPEN.add(name)
    return found


def complain(known, name, pairs, seen):
    """what is wrong with an object; None: nothing"""
    wanted = dict(known[name])
    if name in OPEN:
        pairs = [(key, value) for key, value in pairs if key in wanted]
    keys = [key for key, _ in pairs]
    if keys != [key for key in wanted
                if key in keys or "none" not in wanted[key]]:
        return f"keys {' '.join(keys)}"
    for key, value in pairs:
        types = [kind for kind in wanted[key] if kind != "none"]
        if not any(OF_TYPE[kind](value) for kind in types):
            return f"{key}: {value!r} is no {' or '.join(types)}"
        if value is not None:
            seen.add(f"{name} {key}")
        inner = f"{name}.{key}"
        if inner not in known and name == "status" and key == "forwarder":
            inner = "status.milters"	# one of their kind
        nested = value if type(value) is list else [value]
        for item in nested if inner in known else []:
            wrong = complain(known, inner, item, seen) if item else None
            if wrong:
                return f"{key}: {wrong}"
    return None


def objects(text):
    """those of a file, in lines"""
    decoder = json.JSONDecoder(object_pairs_hook=Pairs)
    lines = text.splitlines()
    try:
        return [decoder.decode(line) for line in lines]
    except ValueError:
        return [decoder.decode(text)]


def check(known, path, names):
    seen = set()
    text = open(path, "rb").read().decode("utf-8")
    if re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text):
        print("a control character")
    if not text.endswith("\n"):
        print("no line")
    for pairs in objects(text):
        wrong = [complain(known, name, pairs, seen) for name in names]
        if None not in wrong:
            print(f"{wrong}: {json.dumps(dict(pairs))}")
    print(*sorted(seen), sep="\n", file=sys.stderr)


def main():
    known = tables(sys.argv[1])
    if len(sys.argv) > 3:
        check(known, sys.argv[2], sys.argv[3:])
        return
    seen = set(open(sys.argv[2], encoding="ascii").read().split("\n"))
    for name, rows in known.items():
        for key, _ in rows:
            if f"{name} {key}" not in seen:
                print(f"{name} {key}")


main()
