#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""promql - ask a Prometheus all that a dashboard and its rules would ask

    promql.py SERVER DASHBOARD      each expression, and each rule that is loaded
    promql.py SERVER -q EXPRESSION  the value of one; "" if there is none

One line for each that is an error, has no result, is not a number, or names a
metric that nobody has; then how many there were.
"""
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

server, what = sys.argv[1:3]
VARIABLES = {"$instance": ".*", "$__rate_interval": "10s", "$__range": "10s"}
NAMES = re.compile(r"\b(?:tdc|node|up)(?:_[a-z0-9_]+)?\b(?!\s*=)")


def ask(path, **query):
    url = f"http://{server}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        return json.load(error)["error"]


def expressions(part):
    """Of everything below a part of a dashboard."""
    if isinstance(part, dict):
        if isinstance(part.get("expr"), str):
            yield part["expr"]
        for value in part.values():
            yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)


def fill_in(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def complaint(expression, known, wants_result):
    data = ask("query", query=expression)
    if isinstance(data, str):
        return data
    text = re.sub(r'"[^"]*"|\[[^]]*\]', "", expression)
    unknown = set(NAMES.findall(text)) - known
    if unknown:
        return f"names {', '.join(sorted(unknown))}, which nobody has"
    if wants_result and not data["result"]:
        return "has no result"
    if any(row["value"][1] == "NaN" for row in data["result"]):
        return "is not a number"
    return None


def check(asked, known, wants_result):
    for expression in asked:
        text = complaint(fill_in(expression), known, wants_result)
        if text:
            print(f"{expression}: {text}")


if what == "-q":
    data = ask("query", query=sys.argv[3])
    if isinstance(data, str):
        print(data)
    else:
        print("\n".join(row["value"][1] for row in data["result"]))
else:
    known = set(ask("label/__name__/values"))
    with open(what, encoding="utf-8") as file:
        dashboard = json.load(file)
    drawn = sorted(set(expressions(dashboard)))
    rules = [
        rule["query"]
        for group in ask("rules")["groups"]
        for rule in group["rules"]
    ]
    check(drawn, known, True)
    check(rules, known, False)
    print(f"{len(drawn)} expressions, {len(rules)} rules")
