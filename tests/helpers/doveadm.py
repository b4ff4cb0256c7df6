#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""doveadm.py - something that is not quite a doveadm HTTP API

doveadm.py PORT: plain HTTP on 127.0.0.1.  The first part of the path, which a
profile's url= has, says what it does: see ANSWERS and serve().  Each command it
is asked to run is printed on a line, before it is answered.
"""
import http.server
import json
import sys
import time

BOX = "0123456789abcdef0123456789abcdef"
ROW = {"mailbox-guid": BOX, "uid": "5", "guid": "g1", "mailbox": "INBOX",
       "hdr.message-id": "<id@x>", "flags": "\\Seen", "size.physical": "10",
       "date.received.unixtime": "1700000000", "hdr": "A: b\n\n",
       "text": "A: b\n\nc\n"}


def rows(*those):
    """The answer with these messages."""
    return json.dumps([["doveadmResponse", list(those), "tdc"]])


def row(**change):
    """A message that has something wrong."""
    return {**ROW, **{k.replace("_", "-"): v for k, v in change.items()}}


ANSWERS = {
    "good": rows(ROW),
    "empty": "",
    "text": "<html>It works!</html>",
    "object": "{}",
    "none": "[]",
    "two": json.dumps([["doveadmResponse", [], "tdc"]] * 2),
    "tag": json.dumps([["doveadmResponse", [ROW], "other"]]),
    "rows": json.dumps([["doveadmResponse", {"a": ROW}, "tdc"]]),
    "kind": json.dumps([["doveadmRequest", [ROW], "tdc"]]),
    "numbers": rows(row(uid=5)),
    "uid": rows(row(uid="5:*")),
    "uid0": rows(row(uid="0")),
    "uidbig": rows(row(uid="4294967296")),
    "box": rows(row(mailbox_guid="*")),
    "guid": rows(row(guid="")),
    "half": rows(ROW, row(uid="6", guid="g\n2")),
    "deep": "[" * 100000,
    "cut": rows(ROW)[:-5],
    "unasked": rows(row(**{"hdr.message-id": "<other@x>"})),
    "twins": rows(ROW, row(guid="g2")),
    "other": rows(row(guid="g2")),
    "exit0": json.dumps([["error", {"type": "exitCode", "exitCode": 0},
                          "tdc"]]),
    "exit999": json.dumps([["error", {"type": "exitCode", "exitCode": 999},
                            "tdc"]]),
    "method": json.dumps([["error", {"type": "unknownMethod", "exitCode": 0},
                           "tdc"]]),
    "escape": rows(row(mailbox="\x1b]0;evil\x07\n")),
}


class Handler(http.server.BaseHTTPRequestHandler):
    """One request, answered as its path says."""

    def reply(self, status, body):
        """Status and body; the length is that of the body."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def endless(self):
        """Rows without end."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'[["doveadmResponse",[')
        while True:
            self.wfile.write((json.dumps(ROW) + ",").encode() * 1000)

    def do_POST(self):
        """Any command."""
        how = self.path.split("/")[1]
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        print(how, json.loads(asked)[0][0], flush=True)
        if how == "hang":
            time.sleep(60)
        elif how == "close":
            self.connection.close()
        elif how == "endless":
            self.endless()
        elif how.startswith("http"):
            self.reply(int(how[4:]), b"no")
        elif how in ANSWERS:
            self.reply(200, ANSWERS[how].encode())
        else:
            self.reply(200, json.dumps([["error", {
                "type": "exitCode", "exitCode": int(how[4:])},
                "tdc"]]).encode())

    def log_message(self, *args):
        """Nobody reads that."""


class Server(http.server.ThreadingHTTPServer):
    """Who breaks off is not worth a word."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
print("listening", flush=True)
server.serve_forever()
