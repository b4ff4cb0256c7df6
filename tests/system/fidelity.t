#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fidelity - the original in a journal is what the mailbox got, byte for byte,
# and what the client sent unless Postfix changes that: letters hard to carry,
# by DATA and by chunks, on either of the two ways; and signed ones (DKIM, ARC)
# verify when they are cut out of the journal
. "$(dirname "$0")/../rig/rig.sh"

rig_up fidelity
rig_ca
rig_dkim client.example simple simple/simple
rig_dkim client.example relaxed relaxed/relaxed
set -- mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1
for name in simple relaxed; do
	set -- "$@" "txt-record=$name._domainkey.client.example,\
\"$(rig_dkim_key $name)\""
done
rig_dns "$@"
rig_intake intake
mkdir "$RIG/kept" "$RIG/changed" "$RIG/sealed" "$RIG/cut"
perl tests/helpers/letters.pl kept "$RIG/kept"
perl tests/helpers/letters.pl changed "$RIG/changed"

# A port where milters that sign stand before ours.
RIG_MASTER="127.0.0.1:$((signed_port = $(rig_port))) inet n - n - - smtpd
    -o { smtpd_milters=unix:$RIG/simple.sock, unix:$RIG/relaxed.sock,
    { unix:$RIG/milter.sock, default_action=accept } }"
rig_postfix hopcount_limit=300
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# carry HOW DIRS OPTIONS - every letter of DIRS is carried, and its original
# cut out of the journal; OPTIONS are the client's
carry()
{
	how=$1
	dirs=$2
	shift 2
	rm -f "$RIG"/intake/* "$RIG"/mail/user/new/* "$RIG"/cut/*
	sent=0
	for letter in $(cd "$RIG" && find $dirs -type f | sort); do
		name=${letter##*/}
		utf8=
		[ "$name" != utf8 ] || utf8="-e SMTPUTF8"
		rig_send "$name@client.example" user@corp.example \
		    -F "$RIG/$letter" $utf8 "$@" || diag "$name: $rig_said"
		sent=$((sent + 1))
	done
	ok "$how: all $sent originals arrive, and their copies" rig_wait \
	    '[ $(rig_count intake) = $sent -a $(rig_inbox user) = $sent ]' 20
	perl tests/helpers/report.pl cut "$RIG/intake" "$RIG/cut"
	# Of a message without a body Postfix does not tell whether it has
	# the empty line behind the header.
	perl tests/helpers/report.pl compare "$RIG/intake" "$RIG/mail/user" |
		sed 's/^\(empty\|only-header\) same, but .*/\1 same/' \
		    >"$RIG/compared"
	is "$(grep -v ' same$' "$RIG/compared")" "" \
	    "$how: every original is what the mailbox got"
	is "$(wc -l <"$RIG/compared")" "$sent" "$how: each was compared"
}

# same DIR - the letters that were journaled as they were sent
same()
{
	for letter in "$RIG/$1"/*; do
		! cmp -s "$letter" "$RIG/cut/${letter##*/}" ||
			echo "${letter##*/}"
	done
}

# carry_all HOW OPTIONS
carry_all()
{
	carry "$1" "kept changed" ${2:+$2 $3}
	is "$(same kept)" "$(ls "$RIG/kept")" "$1: and what was sent"
	is "$(same changed)" "" "$1: but where Postfix changes it"
}

carry_all "in chunks"
is "$(sed -n 's/^violations //p' "$RIG/intake.stats")" 0 \
    "in chunks: nothing was sent that was not offered"
like "$(cat "$RIG/intake.journal")" ' C BDAT ' "in chunks: by BDAT"

# A field goes on while its lines, with LF, stay within 60,000 bytes.
is "$(diff -a "$RIG/changed/field-60001" "$RIG/cut/field-60001" |
    sed -n 's/^\([<>]\).*/\1/p')" "<" \
    "a field of a byte more than 60,000 is without its last line"

rig_stop intake
rig_intake intake -o -CHUNKING,-BINARYMIME
carry_all "pipelined" -b 777
rig_stop intake
rig_intake intake -o STARTTLS,8BITMIME
carry_all "step by step" -b 1000000
unlike "$(cat "$RIG/intake.journal")" 'bytes behind' \
    "step by step: the forwarder waits for each reply"
unlike "$(cat "$RIG/intake.journal")" '8-bit content' \
    "8-bit content is declared"

# What stands on top of the original, and nothing more.
added=$(perl tests/helpers/report.pl added \
    "$(find "$RIG/intake" -name '*.eml' | head -n 1)" | tr -d '\r')
like "$(echo "$added" | head -n 2 | tr '\n' ' ')" \
    '^Return-Path: <[a-z-]+@client\.example> X-IronPort-RemoteIP: 192\.0\.2\.10 $' \
    "sender and client's address are on top"
like "$(echo "$added" | tr -d '\n')" \
    '^Return-Path: .*X-IronPort.*Received: from client.example \(.*\[192\.0\.2\.10\].*\).*by gateway\.example .*with ESMTP.* id [0-9A-Za-z]+.*; ' \
    "and the way it came"

# Sealed by three hops before, and signed by two milters before ours.
perl tests/helpers/dkim.pl seal 3 client.example simple "$RIG/simple.private" \
    "$RIG/kept" "$RIG/sealed"
smtp_port=$signed_port
carry "signed" sealed

# Not signed: what has no From:.
perl tests/helpers/dkim.pl verify "$dns_port" "$RIG"/cut/* >"$RIG/verified"
is "$(sed 's/^\(no-header\|one-field\) dkim=none /\1 dkim=pass,pass /
    / dkim=pass,pass arc=pass$/d' "$RIG/verified")" "" \
    "signed: each verifies, by simple/simple, relaxed/relaxed and ARC"
is "$(wc -l <"$RIG/verified")" "$sent" "signed: all were looked at"

# opendkim -t reads its file as text without NUL and with few fields.
for name in folded blanks dots empty-lines field-59k received \
    eight-bit-header eight-bit-body nested; do
	is "$(rig_verified "$RIG/cut/$name")" succeeded \
	    "signed: $name verifies by opendkim"
done
sed 's/Subject: nested/Subject: Nested/' "$RIG/cut/nested" >"$RIG/forged"
is "$(rig_verified "$RIG/forged")" failed "a byte changed is noticed"
is "$(perl tests/helpers/dkim.pl verify "$dns_port" "$RIG/forged")" \
    "forged dkim=fail,fail arc=fail" "also in each signature"
done_testing
