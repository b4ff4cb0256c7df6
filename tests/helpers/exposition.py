#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""exposition - a page of metrics as prometheus_client reads it

Reads standard input; prints "good", or what is wrong with each family that no
rule of the format forbids and no monitor could use.
"""
import sys

from prometheus_client.parser import text_string_to_metric_families

SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}


def complaints(family):
    suffixes = SUFFIXES.get(family.type, ("",))
    if family.type == "unknown":
        yield "has no type"
    if not family.documentation.endswith("."):
        yield "has no sentence of help"
    seen = set()
    for sample in family.samples:
        labels = tuple(sorted(sample.labels.items()))
        if sample.name not in [family.name + s for s in suffixes]:
            yield f"has a sample {sample.name}"
        if (sample.name, labels) in seen:
            yield f"has {sample.name}{labels} twice"
        seen.add((sample.name, labels))
        if sample.value < 0:
            yield f"{sample.name} is below 0"
    if family.type == "histogram":
        values = [s.value for s in family.samples if s.name.endswith("_bucket")]
        count = [s.value for s in family.samples if s.name.endswith("_count")]
        if values != sorted(values) or values[-1:] != count:
            yield "is not cumulative"


wrong = []
names = []
for family in text_string_to_metric_families(sys.stdin.read()):
    names.append(family.name)
    wrong += [f"{family.name} {text}" for text in complaints(family)]
if len(names) != len(set(names)):
    wrong.append("a family comes twice")
if len(names) < 5:
    wrong.append("hardly anything is told")
print("\n".join(wrong) or "good")
