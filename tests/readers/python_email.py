#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# python_email - copies as Python's own email package reads them (found.py)
#
# It keeps no bytes of an attached message, but a tree that it writes out again.
import email
import email.policy
import re

from found import Refused, arguments, content, digest, lines, listed, tell

OURS = re.compile(rb"\A(?:X-CSE-[^\n]*\n(?:[ \t][^\n]*\n)*)+"
                  rb"Received: [^\n]*\n(?:[ \t][^\n]*\n)*")


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def written(message):
    """The message again, with its lines as they came."""
    return message.as_bytes(policy=email.policy.compat32.clone(
        linesep="\r\n", max_line_length=0, mangle_from_=False))


def sound(part, wanted):
    if part.get_content_type() != wanted or part.defects:
        raise Refused("%s %s" % (part.get_content_type(), part.defects))
    return part


def report(raw):
    text, *attached = sound(parse(raw), "multipart/mixed").iter_parts()
    found = lines(sound(text, "text/plain").get_content())
    messages = [digest(written(sound(part, "message/rfc822").get_payload(0)))
                for part in attached]
    return {**found, "attached": messages, "as": "alone"}


def subject(message):
    return str(message.get("Subject", ""))


def plain(raw):
    message = parse(raw)
    return {"sender": message["X-CSE-MailFrom"], "subject": subject(message),
            "recipients": listed(message["X-CSE-RcptTo"]),
            "message": digest(OURS.sub(b"", written(message)))}


def alone(raw):
    message = parse(raw)
    return {"subject": subject(message), "message": digest(written(message))}


MODE, FILES = arguments()
READ = {"": report, "-b": plain, "-m": alone}[MODE]
for case, data in content(FILES):
    tell("python-email", case, lambda: READ(data))
