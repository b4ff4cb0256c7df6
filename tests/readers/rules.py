#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# rules - reports by the rules of programs that take journals (see found.py)
#
#	piler		jsuto/piler, an archive
#	ace		ace-ecosystem/ACE, a scanner
#	centinela	nimaracyber/centinela, a scanner
#	openarchiver	maxx1337/OpenArchiver, an archive
#	rococo		EcorRouge/rococo-email-parser, a library
#	alsvc		Yberamos/alsvc_emlparser, for Assemblyline
#
# None of them can be installed by a test, so this is what they ask of a report,
# in our words: which lines they want, how they take them apart, and which
# report they refuse.  Each takes the reports that Exchange Online makes; what
# of ours one does not take is in the table of exceptions.  What becomes of a
# report afterwards is not here, nor that some of them compare addresses in
# lower case.
import email
import email.header
import email.policy
import re

from found import Refused, arguments, content, digest, tell

ADDRESS = re.compile(r'[^\s@<>,;:"()\[\]\\]{1,128}@[A-Za-z0-9][A-Za-z0-9.-]*')


def need(condition, why):
    if not condition:
        raise Refused(why)


# ---- bytes ----

def split_header(raw):
    """Header and body, at the first empty line."""
    if raw.startswith(b"\r\n"):
        return b"", raw[2:]
    header, _, body = raw.partition(b"\r\n\r\n")
    return header + b"\r\n", body


def fields(header):
    return email.message_from_bytes(header)


def split_parts(raw):
    """The parts of a multipart/mixed, byte for byte."""
    header, body = split_header(raw)
    outer = fields(header)
    need(outer.get_content_type() == "multipart/mixed", "no multipart/mixed")
    boundary = outer.get_boundary()
    need(boundary, "no boundary")
    line = b"--" + re.escape(boundary.encode()) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    pieces = re.split(b"(?:^|(?:\r\n|(?<!\r)\n))(?:%s)" % line, body)
    return outer, pieces[1:-1]


def text_of(part):
    """A part of text, decoded."""
    entity = email.message_from_bytes(part)
    return entity.get_payload(decode=True).decode(
        entity.get_content_charset("utf-8"), "replace")


def two_parts(raw):
    """The header, the report's text, and the message's bytes."""
    outer, parts = split_parts(raw)
    texts, messages = [], []
    for part in parts:
        header, body = split_header(part)
        kind = fields(header).get_content_type()
        need(kind in ("text/plain", "message/rfc822"), "a part " + kind)
        (texts if kind == "text/plain" else messages).append(
            part if kind == "text/plain" else body)
    need(len(texts) == 1, "%d texts" % len(texts))
    need(len(messages) == 1, "%d messages" % len(messages))
    return outer, text_of(texts[0]), messages[0]


# ---- the programs ----

def piler(raw):
    """Line by line: below the mark in the outer header, addresses in the lines
    To, Cc, Bcc and Recipient count, until the type message/rfc822 begins the
    message, whose own fields come next.  It knows of no encoding there."""
    recipients, marked, messages = [], False, []
    for line in raw.decode("latin-1").split("\n"):
        line = line.rstrip("\r")
        if line.startswith("X-MS-Journal-Report:"):
            recipients, marked = [], True
        if line.lower().startswith("content-type:") and \
                "message/rfc822" in line.lower():
            messages.append(b"")
            break
        name, _, value = line.partition(":")
        if marked and name.lower() in ("to", "cc", "bcc", "recipient"):
            recipients.append(value.split("Expanded:")[0].strip())
    need(marked, "not marked")
    return {"recipients": recipients, "attached": messages, "as": "count"}


def ace(raw):
    """The lines in this order, one after the other; a comma ends an address.
    The mark names the message's Message-ID, by which it is found."""
    outer, text, message = two_parts(raw)
    need("X-MS-Exchange-Parent-Message-Id" in outer, "not marked")
    block = re.search(r"^Sender: (.+?)^Subject: (.+?)^Message-Id: (.+?)"
                      r"^Recipient: ", text, re.DOTALL | re.MULTILINE)
    need(block, "no block of lines")
    message_id = fields(split_header(message)[0]).get("Message-ID", "").strip()
    need(message_id == outer["X-MS-Exchange-Parent-Message-Id"].strip(),
         "another Message-ID")
    recipients = re.findall(r"^Recipient: ([^,\n]+)", text, re.MULTILINE)
    return {"sender": block.group(1).strip(),
            "subject": block.group(2).strip(),
            "recipients": [address.strip() for address in recipients],
            "attached": [message], "as": "count"}


def header_text(value):
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return value


def same_text(one, other):
    one, other = (" ".join(text.split()).casefold() for text in (one, other))
    return one == other


def plain_address(value):
    value = value.strip().strip("<>").strip()
    need(ADDRESS.fullmatch(value), "address %r" % value)
    return value


def redirected(value):
    """A recipient, and at most two remarks on how it came to be one."""
    address, *remarks = value.split(",")
    need(len(remarks) <= 2 and all(re.fullmatch(
        r"\s*(?:expanded|forwarded)\s*:\s*<?[^<>\s]+>?\s*", remark, re.I)
        for remark in remarks), "remarks in %r" % value)
    return plain_address(address)


def same_message(values, message):
    """Does the text speak of this message?"""
    inner = fields(split_header(message)[0])
    message_id = inner.get("Message-ID")
    if values.get("message-id") and message_id:
        need(re.fullmatch(r"<?[^<>\s]{1,994}>?", values["message-id"]),
             "no message-id")
        need("".join(values["message-id"].split()).lower() ==
             "".join(str(message_id).split()).lower(), "another Message-ID")
    if values.get("subject"):
        raw = dict((k.lower(), str(v)) for k, v in
                   reversed(list(inner.raw_items()))).get("subject")
        need(raw is not None, "no subject in the message")
        raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        need(same_text(header_text(raw), values["subject"]), "another subject")


def centinela(raw):
    """The strictest: nothing but lines that it knows, plain addresses, and a
    text that speaks of the message that is there."""
    outer, text, message = two_parts(raw)
    need("X-MS-Journal-Report" in outer, "not marked")
    need(message.strip(), "an empty message")
    values, recipients = {}, []
    for line in filter(str.strip, text.split("\n")):
        match = re.match(r"(sender|subject|message-id|to|cc|bcc|recipient|"
                         r"on-behalf-of)[ \t]*:(.*)$", line.rstrip("\r"), re.I)
        need(match, "a line %r" % line)
        name, value = match.group(1).lower(), match.group(2).strip(" \t")
        if name in ("to", "cc", "bcc", "recipient"):
            recipients.append(redirected(value))
        else:
            values[name] = value
    if values.get("sender"):
        plain_address(values["sender"])
    same_message(values, message)
    return {"sender": values.get("sender"), "subject": values.get("subject"),
            "recipients": recipients, "attached": [message], "as": "bytes"}


def openarchiver(raw):
    """The first line shaped like a field, and one recipient at least; blanks
    and commas separate recipients, and a line with a blank in front goes on."""
    _, text, message = two_parts(raw)
    values, recipients, last = {}, [], None
    for line in filter(str.strip, re.split("\r\n|\r|\n", text)):
        match = re.match(r"([A-Za-z][A-Za-z0-9-]*)\s*:[ \t]?(.*)$", line)
        need(match or last, "a first line %r" % line)
        if match is None:
            values[last] += " " + line.strip()
            continue
        last, value = match.group(1).lower(), match.group(2).strip()
        if last == "recipient":
            recipients += filter(None, re.split(r"[,\s]+", value))
        values[last] = value
    need(recipients, "nobody got it")
    return {"sender": values.get("sender"), "subject": values.get("subject"),
            "recipients": recipients, "attached": [message], "as": "bytes"}


def rococo(raw):
    """A text in which a line Message-Id begins, and in the message that field;
    all else is taken from the message's header."""
    report = email.message_from_bytes(raw, policy=email.policy.default)
    need("X-MS-Journal-Report" in report, "not marked")
    text, *attached = report.iter_parts()
    need("\nmessage-id:" in text.get_content().lower(), "no line Message-Id")
    found = [part.get_payload(0) for part in attached
             if part.get_content_type() == "message/rfc822" and
             not part.is_attachment() and part.get_payload(0)["Message-ID"]]
    need(found, "no message with a Message-ID")
    return {"attached": found, "as": "count"}


def alsvc(raw):
    """Names as they are written, a blank after the colon, those of the message
    once; a comma in a recipient only before a remark."""
    report = email.message_from_bytes(raw)
    text, *attached = report.get_payload()
    values, recipients = {}, []
    for line in filter(str.strip, text_of(text.as_bytes()).split("\n")):
        name, blank, value = line.rstrip("\r").partition(": ")
        need(blank, "no ': ' in %r" % line)
        if name in ("To", "Cc", "Bcc", "Recipient"):
            value, comma, remark = value.partition(", ")
            need("," not in value, "a comma in %r" % value)
            need(not comma or re.match("(?:Expanded|Forwarded): ", remark),
                 "a remark %r" % remark)
            recipients.append(value)
            continue
        need(name in ("Sender", "Subject", "Message-Id", "On-Behalf-Of"),
             "a line %r" % line)
        need(name not in values, "%s twice" % name)
        values[name] = value
    for name in ("Sender", "Subject", "Message-Id"):
        need(name in values, "no %s" % name)
    return {"sender": values["Sender"], "subject": values["Subject"].strip(),
            "recipients": recipients, "attached": attached, "as": "count"}


def shown(found):
    """Digests for messages."""
    return {**found, "attached": [digest(message) if isinstance(
        message, bytes) else "" for message in found["attached"]]}


_, FILES = arguments()
for case, data in content(FILES):
    for rule in (piler, ace, centinela, openarchiver, rococo, alsvc):
        tell(rule.__name__, case, lambda: shown(rule(data)))
