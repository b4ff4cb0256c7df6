#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# generate - messages that are hard to report, the same ones each time
#
#	generate.py DIR [PER_KIND]
#
# Makes directories DIR/KIND-NN with "message" and "envelope" as in
# tests/cases/report, and with "facts": what a reader of the report has to find,
# which is written here in other words than the composer's on purpose.  Facts
# are JSON: "sender", "subject" and "recipients".
import base64
import json
import os
import random
import sys

SEED = 20240216
LATIN = "Grüße äöü naïve ½ £ ß Ñandú".split()
WORLD = ["Übersicht", "Привет", "こんにちは", "你好", "Ελλάδα", "שלום", "🙂🎉",
         "naïve", "Łódź", "cafe\u0301"]
WORDS = ("report invoice order re: fw: meeting (draft) 50% a=b \"q\" [x] #7 "
         "--").split()

# Paths that need no more than RFC 5321's Dot-string and a name, ...
PLAIN = ["anna@b.example", "John.Doe@B.example", "user+ext@b.example",
         "a!#$%&'*+-/?^_`{|}~z@b.example", "postmaster@b.example",
         "o'neil@sub.b.example"]
# ... and others; a kind for each, as readers differ.
PATHS = {
    "literal": ["x@[192.0.2.7]", "x@[IPv6:2001:db8::7]"],
    "equals": ["prvs=0123abc=u@b.example", "bounce+user=a.example@b.example"],
    "long": ["u" * 64 + "@" + "d" * 60 + ".example"],
    "unicode-local": ["jörg@b.example", "Анна@b.example"],
    "unicode-domain": ["jörg@bücher.example", "用户@例子.example"],
    "quoted": ['"a..b"@b.example', '".a"@b.example', '""@b.example'],
    "quoted-blank": ['"g h"@b.example', '" x "@b.example'],
    "quoted-comma": ['"a,b"@b.example', '"Doe,J"@b.example'],
    "quoted-expanded": ['"a, Expanded: c@d.example"@b.example'],
    "quoted-forwarded": ['"a, Forwarded: c@d.example"@b.example'],
    "quoted-field": ['"Recipient: e@f.example"@b.example',
                     '"To: e@f.example"@b.example'],
    "quoted-escape": ['"a\\"b"@b.example', '"a\\\\b"@b.example',
                      '"a@b"@b.example', '"<a>"@b.example'],
}
# Quotes that are not needed are gone in a report.
UNQUOTED = [('"carl"@b.example', "carl@b.example"),
            ('"a.b+c"@b.example', "a.b+c@b.example")]


def as_is(path):
    """How it is written, and how a reader finds it."""
    return path, path


class Letter:
    """One message, its envelope, and what is to be found."""

    def __init__(self, rng):
        self.rng = rng
        self.sender = as_is(rng.choice(PLAIN))
        self.recipients = rng.sample([as_is(p) for p in PLAIN] + UNQUOTED,
                                     rng.randint(1, 4))
        self.fields = [b"From: Sam <s@x.example>", b"To: Ann <a@b.example>"]
        self.subject_text = " ".join(rng.sample(WORDS, 3))
        self.subject_field = b"Subject: " + self.subject_text.encode()
        self.message_id = "<%08x@x.example>" % rng.getrandbits(32)
        self.body = text(rng)
        self.raw = None                 # the whole message, if not of these
        self.more = {}                  # of the envelope

    def message(self):
        """Its bytes, and how many are its header."""
        if self.raw is not None:
            return self.raw, self.more.get("header_length", 0)
        fields = self.fields + [self.subject_field]
        if self.message_id:
            fields.append(b"Message-ID: " + self.message_id.encode())
        header = b"".join(f + b"\r\n" for f in fields if f) + b"\r\n"
        return header + self.body, len(header)


def text(rng, lines=6):
    """A body of plain lines."""
    return b"".join(b" ".join(w.encode() for w in rng.sample(WORDS, 4)) +
                    b"\r\n" for _ in range(rng.randint(1, lines)))


# ---- subjects ----

def word(raw, charset, how):
    if how == "b":
        return b"=?%s?b?%s?=" % (charset, base64.b64encode(raw))
    return b"=?%s?Q?%s?=" % (charset, b"".join(
        b"_" if c == 32 else b"=%02X" % c for c in raw))


def encoded(letter, pool, charset, how):
    """A subject in words of a charset, cut anywhere, also in a character."""
    rng = letter.rng
    letter.subject_text = " ".join(rng.sample(pool, min(3, len(pool))))
    raw = letter.subject_text.encode(charset)
    size = rng.randint(7, 40) if charset in ("utf-8", "iso-8859-1") else 999
    letter.subject_field = b"Subject: " + b"\r\n ".join(
        word(raw[i:i + size], charset.encode(), how)
        for i in range(0, len(raw), size))


def utf8_b(letter):
    encoded(letter, WORLD, "utf-8", "b")


def utf8_q(letter):
    encoded(letter, WORLD, "utf-8", "q")


def latin_1(letter):
    encoded(letter, LATIN, "iso-8859-1", letter.rng.choice("bq"))


def charsets(letter):
    pool, charset = letter.rng.choice([
        (["Привет", "мир"], "koi8-r"), (["Привет", "мир"], "windows-1251"),
        (["你好", "世界"], "gb2312"), (["こんにちは", "世界"], "iso-2022-jp"),
        (["こんにちは", "世界"], "shift_jis"), (["Łódź", "żółw"], "iso-8859-2"),
        (["안녕", "세계"], "euc-kr"), (["你好", "世界"], "big5")])
    encoded(letter, pool, charset, letter.rng.choice("bq"))


def injected(letter):
    """Words that hold the ends of lines, and further lines of a report."""
    end, seen = letter.rng.choice([
        ("\r\n", "??"), ("\n", "?"), ("\r", "?"), ("\x0b", "?"),
        ("\x85", "?"), ("\u2028", "?"), ("\u2029", "?"), ("\0", "?"),
        ("\x0c", "?"), ("\r\n\r\n", "????")])
    evil = letter.rng.choice(["Recipient: evil@x.example", "Subject: other",
                              "--_0123456789abcdef0123456789abcdef_--",
                              "Sender: evil@x.example"])
    raw = "one" + end + evil + end + "two"
    letter.subject_field = b"Subject: " + word(
        raw.encode(), b"utf-8", letter.rng.choice("bq"))
    letter.subject_text = "one" + seen + evil + seen + "two"


def undecodable(letter):
    letter.subject_text = letter.rng.choice(
        ["=?utf-8?Q?a=C3?=", "=?us-ascii?Q?=E4?="])
    letter.subject_field = b"Subject: " + letter.subject_text.encode()


def no_base64(letter):
    letter.subject_text = "=?utf-8?B?!!!?="
    letter.subject_field = b"Subject: " + letter.subject_text.encode()


def no_word(letter):
    letter.subject_text = letter.rng.choice([
        "=?x-unknown?Q?a?=", "=?utf-8?X?abc?=", "=?utf-8?Q?no end",
        "?= =? ?Q?"])
    letter.subject_field = b"Subject: " + letter.subject_text.encode()


def raw_utf8(letter):
    letter.subject_text = " ".join(letter.rng.sample(WORLD, 3))
    letter.subject_field = b"Subject: " + letter.subject_text.encode()


def raw_latin_1(letter):
    letter.subject_text = " ".join(letter.rng.sample(LATIN, 3)) + " Größe"
    letter.subject_field = b"Subject: " + letter.subject_text.encode("cp1252")


def no_subject(letter):
    letter.subject_field, letter.subject_text = letter.rng.choice(
        [(b"", ""), (b"Subject:", ""), (b"Subject: ", ""),
         (b"Subject:\r\n ", "")])


def folded_subject(letter):
    letter.subject_field = b"Subject: one\r\n\ttwo\r\n  three"
    letter.subject_text = "one\ttwo  three"


def two_subjects(letter):
    letter.fields.insert(0, letter.subject_field)
    letter.subject_field = b"Subject: a second one"


def long_subject(letter):
    word_count = letter.rng.randint(150, 900)
    words = [letter.rng.choice(WORDS) for _ in range(word_count)]
    letter.subject_text = " ".join(words)
    letter.subject_field = b"Subject: " + b"\r\n ".join(
        " ".join(words[i:i + 8]).encode() for i in range(0, word_count, 8))


# ---- envelopes ----

def null_sender(letter):
    letter.sender = ("", "<>")


def many(letter):
    letter.recipients = [as_is("r%d@b.example" % (i * 7919 % 997))
                         for i in range(letter.rng.randint(50, 400))]


def path_of(kind, subject=None):
    def make(letter):
        letter.recipients.insert(1, as_is(letter.rng.choice(PATHS[kind])))
        if subject:
            subject(letter)
    return make


def sender_of(kind):
    def make(letter):
        letter.sender = as_is(letter.rng.choice(PATHS[kind]))
    return make


def smtputf8(make):
    def make_it(letter):
        letter.more["smtputf8"] = True
        make(letter)
    return make_it


def byte_path(letter):
    """Bytes that are no UTF-8, which no RFC allows and Postfix may take."""
    path = letter.rng.choice(["j\xf6rg@b.example", "\xc4nne@b.example"])
    letter.recipients.append((path.encode("latin-1"), path))


def no_message_id(letter):
    letter.message_id = ""


def long_message_id(letter):
    letter.message_id = "<%s@x.example>" % ("m" * letter.rng.randint(200, 900))


# ---- messages ----

def boundaries(letter):
    letter.body = letter.rng.choice([
        b"--_0123456789abcdef0123456789abcdef\r\n",
        b"--_0123456789abcdef0123456789abcde_--\r\n",
        b"--\r\n----\r\n--_\r\n--__--\r\n",
        b"- --_x_\r\n --_0123456789abcdef0123456789abcdef_\r\n",
        b"--_0123456789ABCDEF0123456789ABCDEF_--\r\n"]) + letter.body


def multipart(close):
    def make(letter):
        letter.fields += [b"MIME-Version: 1.0",
                          b'Content-Type: multipart/mixed; boundary="b"']
        letter.body = b"pre\r\n--b\r\n\r\none\r\n--b\r\n" \
            b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64" \
            b"\r\n\r\nPGI+aGk8L2I+\r\n" + close
    return make


def no_boundary(letter):
    letter.fields.append(letter.rng.choice([
        b"Content-Type: multipart/mixed",
        b"Content-Type: multipart/mixed; boundary=",
        b'Content-Type: multipart/mixed; boundary="no end']))


def broken_mime(letter):
    letter.fields.append(letter.rng.choice([
        b"Content-Type: text/plain; charset=none-such",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Type: message/rfc822",
        b"Content-Type: ;;;"]))


def report_inside(letter):
    """A report in the report, as of a journal that is journaled."""
    letter.fields += [b"X-MS-Journal-Report:", b"MIME-Version: 1.0",
                      b'Content-Type: multipart/mixed;\r\n\tboundary="_in_"']
    letter.body = b"--_in_\r\nContent-Type: text/plain\r\n\r\n" \
        b"Sender: e@x.example\r\nSubject: inner\r\nMessage-Id: <i@x.example>" \
        b"\r\nRecipient: evil@x.example\r\n\r\n--_in_\r\n" \
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx\r\n" \
        b"--_in_--\r\n"


def ends(letter):
    letter.body = letter.rng.choice([
        b"", b"\r\n", b"no end of line", b"x\r\n\r\n\r\n\r\n", b"x\r\n ",
        b"\r\n\r\nx\r\n", b"x=\r\n", b"x\r\n.\r\n"])


def with_body(*bodies):
    def make(letter):
        letter.body = letter.rng.choice(bodies)
    return make


def nul(letter):
    letter.body = b"a\0b\r\n\0\0\r\n"


def eight_bit_body(letter):
    letter.body = letter.rng.choice([
        "Grüße 你好\r\n".encode() * 3, bytes(range(128, 256)) + b"\r\n"])


def random_bytes(letter):
    raw = bytes(letter.rng.getrandbits(8) for _ in range(3000))
    raw = raw.replace(b"\r", b"-").replace(b"\n", b"-").replace(b"\0", b"-")
    letter.body = b"".join(raw[i:i + 70] + b"\r\n"
                           for i in range(0, len(raw), 70))


def long_lines(letter):
    size = letter.rng.choice([998, 999, 2000, 70000])
    letter.body = b"x" * size + b"\r\nend\r\n"


def no_header(letter):
    letter.message_id = letter.subject_text = ""
    letter.raw = letter.rng.choice([b"\r\nbody only\r\n", b"\r\n", b""])
    letter.more["header_length"] = 2 if letter.raw else 0


def odd_fields(letter):
    letter.fields += letter.rng.choice([
        [b"X-Empty:"],
        [b"X-Long: " + b"y" * 900], [b"X-Fold:\r\n one\r\n\ttwo"],
        [b"X-Blank : x"], [b"X-8: \xff\xfe"], [b"X-N" + b"n" * 300 + b": x"]])


def no_colon(letter):
    letter.fields.append(b"no colon here")


def blank_line(letter):
    letter.fields.append(b"X-Fold: one\r\n ")


def no_name(letter):
    letter.fields.append(b": no name")


def trace(letter):
    """Fields that are put on top, of which there are some already."""
    letter.fields[:0] = [
        b"Return-Path: <other@x.example>", b"X-IronPort-RemoteIP: 198.51.100.1",
        b"Received: from a (a [198.51.100.1])\r\n\tby b; "
        b"Sat, 1 Jan 2000 00:00:00 +0000"]


KINDS = {
    "plain": lambda letter: None,
    "utf8-b": utf8_b, "utf8-q": utf8_q, "latin-1": latin_1,
    "charsets": charsets, "injected": injected, "undecodable": undecodable,
    "no-word": no_word, "no-base64": no_base64,
    "raw-utf8": raw_utf8, "raw-latin-1": raw_latin_1,
    "no-subject": no_subject, "folded-subject": folded_subject,
    "two-subjects": two_subjects, "long-subject": long_subject,
    "null-sender": null_sender, "many": many,
    "sender-equals": sender_of("equals"),
    "sender-literal": sender_of("literal"),
    "sender-quoted": sender_of("quoted-blank"),
    "equals-encoded": path_of("equals", utf8_b),
    "long-encoded": path_of("long", utf8_q),
    "sender-unicode": smtputf8(sender_of("unicode-domain")),
    "byte-path": byte_path,
    "no-message-id": no_message_id, "long-message-id": long_message_id,
    "boundaries": boundaries, "multipart": multipart(b"--b--\r\npost\r\n"),
    "multipart-open": multipart(b""), "multipart-begun": multipart(b"--b\r\n"),
    "no-boundary": no_boundary, "broken-mime": broken_mime,
    "report-inside": report_inside, "ends": ends,
    "stray-cr": with_body(b"a\rb\r\n", b"\ra\r\n"),
    "stray-cr-cr": with_body(b"a\r\r\nb\r\n"),
    "stray-cr-at-the-end": with_body(b"a\r", b"a\r\n\r"),
    "stray-lf": with_body(b"a\nb\r\n", b"a\n\n\nb\r\n", b"\na\r\n", b"a\n"),
    "nul": nul,
    "eight-bit-body": eight_bit_body, "random-bytes": random_bytes,
    "long-lines": long_lines, "no-header": no_header,
    "odd-fields": odd_fields, "no-colon": no_colon, "no-name": no_name,
    "blank-line": blank_line,
    "trace": trace,
}
KINDS.update({kind: path_of(kind) for kind in PATHS})
for name in ("unicode-local", "unicode-domain"):
    KINDS[name] = smtputf8(KINDS[name])


# ---- files ----

def spool_text(value):
    """As journal/envelope.h writes bytes that need not be UTF-8."""
    if isinstance(value, str):
        return value.replace("\\", "\\\\")
    return "".join(chr(c) if 32 <= c < 127 and c != 92 else "\\x%02x" % c
                   for c in value)


def envelope(letter, mid, message, header_length):
    lines = message.split(b"\r\n")
    stray = b"".join(lines)
    return {
        "mid": mid, "intake": "in@take.example",
        "sender": spool_text(letter.sender[0]),
        "recipients": [spool_text(path) for path, _ in letter.recipients],
        "queue_id": "4YbCdE3xkzz1V", "message_id": letter.message_id,
        "client_addr": "192.0.2.1", "client_name": "mx.x.example",
        "helo": "mail.x.example", "protocol": "ESMTPS",
        "gateway": "gw.example", "policy": "EMEA",
        "accepted": 1708118362123, "length": len(message),
        "header_length": header_length,
        "longest_line": max(len(line) for line in lines),
        "eight_bit": any(c > 127 for c in message),
        "smtputf8": letter.more.get("smtputf8", False),
        "binary": any(c in stray for c in b"\0\r\n")}


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)


def main(directory, per_kind=4):
    rng = random.Random(SEED)
    for mid, (kind, n) in enumerate((k, n) for k in KINDS
                                    for n in range(int(per_kind))):
        letter = Letter(rng)
        KINDS[kind](letter)
        message, header_length = letter.message()
        case = "%s/%s-%02d" % (directory, kind, n)
        os.makedirs(case)
        put(case + "/message", message)
        put(case + "/envelope", json.dumps(envelope(
            letter, mid, message, header_length)).encode() + b"\n")
        put(case + "/facts", json.dumps({
            "sender": letter.sender[1], "subject": letter.subject_text,
            "recipients": [seen for _, seen in letter.recipients]}).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
