#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""etd - a double of the API of Secure Email Threat Defense

    etd.py ADDRESS PORT CERT KEY DIRECTORY

Token, search and status as Cisco's documents say: a token for an hour, x-api-key,
windows of 32 days at most, 90 days back and not too near to now, pages of 100
at most, two requests a second with each token, a quota a day.  What lies in
DIRECTORY is read at every request, so a test changes what it likes meanwhile:

    credentials     lines client_id =, password =, api_key =
    messages/*.json one message each, as search answers it; what begins with
                    "_" is not told, and "_history" is what status tells
    conduct         lines NAME VALUE: life (of a token, s) and uses (of it),
                    quota (requests a day), clock (s that ours is ahead), page
                    (messages at most)
    faults          lines PATH TIMES WHAT [ARGUMENT]: so many requests to that
                    path (token, search, status) are answered badly, see FAULTS;
                    writing the file anew begins anew
    log             written: a line of JSON for each request

"ready" on standard output means what it says.
"""
import base64
import http.server
import json
import os
import re
import secrets
import ssl
import sys
import threading
import time
from datetime import datetime, timezone
from email.utils import formatdate

address, port, cert, key, directory = sys.argv[1:]
DAY = 86400
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
VERDICTS = {"spam", "malicious", "phishing", "graymail", "neutral", "bec",
            "scam", "noVerdict"}
PATHS = {"/v1/oauth/token": "token", "/v1/messages/search": "search",
         "/v1/messages/status": "status"}
lock = threading.Lock()
tokens = {}             # TOKEN: when it ends
pages = {}              # PAGE TOKEN: (query, offset)
recent = {}             # TOKEN: times of its last requests
used = {}               # TOKEN: how many they were
counted = {}            # DAY: requests
faults = {"text": None, "left": []}


class Refused(Exception):
    """status, message, fields"""


def place(name):
    return os.path.join(directory, name)


def lines(name):
    try:
        with open(place(name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def conduct(name, default):
    for line in lines("conduct").splitlines():
        if line.split()[:1] == [name]:
            return float(line.split()[1])
    return default


def credentials():
    pairs = (line.split("=", 1) for line in lines("credentials").splitlines()
             if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def now():
    return time.time() + conduct("clock", 0)


def messages():
    """All of them, the newest first."""
    found = []
    for name in os.listdir(place("messages")):
        if name.endswith(".json"):
            with open(place("messages/" + name), encoding="utf-8") as file:
                found.append(json.load(file))
    return sorted(found, key=lambda m: str(m["timestamp"]), reverse=True)


def seconds(text):
    if not isinstance(text, str) or not TIME.fullmatch(text):
        raise Refused(400, "Invalid daterange")
    text = re.sub(r"(\.\d{1,6})\d*Z", r"\1Z", text)
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.strptime(text, form).replace(
        tzinfo=timezone.utc).timestamp()


def told(message):
    return {name: value for name, value in message.items()
            if not name.startswith("_")}


# ---- what is asked ----

def token(fields, _):
    mine = credentials()
    basic = f"{mine['client_id']}:{mine['password']}".encode()
    if fields.get("authorization") != \
            "Basic " + base64.b64encode(basic).decode():
        raise Refused(401, "Unauthorized")
    made = "eyJ" + secrets.token_urlsafe(600)
    tokens[made] = time.time() + conduct("life", 3600)
    return {"accessToken": made, "tokenType": "Bearer"}


def window(body):
    dates = body.get("timestamp")
    if not isinstance(dates, list) or len(dates) != 2:
        raise Refused(400, "Invalid daterange")
    first, last = map(seconds, dates)
    if first >= last or last - first > 32 * DAY or \
            first < now() - 90 * DAY or last > now() - 240:
        raise Refused(400, "Invalid daterange")
    return first, last


def matches(message, first, last, verdicts):
    at = message["timestamp"]
    at = seconds(at) if isinstance(at, str) else at / 1000
    verdict = message.get("verdict")
    if isinstance(verdict, dict):
        verdict = verdict.get("category", verdict.get("verdict"))
    return first <= at <= last and (not verdicts or verdict in verdicts)


def search(_, body):
    size, verdicts = body.get("pageSize", 100), body.get("verdicts", [])
    if not isinstance(size, int) or not 1 <= size <= 100 or \
            not set(verdicts) <= VERDICTS:
        raise Refused(400, "Unable to deserialize request body")
    first, last = window(body)
    size = min(size, int(conduct("page", 100)))
    query = json.dumps([body["timestamp"], verdicts])
    offset = 0
    if "pageToken" in body:
        asked, offset = pages.get(body["pageToken"], (None, 0))
        if asked != query:
            raise Refused(400, "Invalid pageToken")
    found = [m for m in messages() if matches(m, first, last, verdicts)]
    answer = {"totalSize": len(found), "data": {
        "messages": [told(m) for m in found[offset:offset + size]]}}
    if offset + size < len(found):
        following = secrets.token_urlsafe(24) + "=="
        pages[following] = (query, offset + size)
        answer["nextPageToken"] = following
    return answer


def status(_, body):
    if not isinstance(body.get("id"), str) or len(body) != 1:
        raise Refused(400, "Unable to deserialize request body")
    for message in messages():
        if message.get("id") != body["id"]:
            continue
        verdict = message.get("verdict")
        if isinstance(verdict, dict):
            verdict = verdict.get("category", verdict.get("verdict"))
        history = message.get("_history", [{
            "timestamp": message["timestamp"], "verdict": verdict}])
        return {"data": {"actions": [], "verdicts": history[-5:],
                         "id": body["id"]}}
    raise Refused(404, "message not found")


ANSWERS = {"token": token, "search": search, "status": status}


# ---- what may be asked ----

def admit(fields, what):
    """As the gateway of the service does, before it looks at the request."""
    today = int(now() // DAY)
    counted[today] = counted.get(today, 0) + 1
    if counted[today] > conduct("quota", 10000):
        raise Refused(429, "Limit Exceeded")
    if fields.get("x-api-key") != credentials()["api_key"]:
        raise Refused(403, "Forbidden")
    if what == "token":
        return
    kind, _, mine = (fields.get("authorization") or "").partition(" ")
    if kind != "Bearer" or mine not in tokens:
        raise Refused(401, "Unauthorized")
    times = recent.setdefault(mine, [])
    times.append(time.monotonic())
    del times[:-3]
    if len(times) == 3 and times[2] - times[0] < 0.95:
        raise Refused(429, "Too Many Requests", {"Retry-After": "1"})
    used[mine] = used.get(mine, 0) + 1
    if tokens[mine] < time.time() or used[mine] > conduct("uses", 1e9):
        raise Refused(401, "Token expired, generate new token to proceed")


def fault(what):
    """The words of the next one for that path, used up; or []."""
    text = lines("faults")
    if text != faults["text"]:
        faults["text"] = text
        faults["left"] = [line.split(" ") for line in text.splitlines()]
    for words in faults["left"]:
        if words[0] == what and int(words[1]) > 0:
            words[1] = str(int(words[1]) - 1)
            return words[2:]
    return []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "etd"
    sys_version = ""

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return formatdate(now(), usegmt=True)

    def note(self, code, body, **more):
        with open(place("log"), "a", encoding="utf-8") as out:
            json.dump({"at": round(time.time(), 3), "path": self.path,
                       "status": code, "peer": self.client_address[0],
                       "body": body, "fields": sorted(
                           name.lower() for name in self.headers), **more},
                      out)
            out.write("\n")

    def answer(self, code, body, fields=()):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(fields).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # What a fault is: each gets its argument, and whether there is an answer.

    def bad_status(self, code="500", after=""):
        self.answer(int(code), {"message": "so it is\x1b[31m"},
                    {"Retry-After": after} if after else {})

    def bad_html(self):
        self.answer(200, b"<html>Please log in</html>",
                    {"Content-Type": "text/html"})

    def bad_cut(self):
        self.answer(200, b'{"data": {"messages": [{"id": "1", "verd')

    def bad_body(self, *words):
        self.answer(200, " ".join(words).encode())

    def bad_redirect(self):
        self.answer(302, b"", {"Location": "https://localhost:1/elsewhere"})

    def bad_huge(self, megabytes="64"):
        self.send_response(200)
        self.send_header("Content-Length", str(int(megabytes) << 20))
        self.end_headers()
        for _ in range(int(megabytes)):
            self.wfile.write(b" " * (1 << 20))

    def bad_slow(self, pause="5"):
        time.sleep(float(pause))
        self.close_connection = True

    def bad_close(self):
        self.close_connection = True

    def bad_again(self, following="same"):
        """Pages without an end: the same token, or always another."""
        self.answer(200, {"data": {"messages": []}, "nextPageToken":
                          following if following == "same" else
                          secrets.token_hex(8)})

    def do_POST(self):
        what = PATHS.get(self.path)
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        words = fault(what)
        if words:
            self.note(0, raw.decode("utf-8", "replace"), fault=words)
            getattr(self, "bad_" + words[0])(*words[1:])
            return
        code, body, fields = 200, {}, {}
        with lock:
            try:
                if what is None:
                    raise Refused(404, "Not Found")
                admit(self.headers, what)
                body = json.loads(raw) if raw else {}
                answer = ANSWERS[what](self.headers, body)
            except json.JSONDecodeError:
                code, answer = 400, {"message": "Unable to deserialize "
                                     "request body"}
            except Refused as refused:
                code, message, *more = refused.args
                answer, fields = {"message": message}, dict(*more)
            self.note(code, body)
        self.answer(code, answer, fields)

    def do_GET(self):
        self.note(405, "")
        self.answer(405, {"message": "Method Not Allowed"})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_2
context.load_cert_chain(cert, key)
server = Server((address, int(port)), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True,
                                    do_handshake_on_connect=False)
print("ready", flush=True)
server.serve_forever()
