#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fidelity - the original in a journal is what the client sent, byte for byte:
# letters hard to carry, by chunks, pipelined and step by step, and one that
# opendkim signed with simple/simple
. "$(dirname "$0")/../rig.sh"

rig_up fidelity
rig_ca
rig_dns
rig_intake intake
mkdir "$RIG/letters"
perl tests/letters.pl "$RIG/letters"

rig_dkim client.example

# A port where that signing milter stands before ours.
RIG_MASTER="127.0.0.1:$((signed_port = $(rig_port))) inet n - n - - smtpd
    -o { smtpd_milters=unix:$RIG/dkim.sock, { unix:$RIG/milter.sock, default_action=accept } }"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# copy_of SENDER - the file of the copy of that sender's message
copy_of()
{
	grep -lxF "Sender: $1@client.example$(printf '\r')" \
	    "$RIG"/intake/*.eml 2>/dev/null
}

# carry HOW - every letter is carried
carry()
{
	rm -f "$RIG"/intake/*
	for letter in "$RIG"/letters/*; do
		rig_send "${letter##*/}@client.example" user@corp.example \
		    -F "$letter" || diag "$letter: $rig_said"
	done
	rig_wait "[ \$(rig_count intake) = $(ls "$RIG/letters" | wc -l) ]" 20
	different=
	for letter in "$RIG"/letters/*; do
		copy=$(copy_of "${letter##*/}")
		if ! perl tests/report.pl original "${copy:-/dev/null}" \
		    >"$RIG/original" || ! cmp "$letter" "$RIG/original" >&2
		then
			different="$different ${letter##*/}"
		fi
	done
	is "$different" "" "$1: every original is what was sent"
}

carry "in chunks"
is "$(sed -n 's/^violations //p' "$RIG/intake.stats")" 0 \
    "in chunks: nothing was sent that was not offered"
like "$(cat "$RIG/intake.journal")" ' C BDAT ' "in chunks: by BDAT"

rig_stop intake
rig_intake intake -o -CHUNKING,-BINARYMIME
carry "pipelined"
rig_stop intake
rig_intake intake -o STARTTLS,8BITMIME
carry "step by step"
unlike "$(cat "$RIG/intake.journal")" 'bytes behind' \
    "step by step: the forwarder waits for each reply"
unlike "$(cat "$RIG/intake.journal")" '8-bit content' \
    "8-bit content is declared"

# The same letters, as Postfix delivered the last of them.
is "$(rig_inbox user)" $((3 * $(ls "$RIG/letters" | wc -l))) \
    "every original arrived"

# What stands on top of the original, and nothing more.
added=$(perl tests/report.pl added "$(copy_of plain)" | tr -d '\r')
is "$(echo "$added" | head -n 1)" "X-IronPort-RemoteIP: 192.0.2.10" \
    "the client's address is on top"
like "$(echo "$added" | tr -d '\n')" \
    '^X-IronPort.*Received: from client.example \(.*\[192\.0\.2\.10\].*\).*by gateway\.example .*with ESMTP.* id [0-9A-Za-z]+.*; ' \
    "and the way it came"

# Signed by the milter before ours.  Not among them "blanks": opendkim -t puts
# a blank behind each colon before it looks.
for name in folded dots empty-lines long-header received \
    eight-bit-header eight-bit-body nested; do
	smtp_port=$signed_port rig_send "signed-$name@client.example" \
	    user@corp.example -F "$RIG/letters/$name"
	rig_wait "[ -n \"\$(copy_of signed-$name)\" ]" 10
	perl tests/report.pl original "$(copy_of "signed-$name")" \
	    >"$RIG/signed"
	is "$(rig_verified "$RIG/signed")" succeeded "signed: $name verifies"
done
sed 's/Subject: nested/Subject: Nested/' "$RIG/signed" >"$RIG/forged"
is "$(rig_verified "$RIG/forged")" failed "a byte changed is noticed"
done_testing
