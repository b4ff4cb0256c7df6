#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""table - what gcovr counted, by folder: table.py coverage.json UNCOVERED

Prints the table, and writes into UNCOVERED, in the order of files and lines:

    milter/accept.c:60-67: not executed
    milter/accept.c:71: 1 of 4 branches not taken

Line by line what compilers made of it: a branch of a line that was never
executed is not told again.
"""

import collections
import json
import sys


class Sum:
    """Lines and branches, those executed and all."""

    def __init__(self):
        self.lines = self.lines_all = self.branches = self.branches_all = 0

    def add(self, count, branches):
        self.lines += count > 0
        self.lines_all += 1
        self.branches += sum(taken > 0 for taken in branches)
        self.branches_all += len(branches)

    def row(self, name):
        return "%-10s %6d/%-6d %6.1f %% %6d/%-6d %6.1f %%" % (
            name, self.lines, self.lines_all,
            100 * self.lines / max(self.lines_all, 1),
            self.branches, self.branches_all,
            100 * self.branches / max(self.branches_all, 1))


def lines_of(entry):
    """Number, count and branches of each line that is code."""
    for line in sorted(entry["lines"], key=lambda line: line["line_number"]):
        if not line["gcovr/noncode"]:
            yield (line["line_number"], line["count"],
                   [branch["count"] for branch in line["branches"]])


def told(name, lines):
    """The sentences about one file."""
    first = last = None
    for number, count, branches in lines:
        if count == 0:
            first, last = first or number, number
            continue
        if first:
            yield "%s:%s: not executed" % (name, span(first, last))
            first = None
        missing = sum(taken == 0 for taken in branches)
        if missing:
            yield "%s:%d: %d of %d branches not taken" % (
                name, number, missing, len(branches))
    if first:
        yield "%s:%s: not executed" % (name, span(first, last))


def span(first, last):
    return str(first) if first == last else "%d-%d" % (first, last)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        entries = json.load(file)["files"]
    folders, total = collections.defaultdict(Sum), Sum()
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for entry in sorted(entries, key=lambda entry: entry["file"]):
            lines = list(lines_of(entry))
            for _, count, branches in lines:
                folders[entry["file"].split("/")[0]].add(count, branches)
                total.add(count, branches)
            out.writelines(line + "\n" for line in told(entry["file"], lines))
    print("%-10s %13s %8s %13s %8s" % ("folder", "lines", "", "branches", ""))
    for name in sorted(folders):
        print(folders[name].row(name))
    print(total.row("all"))
    print("What is not executed: " + sys.argv[2])


main()
