#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# layers - who may include, log and make durable: sh tests/lint/layers.sh [DIR]
#
# One line for each offence below DIR (default: this tree); exit status 1 when
# there is one.
#
#	milter    -> policy journal base	only milter uses libmilter,
#	forward   ->        journal base	only forward libunbound
#	remediate -> policy/table policy/pattern history journal base
#	control   -> policy journal base
#	policy    ->                base, but its log and its daemon
#	journal   ->                base
#	history   ->        journal base
#	base      -> nothing of ours
#
# OpenSSL is for forward, history and remediate, libcurl for forward and
# remediate/http, SQLite for history and remediate/state, libxml2 for
# remediate/ews, libseccomp for base/sandbox.
#
# A folder may have rooms, each a layer of its own.  In a daemon's folder the
# files beside them may use all of them; so may those of control/ use doctor.
# forward/trial alone stands on the files beside it, which it tries:
#
#	forward/operator ->  forward and its rooms, as the files beside it
#	forward/trial ->  forward net tls smtp journal base
#	forward/queue ->  journal/spool base
#	forward/net   ->  base
#	forward/tls   ->  net journal base base/conf
#	forward/smtp  ->  tls net base
#	remediate/operator -> remediate and its rooms, as the files beside it
#	remediate/proof   -> state history journal/report base
#	remediate/owner   -> policy/table policy/pattern base
#	remediate/ready   -> owner mailbox state history journal base
#	remediate/http    -> base
#	remediate/api     -> http base
#	remediate/state   -> api (its words) base
#	remediate/mailbox -> http journal/report base
#	remediate/imap    -> mailbox base
#	remediate/ews     -> mailbox http base
#	remediate/lease   -> http api (its words) base
#	control/doctor -> policy/table journal/spool base
#	policy/table   -> pattern base base/start base/sandbox
#	policy/pattern -> base
#	policy/client  -> base
#
# In a library for everybody, and under the verbs of tdcctl, they are what the
# rooms stand on:
#
#	control/queue  -> control history policy journal base
#	control/policy, control/past
#	               -> logs control history policy journal base
#	control/track  -> logs past queue control history policy journal base
#	control/logs   -> base
#	control/ledger -> remediate/state remediate/api control base
#	control/remedy -> ledger report and the same
#	control/metrics -> control/queue and the same
#	control/postfix -> control/doctor and the same
#	control/report -> queue past control history policy journal base
#	control/top    -> queue control history policy journal base
#	base/daemon    -> sandbox log conf base
#	base/sandbox   -> start conf base
#	base/alert     -> start conf base
#	base/log       -> conf base
#	base/counters  -> base
#	base/conf      -> start base
#	base/start     -> base
#	journal/spool  -> journal base base/counters
#	journal/report -> journal base
#
# Libraries return errors, programs log: log_event() stands in milter/,
# forward/, control/, remediate/ but not its rooms (operator/ aside), files with a main(), where the log itself is made, and
# where a program becomes a daemon.
# Durability is journal/'s business; the counters have one page of their own,
# and a small file that is replaced as a whole has atomic_file.
set -eu

cd "${1:-$(dirname "$0")/../..}"

offences()
{
	# shellcheck disable=SC2046
	awk '
	BEGIN {
		library = " base base/conf base/counters base/start "
		base = " base/log base/daemon base/alert" library
		journal = " journal journal/spool journal/report "
		policy = " policy policy/table policy/pattern policy/client "
		may["base"] = " base "
		may["base/start"] = " base/start base "
		may["base/sandbox"] = " base/sandbox base/start base/conf base "
		may["base/conf"] = " base/conf base/start base "
		may["base/counters"] = " base/counters base "
		may["base/alert"] = " base/alert base/conf base/start base "
		may["base/log"] = " base/log base/conf base "
		may["base/daemon"] = " base/daemon base/sandbox base/log" \
		    " base/conf base "
		may["policy"] = policy library
		may["policy/table"] = " policy/table policy/pattern base/start" \
		    " base/sandbox base "
		may["policy/pattern"] = " policy/pattern base "
		may["policy/client"] = " policy/client base "
		may["journal"] = " journal base "
		may["journal/spool"] = " journal/spool journal base base/counters "
		may["journal/report"] = " journal/report journal base "
		may["milter"] = " milter policy policy/table" journal base
		may["forward"] = " forward forward/operator forward/queue forward/net" \
		    " forward/tls forward/smtp forward/trial history" journal base
		may["forward/operator"] = may["forward"]
		may["forward/trial"] = " forward forward/trial forward/net" \
		    " forward/tls forward/smtp" journal base
		may["forward/queue"] = " forward/queue journal/spool base "
		may["forward/net"] = " forward/net base "
		may["forward/tls"] = " forward/tls forward/net journal base base/conf "
		may["forward/smtp"] = " forward/smtp forward/tls forward/net base "
		rooms = " remediate/http remediate/api remediate/state" \
		    " remediate/mailbox remediate/imap remediate/ews" \
		    " remediate/lease remediate/proof remediate/owner" \
		    " remediate/operator remediate/ready"
		may["remediate"] = " remediate policy/table policy/pattern history" rooms \
		    journal base
		may["remediate/operator"] = may["remediate"]
		may["remediate/proof"] = " remediate/proof remediate/state" \
		    " remediate/api history journal/report" library
		may["remediate/owner"] = " remediate/owner policy/table" \
		    " policy/pattern base "
		may["remediate/ready"] = " remediate/ready remediate/owner" \
		    " remediate/mailbox remediate/state remediate/api" \
		    " history journal" library
		may["remediate/http"] = " remediate/http" library
		may["remediate/api"] = " remediate/api remediate/http" library
		may["remediate/state"] = " remediate/state remediate/api" library
		may["remediate/mailbox"] = " remediate/mailbox remediate/http" \
		    " journal/report" 		    library
		may["remediate/imap"] = " remediate/imap remediate/mailbox" \
		    library
		may["remediate/ews"] = " remediate/ews remediate/mailbox" \
		    " remediate/http" library
		may["remediate/lease"] = " remediate/lease remediate/http" \
		    " remediate/api" library
		verbs = " control history" policy journal base
		may["control"] = verbs " control/doctor control/remedy "
		may["control/doctor"] = " control/doctor policy/table" \
		    " journal/spool" base
		may["control/queue"] = verbs " control/queue control/ledger "
		may["control/policy"] = verbs " control/policy control/past" \
		    " control/logs "
		may["control/past"] = verbs " control/past control/logs "
		may["control/track"] = verbs " control/track control/logs" \
		    " control/past control/queue control/ledger" \
		    " remediate/state remediate/api "
		may["control/logs"] = " control/logs" base
		may["control/metrics"] = verbs " control/metrics control/queue" \
		    " control/ledger "
		may["control/ledger"] = verbs " control/ledger" \
		    " remediate/state remediate/api "
		may["control/remedy"] = verbs " control/remedy control/ledger" \
		    " control/report control/queue control/doctor" \
		    " remediate/state remediate/api "
		may["control/postfix"] = verbs " control/postfix control/doctor "
		may["control/report"] = verbs " control/report control/queue" \
		    " control/past control/ledger "
		may["control/top"] = verbs " control/top control/queue "
		may["history"] = " history journal journal/report base "
		only["libmilter/"] = " milter "
		only["sqlite3.h"] = " history remediate/state "
		only["openssl/"] = " forward history remediate "
		only["unbound.h"] = " forward "
		only["seccomp.h"] = " base/sandbox "
		only["curl/"] = " forward remediate/http "
		only["libxml/"] = " remediate/ews "
		only["gssapi/"] = " remediate/ews remediate/http "
	}
	FNR == 1 {
		folder = room = FILENAME
		sub("/.*", "", folder)
		sub("/[^/]*$", "", room)
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		other = part[2]
		if (!sub("/[^/]*$", "", other))
			print FILENAME ": \"" part[2] "\" without its folder"
		else if (!index(may[room], " " other " "))
			print FILENAME " must not include " other "/"
	}
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, "[<>]")
		for (name in only)
			if (index(part[2], name) == 1 &&
			    !index(only[name], " " folder " ") &&
			    !index(only[name], " " room " "))
				print FILENAME " must not include <" part[2] ">"
	}
	# What follows is about calls, and comments call nothing.
	/^[ \t]*(\/\*|\*)/ { next }
	/[^a-z_]log_(event|write)\(/ &&
	    folder != "milter" && folder != "forward" && folder != "control" &&
	    room != "remediate" && room != "remediate/operator" &&
	    FILENAME !~ "/main\\.c$" &&
	    FILENAME !~ "^base/(log/log\\.[ch]|daemon/daemon(_confine)?\\.c)$" {
		print FILENAME " must not log"
	}
	/[^a-z_](fsync|fdatasync|linkat|rename|renameat|renameat2)\(/ &&
	    folder != "journal" && folder != "history" &&
	    room != "remediate/state" &&
	    FILENAME !~ "^base/(counters/counters|atomic)_file\\.c$" {
		print FILENAME " must not make anything durable"
	}
	' $(find base policy journal history milter forward remediate control -name '*.[ch]')

	# A licence in one line, on top; texts for people have it at their end,
	# and JSON has no comments.
	find Makefile README HACKING CHANGES base policy journal history milter forward remediate control man \
	    contrib tests -type f ! -path '*/corpus/*' ! -path '*/cases/*' \
	    ! -name 'package*.json' |
	while read -r file; do
		case $file in
		README|*/README|HACKING|CHANGES|*.txt)
			tail -n 1 "$file" ;;
		*)
			head -n 2 "$file" ;;
		esac | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
			echo "$file has no SPDX line"
	done
}

found=$(offences | sort -u)
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
