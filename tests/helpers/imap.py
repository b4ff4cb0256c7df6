#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
imap.py PORT USER PASSWORD AUTHZID|- VERB ARGUMENT... - IMAP with TLS, at localhost

	create FOLDER
	append FOLDER FILE [FLAGS [DATE [COUNT]]]
	count FOLDER			how many messages are in it
	show FOLDER			flags (sorted, without \\Recent) and the time,
					seconds since 1970, of each
	body FOLDER			the octets of its first message
	folders				all names, subscribed ones with a "+"
	delete FOLDER
	empty FOLDER
	setacl FOLDER USER RIGHTS
"""
import imaplib
import ssl
import sys
import time


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def told(answer):
    status, data = answer
    if status != "OK":
        sys.exit(f"imap.py: {status} {data}")
    return data


def append(imap, folder, path, flags="", date=None, count="1"):
    with open(path, "rb") as file:
        text = file.read()
    when = f'"{date}"' if date else imaplib.Time2Internaldate(time.time())
    for _ in range(int(count)):
        told(imap.append(quoted(folder), f"({flags})", when, text))


def show(imap, folder):
    told(imap.select(quoted(folder), readonly=True))
    for line in told(imap.fetch("1:*", "(FLAGS INTERNALDATE)")):
        if line is None:
            continue
        flags = [f.decode() for f in imaplib.ParseFlags(line)]
        when = time.mktime(imaplib.Internaldate2tuple(line))
        print(*sorted(f for f in flags if f != "\\Recent"), int(when))


def body(imap, folder):
    told(imap.select(quoted(folder), readonly=True))
    sys.stdout.buffer.write(told(imap.fetch("1", "(BODY.PEEK[])"))[0][1])


def folders(imap):
    subscribed = told(imap.lsub())
    for line in told(imap.list()):
        name = line.decode().rsplit('" ', 1)[-1].strip('"')
        mark = "+" if any(s and s.decode().endswith(line.decode().rsplit('" ', 1)[-1])
                          for s in subscribed) else ""
        print(mark + name)


def empty(imap, folder):
    told(imap.select(quoted(folder)))
    told(imap.store("1:*", "+FLAGS.SILENT", "(\\Deleted)"))
    told(imap.expunge())


VERBS = {
    "append": append, "show": show, "body": body, "empty": empty,
    "folders": folders,
    "create": lambda imap, folder: told(imap.create(quoted(folder))),
    "setacl": lambda imap, *words: told(imap.setacl(*words)),
    "delete": lambda imap, folder: told(imap.delete(quoted(folder))),
    "count": lambda imap, folder: print(
        told(imap.select(quoted(folder), readonly=True))[0].decode()),
}


def main(port, user, password, authzid, verb, *arguments):
    context = ssl._create_unverified_context()
    imap = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=context)
    asked = "" if authzid == "-" else authzid
    told(imap.authenticate("PLAIN", lambda _: f"{asked}\0{user}\0{password}".encode()))
    VERBS[verb](imap, *arguments)
    imap.logout()


main(*sys.argv[1:])
