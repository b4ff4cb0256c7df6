#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# judge - did every reader find in every copy what is there?
#
#	judge.py cut [-b] CASES COPIES TO	what is added to each message is
#				right; the message alone, with what stands on
#				top of it in a report, becomes TO/CASE.eml
#	judge.py pick CASES DIR CASES2 COPIES2
#				those of the cases whose copy an intake kept in
#				DIR: their directories, and the copies by name
#	judge.py wrong [-b] CASES CUT EXCEPTIONS FOUND...
#				one line for each reader and case that is not as
#				it has to be, or that is but should not
#	judge.py idle CASES EXCEPTIONS FOUND...
#				rows that no reader and no case has
#
# CASES has a directory for each case: "message", and "facts" as generate.py
# writes them.  COPIES are CASE.eml.  FOUND is what the readers print, of the
# messages alone (-m) as well.  For EXCEPTIONS see the file of that name.
import fnmatch
import glob
import json
import os
import re
import sys

from found import content, digest

FIELD = rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*"
RECEIVED = rb"Received: from " + FIELD
REPORT_TOP = re.compile(rb"Return-Path: <([^\r\n]*)>\r\n"
                        rb"(?:X-IronPort-RemoteIP: [^ \r\n]+\r\n)?" + RECEIVED)
BCC_TOP = re.compile(rb"(?:X-CSE-ClientIP: [^\r\n]+\r\n)?X-CSE-MailFrom: "
                     rb"[^\r\n]+\r\nX-CSE-RcptTo: " + FIELD +
                     rb"X-CSE-MsgDirection: Incoming\r\n" + RECEIVED)
# What a reader does not tell; all else it has to.
SILENT = {"piler": {"sender", "subject"},
          "rococo": {"sender", "subject", "recipients"}}


def names(cases):
    return sorted(os.path.basename(path) for path in glob.glob(cases + "/*"))


def read(*path):
    with open("/".join(path), "rb") as file:
        return file.read()


# ---- cut ----

def attached(case, copy):
    """The part message/rfc822 of a report, strictly as it has to look."""
    match = re.search(rb"\A(?:[^\r\n]+\r\n)+\r\n--(_[0-9a-f]{32}_)\r\n.*?"
                      rb"\r\n--\1\r\nContent-Type: message/rfc822\r\n"
                      rb"(?:Content-Transfer-Encoding: (?:8bit|binary)\r\n)?"
                      rb"\r\n(.*)\r\n--\1--\r\n\Z", copy, re.DOTALL)
    if not match:
        sys.exit(case + ": not the form of a report")
    return match.group(2)


def names_sender(path, facts):
    """Is it the sender in Return-Path?"""
    sender = facts["sender"] if facts["sender"] != "<>" else ""
    return path in (sender.encode(), sender.encode("cp1252", "replace"))


def cut(cases, copies, to, bcc):
    for case in names(cases):
        message = read(cases, case, "message")
        facts = json.loads(read(cases, case, "facts"))
        if json.loads(read(cases, case, "envelope"))["header_length"] == 0:
            message = b"\r\n" + message       # which ends our own header
        whole = read(copies, case + ".eml")
        if not bcc:
            whole = attached(case, whole)
        top = (BCC_TOP if bcc else REPORT_TOP).match(whole)
        if not top or not bcc and not names_sender(top.group(1), facts):
            sys.exit(case + ": other fields on top")
        if whole[top.end():] != message:
            sys.exit(case + ": not the message")
        with open("%s/%s.eml" % (to, case), "wb") as file:
            file.write(message if bcc else whole)


# ---- pick ----

def pick(cases, intake, cases_too, copies):
    by_id = {}
    for path in glob.glob(intake + "/[0-9]*.eml"):
        copy = read(path)
        by_id[re.search(rb"\r\nMessage-Id: (<[^\r]*>)", copy).group(1)] = copy
    for case in names(cases):
        message_id = json.loads(read(cases, case, "envelope"))["message_id"]
        if message_id.encode() in by_id:
            os.symlink(os.path.abspath(cases + "/" + case),
                       cases_too + "/" + case)
            with open("%s/%s.eml" % (copies, case), "wb") as file:
                file.write(by_id[message_id.encode()])


# ---- wrong ----

class Alone:
    """What is to be found of the message: its digests, however it is told."""

    def __init__(self, cut_files, told):
        self.told = told
        self.bytes, self.lines = {}, {}
        for case, raw in content(glob.glob(cut_files + "/*.eml")):
            self.bytes[case] = digest(raw)
            self.lines[case] = digest(raw.replace(b"\r\n", b"\n"))

    def of(self, reader, case, how):
        if how == "alone":
            return self.told[reader, case]["message"]
        return getattr(self, how)[case]


def differences(found, facts, alone, bcc):
    """The fields that are not as they have to be."""
    reader, case = found["reader"], found["case"]
    if "refused" in found:
        return {"refused"}
    wanted = dict(facts)
    if bcc:
        told = alone.told[reader, case]
        wanted["subject"], wanted["message"] = told["subject"], told["message"]
    elif found["as"] == "count":
        found, wanted["attached"] = {**found, "attached": len(
            found["attached"])}, 1
    else:
        wanted["attached"] = [alone.of(reader, case, found["as"])]
    return {key for key in wanted if key not in SILENT.get(reader, ()) and
            found.get(key) != wanted[key]}


def exceptions(path):
    for line in read(path).decode().split("\n"):
        if line and not line.startswith("#"):
            reader, case, fields = line.split("\t")[:3]
            yield reader, case, set(fields.split(","))


def idle(cases, table, found_files):
    readers = {json.loads(line)["reader"] for path in found_files
               for line in filter(None, read(path).decode().split("\n"))}
    for reader, case, _ in exceptions(table):
        if reader.split(" ")[0] not in readers or \
                not fnmatch.filter(names(cases), case):
            print(reader, case)


def expected(rows, reader, case):
    fields = set()
    for row in rows:
        if row[0] == reader and fnmatch.fnmatch(case, row[1]):
            fields |= row[2]
    return fields


def wrong(cases, cut_files, table, found_files, bcc):
    told, found = {}, {}
    for path in found_files:
        for line in filter(None, read(path).decode().split("\n")):
            row = json.loads(line)
            key = row["reader"], row["case"]
            (told if path.endswith(".alone") else found)[key] = row
    rows = list(exceptions(table))
    alone = Alone(cut_files, told)
    for case in names(cases):
        facts = json.loads(read(cases, case, "facts"))
        for reader in sorted({reader for reader, _ in found}):
            row = found.get((reader, case))
            bad = differences(row, facts, alone, bcc) if row else {"nothing"}
            fine = expected(rows, reader + (" -b" if bcc else ""), case)
            for field in sorted(bad - fine):
                print("%s\t%s\t%s\t%s" % (reader, case, field, json.dumps(
                    row.get(field) if row else None)[:300]))
            for field in sorted(fine - bad):
                print("%s\t%s\t%s\tis right, but an exception" %
                      (reader, case, field))
    if not found:
        print("nobody read anything")


verb, *rest = sys.argv[1:]
is_bcc = rest[0] == "-b"
rest = rest[1:] if is_bcc else rest
if verb == "cut":
    cut(*rest, is_bcc)
elif verb == "pick":
    pick(*rest)
elif verb == "idle":
    idle(rest[0], rest[1], rest[2:])
else:
    wrong(*rest[:3], rest[3:], is_bcc)
