# SPDX-License-Identifier: BSD-2-Clause
#
# found - what a reader finds in copies, for the readers in Python
#
#	mode, files = arguments()
#	for name, raw in content(files):
#		tell("reader", name, lambda: {...})
#
# Every reader here, in whatever language, is called in three ways,
#
#	reader FILE.eml...	journal reports
#	reader -b FILE.eml...	copies of journal_format = bcc
#	reader -m FILE.eml...	messages alone
#
# and prints a line of JSON for each file: "reader", "case" (the file's name)
# and
#
#	sender, subject, recipients	as the report's text or the X-CSE- fields
#			say; subject decoded
#	attached	a list, for each attached message a digest
#	as		what they are digests of: "bytes" of the message; "lines",
#			the same with LF for CRLF; "alone", whatever the reader
#			shows of a message, which has to be the same as for that
#			message alone; "count", of nothing
#	message		(-b, -m) the digest of what the reader shows of the message,
#			without our own fields
#	refused		in place of all these: why this is no report
import hashlib
import json
import os
import re
import sys


class Refused(Exception):
    """The reader does not take this for a report."""


def arguments():
    if sys.argv[1] in ("-b", "-m"):
        return sys.argv[1], sys.argv[2:]
    return "", sys.argv[1:]


def content(paths):
    for path in paths:
        with open(path, "rb") as file:
            yield os.path.basename(path)[:-4], file.read()


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


def tell(reader, name, read):
    try:
        found = read()
    except Exception as error:          # whatever a reader stumbles over
        found = {"refused": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps({"reader": reader, "case": name, **found}))


def lines(text):
    """The text of a report: each field once, but for one recipient or more."""
    values = {}
    for line in re.split("\r?\n", text):
        name, colon, value = line.partition(":")
        if line.strip() == "":
            continue
        if name not in ("Sender", "Subject", "Message-Id", "Recipient"):
            raise Refused("a line %r" % line)
        values.setdefault(name, []).append(value.strip())
    for name in ("Sender", "Subject", "Message-Id"):
        if len(values.get(name, [])) != 1:
            raise Refused("%d lines %s" % (len(values.get(name, [])), name))
    return {"sender": values["Sender"][0], "subject": values["Subject"][0],
            "recipients": values.get("Recipient", [])}


def listed(value):
    """The addresses of X-CSE-RcptTo."""
    return [address.strip() for address in
            re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",])+', value)]
