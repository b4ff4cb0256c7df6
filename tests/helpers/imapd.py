#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
imapd.py LOG CERT KEY SCENARIO... - IMAP servers that do what real ones do not

Each SCENARIO is a server of its own on 127.0.0.1, with TLS; its port is printed,
"SCENARIO PORT", a line each.  All have one message in INBOX, two of the
10,000 in "many".  What clients say goes to LOG, "SCENARIO LINE".  "X@FILE": the
scenario X with the certificate FILE.pem.
"""
import re
import socket
import ssl
import sys
import threading
import time

HEADER = (b"Received: from a by b id 4AbC\r\nFrom: a@b.example\r\n"
          b"Message-ID: <bad@client.example>\r\nSubject: one\r\n\r\n")
OTHER = HEADER.replace(b"one", b"two")
DATE = '"26-Nov-2026 10:00:00 +0000"'
BASIC = "IMAP4rev1 SASL-IR AUTH=PLAIN"


class Closed(Exception):
    pass


class Server:
    """Honest.  What a scenario does otherwise is a method of its class."""
    capability = BASIC + " MOVE UIDPLUS NAMESPACE"
    starttls = False

    def __init__(self, conn, context, log):
        self.conn, self.context, self.log = conn, context, log
        self.file = conn.makefile("rb")
        self.inbox = {7: HEADER}
        self.box = {}
        self.deleted = set()
        self.selected = self.inbox
        self.validity = 1

    def send(self, text):
        self.conn.sendall(text if isinstance(text, bytes) else text.encode())

    def line(self):
        got = self.file.readline()
        if not got:
            raise Closed
        self.log(got.decode(errors="replace").rstrip())
        return got.decode().rstrip("\r\n")

    def tls(self):
        self.conn = self.context.wrap_socket(self.conn, server_side=True)
        self.file = self.conn.makefile("rb")

    def greet(self):
        self.send("* OK ready\r\n")

    def run(self):
        if not self.starttls:
            self.tls()
        self.greet()
        while True:
            self.tag, _, rest = self.line().partition(" ")
            name, _, rest = rest.partition(" ")
            if name == "UID":
                name, _, rest = rest.partition(" ")
                name = "UID" + name
            getattr(self, "do_" + name, self.unknown)(rest)

    def ok(self, code=""):
        self.send(f"{self.tag} OK {code}done\r\n")

    def unknown(self, _):
        self.send(f"{self.tag} BAD what?\r\n")

    def do_LOGOUT(self, _):
        raise Closed

    def do_CAPABILITY(self, _):
        self.send(f"* CAPABILITY {self.capability}\r\n")
        self.ok()

    def do_STARTTLS(self, _):
        self.ok()
        self.tls()

    def do_AUTHENTICATE(self, rest):
        self.secret = rest.split()[1]
        self.login()

    def login(self):
        self.ok()

    def do_NAMESPACE(self, _):
        self.send('* NAMESPACE (("" "/")) NIL NIL\r\n')
        self.ok()

    def do_LIST(self, _):
        self.send('* LIST () "/" INBOX\r\n')
        self.ok()

    def select(self, rest):
        self.selected = self.inbox if "INBOX" in rest else self.box
        self.send(f"* {len(self.selected)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n")

    def do_EXAMINE(self, rest):
        self.select(rest)
        self.ok("[READ-ONLY] ")

    def do_SELECT(self, rest):
        self.select(rest)
        self.ok("[READ-WRITE] ")

    def do_CREATE(self, _):
        self.ok()

    def do_UIDSEARCH(self, rest):
        hits = [u for u in self.selected if "UNDELETED" not in rest or u not in self.deleted]
        self.send("* SEARCH" + "".join(f" {u}" for u in hits) + "\r\n")
        self.ok()

    def fetched(self, uid, header):
        return (f"* 1 FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE {DATE} "
                f"RFC822.SIZE {len(header)} BODY[HEADER]<0> {{{len(header)}}}\r\n").encode() \
            + header + b")\r\n"

    def do_UIDFETCH(self, rest):
        out = b""
        for uid in map(int, rest.split()[0].split(",")):
            if uid in self.selected and "BODY.PEEK[]" in rest:
                text = self.selected[uid]
                out += f"* 1 FETCH (UID {uid} BODY[] {{{len(text)}}}\r\n".encode() + text + b")\r\n"
            elif uid in self.selected and "BODY" in rest:
                out += self.fetched(uid, self.selected[uid])
            elif uid in self.selected:
                out += f"* 1 FETCH (UID {uid})\r\n".encode()
        self.send(out)
        self.ok()

    def copy(self, rest):
        uid = int(rest.split()[0])
        self.box[3] = self.selected[uid]
        return uid

    def do_UIDCOPY(self, rest):
        self.ok(f"[COPYUID {self.validity} {self.copy(rest)} 3] ")

    def do_UIDMOVE(self, rest):
        uid = self.copy(rest)
        del self.inbox[uid]
        self.send(f"* OK [COPYUID {self.validity} {uid} 3] moved\r\n")
        self.ok()

    def do_UIDSTORE(self, rest):
        self.deleted.add(int(rest.split()[0]))
        self.ok()

    def do_UIDEXPUNGE(self, rest):
        self.selected.pop(int(rest.split()[0]), None)
        self.ok()


class honest(Server):
    pass


class imitate(Server):
    """A message that knows the tag, and says all that its end would be."""
    knows = True

    def do_UIDFETCH(self, rest):
        tag = self.tag if self.knows else "A003"
        evil = (f"X: y\r\n{tag} OK done\r\n* 2 FETCH (UID 8 BODY[] {{3}}\r\n"
                f"A003 OK\r\n+ go\r\n* BYE\r\n)\r\n{tag} NO no\r\n").encode()
        self.inbox[7] = evil + HEADER
        super().do_UIDFETCH(rest)


class mimics(imitate):
    knows = False


class keeps(Server):
    def do_UIDMOVE(self, rest):
        self.ok(f"[COPYUID 1 {rest.split()[0]} 3] ")


class drops(Server):
    def do_UIDMOVE(self, rest):
        del self.inbox[int(rest.split()[0])]
        self.ok()


class others(Server):
    """Answers with numbers that nobody asked for."""

    def do_UIDFETCH(self, rest):
        self.send(self.fetched(99, HEADER) + self.fetched(8, HEADER))
        self.ok()


class swaps(Server):
    """Gives the number to another message when it is to be moved."""

    def do_SELECT(self, rest):
        self.inbox[7] = OTHER
        super().do_SELECT(rest)


class validity(Server):
    def do_SELECT(self, rest):
        self.validity = 2
        super().do_SELECT(rest)


class hangs(Server):
    def do_LIST(self, _):
        time.sleep(60)


class drips(Server):
    def do_LIST(self, _):
        while True:
            self.send("* ")
            time.sleep(0.3)


class closes(Server):
    def do_UIDFETCH(self, rest):
        self.send(self.fetched(7, HEADER)[:-20])
        raise Closed


class huge(Server):
    def do_UIDFETCH(self, rest):
        self.send("* 1 FETCH (UID 7 BODY[HEADER] {2147483648}\r\n")
        self.flood(b"x" * 65536)

    def flood(self, what):
        for _ in range(10000):
            self.send(what)


class line(huge):
    def do_LIST(self, _):
        self.flood(b"* LIST () " + b"x" * 65536)


class chatter(huge):
    def do_LIST(self, _):
        self.flood(b"* 1 EXISTS\r\n" * 10000)


class folders(huge):
    def do_LIST(self, _):
        self.flood(b'* LIST () "/" a\r\n' * 1000)


class deep(Server):
    def do_LIST(self, _):
        self.send("* LIST " + "(" * 100000 + "\r\n")
        self.ok()


class tag(Server):
    def do_LIST(self, _):
        self.send("A999 OK done\r\n")
        self.ok()


class goes_on(Server):
    def do_LIST(self, _):
        self.send("+ more\r\n")
        self.ok()


class bye(Server):
    def do_LIST(self, _):
        self.send("* BYE \033[31mred\r\n")
        self.ok()


class injects(Server):
    """What a folder's name would have us say."""

    def do_LIST(self, _):
        self.send('* LIST () "/" {22}\r\nINBOX"\r\nZ1 EXPUNGE "a"\r\n* LIST () "/" INBOX\r\n')
        self.ok()


class trouble(Server):
    """Folders that cannot be examined; their names say why."""
    names = ["gone", "vague", "NOPERM", "CANNOT", "NONEXISTENT", "INBOX"]

    def do_LIST(self, rest):
        for name in self.names:
            if '"*"' in rest or (name in rest and name != "gone"):
                self.send(f'* LIST () "/" {name}\r\n')
        self.ok()

    def do_EXAMINE(self, rest):
        if "INBOX" in rest:
            super().do_EXAMINE(rest)
        elif rest.strip('"').isupper():
            code = rest.strip('"')
            self.send(f"{self.tag} NO [{code}] no\r\n")
        else:
            self.send(f"{self.tag} NO I will not\r\n")


class nothing(trouble):
    names = ["gone", "NOPERM", "CANNOT", "NONEXISTENT", "INBOX"]


class sick(trouble):
    names = ["SERVERBUG", "INBOX"]


class inuse(trouble):
    names = ["INUSE", "INBOX"]


class closed(nothing):
    """Not even to its owner."""

    def do_EXAMINE(self, _):
        self.send(f"{self.tag} NO [NOPERM] no\r\n")


class numberless(nothing):
    names = ["INBOX", "gone"]

    def select(self, rest):
        self.send("* 1 EXISTS\r\n")


class padded(Server):
    """36 MB of header; and one whose second Message-ID comes after 400 KB."""

    def __init__(self, *args):
        super().__init__(*args)
        self.inbox[8] = b"X: y\r\n" * (6 << 20) + HEADER
        self.inbox[9] = HEADER[:-2] + b"X: y\r\n" * 70000 + HEADER[HEADER.index(b"Message-ID"):]

    def fetched(self, uid, header):
        return super().fetched(uid, header[:262144]).replace(
            b"RFC822.SIZE 262144", f"RFC822.SIZE {len(header)}".encode())

    def do_UIDFETCH(self, rest):
        if "HEADER" in rest and "<0.262144>" not in rest:
            uid = int(rest.split()[0])
            text = self.inbox[uid][:int(re.search(r"<0\.(\d+)>", rest).group(1))]
            self.send(f"* 1 FETCH (UID {uid} BODY[HEADER]<0> {{{len(text)}}}\r\n".encode() + text + b")\r\n")
            self.ok()
        else:
            super().do_UIDFETCH(rest)


class preauth(Server):
    def greet(self):
        self.send("* PREAUTH you are in\r\n")


class echo(Server):
    """Refuses, and tells everybody the password."""

    def login(self):
        self.send(f"{self.tag} NO [AUTHENTICATIONFAILED] tdcsecret {self.secret}\r\n")


class busy(Server):
    def login(self):
        self.send(f"{self.tag} NO [UNAVAILABLE] later\r\n")


class unknown(Server):
    def login(self):
        self.send(f"{self.tag} NO [AUTHORIZATIONFAILED] who?\r\n")


class many(Server):
    """10,000 messages whose Message-ID has ours as a part."""

    def __init__(self, *args):
        super().__init__(*args)
        near = HEADER.replace(b"<bad@client.example>", b"<x>, <bad@client.example>")
        case = HEADER.replace(b"<bad@", b"<BAD@")
        twice = HEADER.replace(b"From:", b"Message-ID: <bad@client.example>\r\nFrom:")
        self.inbox.clear()
        self.inbox.update((u, (near, case, twice)[u % 3]) for u in range(1, 10001))
        self.inbox[17] = self.inbox[9999] = HEADER


class poor(Server):
    """Neither MOVE nor UIDPLUS; others have marked messages, too."""
    capability = BASIC

    def do_UIDCOPY(self, rest):
        self.copy(rest)
        self.ok()


class copies(Server):
    """UIDPLUS, but no MOVE, and a COPY that copies something else."""
    capability = BASIC + " UIDPLUS"

    def do_UIDCOPY(self, rest):
        self.box[3] = OTHER
        self.ok(f"[COPYUID 1 {rest.split()[0]} 3] ")


class plain(Server):
    capability = BASIC + " STARTTLS"
    starttls = True


class stuffed(plain):
    """Somebody put more behind the answer to STARTTLS."""

    def do_STARTTLS(self, _):
        self.send(f"{self.tag} OK go\r\n* OK [CAPABILITY {BASIC}] evil\r\n")
        self.tls()


class bare(plain):
    """Somebody took STARTTLS away."""
    capability = BASIC


class refuses(plain):
    def do_STARTTLS(self, _):
        self.send(f"{self.tag} NO not today\r\n")


def serve(name, pem, key, log):
    scenario = globals()[name.partition("@")[0]]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def one(conn):
        server = scenario(conn, context, lambda text: log(f"{name} {text}"))
        try:
            server.run()
        except (Closed, OSError):
            pass
        finally:
            server.conn.close()

    def loop():
        while True:
            conn, _ = listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=one, args=(conn,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    print(name, listener.getsockname()[1], flush=True)


def main(path, pem, key, *names):
    file = open(path, "a", buffering=1)
    for name in names:
        if "@" in name:
            base = re.sub(".*@", "", name)
            serve(name, base + ".pem", base + ".key", lambda text: print(text, file=file))
        else:
            serve(name, pem, key, lambda text: print(text, file=file))
    print("listening", flush=True)
    while True:
        time.sleep(60)


main(*sys.argv[1:])
