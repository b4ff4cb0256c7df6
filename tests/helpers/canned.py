#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""canned - an HTTP server whose answer the path chooses, also a bad one

    canned.py ADDRESS PORT LOG [CERT KEY [CA]]

With CERT and KEY it speaks TLS, with CA it wants a certificate of the client.
LOG gets a line for each request: the connection's number and the first line.
"ready" on standard output means what it says.
"""
import socket
import ssl
import sys
import threading
import time

LATER = 60


def head(status, body=b"", *fields):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def trickle(connection, piece, pause):
    for _ in range(int(LATER / pause) if pause else 1 << 30):
        connection.sendall(piece)
        time.sleep(pause)


def answer(connection, path, request):
    """Of each path; true: the connection may be used again."""
    what, _, rest = path.strip("/").partition("/")
    if what == "echo":
        connection.sendall(head("200 OK", request, "Content-Type: TEXT/Plain"))
    elif what == "status":
        connection.sendall(head(rest.replace("-", " "), b"sorry",
                                "Retry-After: 7", "Content-Type: a/b; c=d"))
    elif what == "interim":
        connection.sendall(b"HTTP/1.1 103 Hints\r\nRetry-After: 9\r\n\r\n" +
                           head("200 OK"))
    elif what == "redirect":
        connection.sendall(head("302 Found", b"", "Location: /echo/redirected",
                                "Set-Cookie: secret=1"))
    elif what == "login":
        connection.sendall(head("401 No", b"", 'WWW-Authenticate: Basic realm='
                                '"a, b"', "WWW-Authenticate: Negotiate YII="))
    elif what == "size":
        connection.sendall(head("200 OK", b"x" * int(rest)))
    elif what == "endless":
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                           b"\r\n")
        trickle(connection, b"1000\r\n" + b"x" * 4096 + b"\r\n", 0)
    elif what == "fields":
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        trickle(connection, b"X-Field: " + b"x" * 1000 + b"\r\n", 0)
    elif what == "trickle":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        trickle(connection, b"x", 0.1)
    elif what == "half":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nxx")
        return False
    elif what == "garbage":
        connection.sendall(b"220 mail.example ESMTP\r\n\x1b[31m\r\n\r\n")
        return False
    elif what == "hangup":
        connection.sendall(head("200 OK", b"bye"))
        return False
    elif what == "nothing":
        return False
    else:
        time.sleep(LATER)
    return True


def read_request(connection):
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return b""
        got += more
    fields, _, body = got.partition(b"\r\n\r\n")
    length = 0
    for field in fields.lower().split(b"\r\n"):
        if field.startswith(b"content-length:"):
            length = int(field.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    return fields + b"\r\n\r\n" + body


def serve(raw, number, context):
    try:
        connection = context.wrap_socket(raw, server_side=True) if context \
            else raw
        while request := read_request(connection):
            line = request.split(b"\r\n", 1)[0].decode("latin-1")
            with open(log, "a", encoding="utf-8") as out:
                print(number, line, file=out)
            if not answer(connection, line.split(" ")[1], request):
                break
        connection.close()
    except OSError:
        raw.close()


address, port, log, *tls = sys.argv[1:]
over = None
if tls:
    over = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    over.load_cert_chain(tls[0], tls[1])
    if len(tls) > 2:
        over.verify_mode = ssl.CERT_REQUIRED
        over.load_verify_locations(tls[2])
door = socket.create_server((address, int(port)))
print("ready", flush=True)
count = 0
while True:
    client, _ = door.accept()
    count += 1
    threading.Thread(target=serve, args=(client, count, over),
                     daemon=True).start()
