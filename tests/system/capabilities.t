#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# capabilities - each extension alone, all of them, and none: what is said of
# letters that need one, and what is sent where it is not offered
. "$(dirname "$0")/../rig/rig.sh"

rig_up capabilities
rig_ca
rig_dns
mkdir "$RIG/letters"

# Letters named for what they need.
letter()		# NAME: its body from stdin
{
	{
		printf 'From: a@client.example\r\nSubject: %s\r\n\r\n' "$1"
		cat
	} >"$RIG/letters/$1"
}
long=$(printf '%01200d' 0)
printf 'plain\r\n' | letter ascii
printf 'Gr\303\274\303\237e\r\n' | letter eight
printf '%s\r\n' "$long" | letter long
printf 'Gr\303\274\303\237e %s\r\n' "$long" | letter eight-long
for name in 'cr \r' 'lf \n' 'nul \000'; do
	printf "one${name#* }two\r\n" | letter "stray-${name% *}"
done
cp "$RIG/letters/ascii" "$RIG/letters/$(printf 'j\303\266rg')"

# offered NAME, needed NAME
offered()
{
	case ,$offer, in *,$1,*) ;; *) return 1 ;; esac
}

needed()
{
	case $name in *$1*) ;; *) return 1 ;; esac
}

# wanted - what RFC 1870, 3030, 6152 and 6531 have one say of this letter
wanted()
{
	said="MAIL FROM:<>"
	how=DATA
	! offered CHUNKING || how=BDAT
	! offered SIZE || said="$said SIZE=$(wc -c <"$file")"
	if { needed long || needed stray; } && offered CHUNKING && offered BINARYMIME; then
		said="$said BODY=BINARYMIME"
	elif offered 8BITMIME && { needed eight || needed rg; }; then
		said="$said BODY=8BITMIME"
	fi
	if offered SMTPUTF8 && needed rg; then
		said="$said SMTPUTF8"
	fi
	echo "$said by $how"
}

# permitted - what the intake may complain of
permitted()
{
	offered CHUNKING && offered BINARYMIME ||
		printf 'violation: %s\n' "line longer than 998" \
		    "NUL, CR or LF that is no line end"
	offered 8BITMIME || echo "violation: 8-bit content that was not declared"
	echo "nothing"
}

all=PIPELINING,CHUNKING,8BITMIME,BINARYMIME,SMTPUTF8,SIZE,ENHANCEDSTATUSCODES
for offer in none $(echo "$all" | tr , ' ') CHUNKING,BINARYMIME \
    CHUNKING,8BITMIME PIPELINING,CHUNKING "$all"; do
	rig_stop forwarder
	rig_stop intake
	rm -rf "$RIG/intake" "$RIG/intake.journal"
	rig_intake intake -o "STARTTLS,${offer#none}"
	rig_conf <<-EOF
		idle_timeout = 100ms
		flight_messages = 3
		journal_sender =
	EOF
	rig_fill 0
	"$TDC_BUILD/tests/tools/fill" "$RIG/spool" "$RIG/letters"/*
	rig_forwarder
	ok "$offer: all letters go out" rig_wait '[ "$(rig_waiting)" = 0 ]' 20

	wrong=
	for file in "$RIG"/intake/*.eml; do
		name=$(sed -n 's/^Return-Path: <\([^<]*\)@client.*/\1/p' "$file")
		got=$(awk '$1 == "command" { sub("command ", ""); said = $0 }
		    $1 == "how" { print said " by " $2 }' "${file%eml}env")
		[ "$got" = "$(wanted)" ] || wrong="$wrong
$name: $got"
		perl tests/helpers/report.pl original "$file" |
			cmp -s - "$RIG/letters/$name" || wrong="$wrong
$name is not as it was"
	done
	is "$(rig_count intake)$wrong" 8 "$offer: as the RFCs have it"
	is "$(sed -n 's/.* E \(violation: .*\)/\1/p' "$RIG/intake.journal" |
	    grep -vxF "$(permitted)")" "" "$offer: nothing else is said or sent"
done

# ---- an address that only SMTPUTF8 can carry ----

address=$(printf 'j\303\266rnal@intake.example')
rig_fill 1 -i "$address"
ok "an address in UTF-8, and SMTPUTF8" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
like "$(cat "$RIG"/intake/*.env)" "^rcpt $address\$" "is sent"
rig_stop intake
rig_intake intake -o STARTTLS,PIPELINING,CHUNKING,8BITMIME
rig_fill 1 -i "$address"
rig_fill 1
ok "without SMTPUTF8" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
like "$(rig_log)" "^TDC: Hard bounced - 5\.6\.7 - Non-ASCII addresses not permitted \('550', \['5\.6\.7 message not sent, its address needs SMTPUTF8'\]\)" \
    "is given up, and the log says why"
is "$(rig_counter hard_bounced)" 1 "alone"

# ---- before TLS, and without EHLO ----

rig_stop forwarder
rig_stop intake
rm -rf "$RIG/intake" "$RIG/intake.journal"
printf 'min_connections = 1\nmax_connections = 1\n' >>"$RIG/tdc.cf"
rig_intake intake -o STARTTLS,PIPELINING -R \
    'ehlo=raw:250-mx\r\n250-STARTTLS\r\n250-CHUNKING\r\n250 SIZE 10\r\n*1'
rig_fill 1
rig_forwarder
ok "what is offered in the clear" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
like "$(cat "$RIG"/intake/*.env)" "^command MAIL FROM:<>\$" \
    "counts no more behind STARTTLS"
is "$(awk '$2 == 1 && $4 == "C" && $5 != "QUIT" { print $5 }' \
    "$RIG/intake.journal" | tr '\n' ' ')" \
    "EHLO STARTTLS EHLO MAIL RCPT DATA " "it is asked for anew"

# What was offered in the clear is not, also where nothing is offered by TLS.
rig_stop forwarder
rig_stop intake
rm -rf "$RIG/intake" "$RIG/intake.journal"
rig_intake intake -o STARTTLS,PIPELINING,CHUNKING,8BITMIME,SIZE \
    -R 'ehlo+1=502 5.5.1 what?*1' -R 'ehlo+1=250 mx.intake.example'
rig_fill 1
rig_forwarder
ok "a server that knows HELO alone behind STARTTLS" \
    rig_wait '[ "$(rig_waiting)" = 0 ]' 10
like "$(cat "$RIG"/intake/*.env)" "^command MAIL FROM:<>\$" \
    "is held to nothing of before"
is "$(awk '$2 == 1 && $4 == "C" && $5 != "QUIT" { print $5 }' \
    "$RIG/intake.journal" | tr '\n' ' ')" \
    "EHLO STARTTLS EHLO HELO MAIL RCPT DATA " "and spoken to step by step"

# RFC 821, in TLS from the first byte.
if [ -n "$RIG_ALONE" ]; then
	rig_stop forwarder
	rig_stop intake
	rm -rf "$RIG/intake" "$RIG/intake.journal"
	rig_intake intake -l 127.0.0.1:465 -t -o STARTTLS \
	    -R 'ehlo=502 5.5.1 what?*1' -R 'ehlo+1=250 mx.intake.example'
	rig_conf <<-EOF
		intake_route = [mx.intake.example]:465
		journal_sender =
		min_connections = 1
		max_connections = 1
		flight_messages = 3
	EOF
	rig_fill 2
	rig_forwarder
	ok "a server that knows HELO alone" \
	    rig_wait '[ "$(rig_waiting)" = 0 ]' 10
	is "$(sed -n 's/.* C \([A-Z]*\).*/\1/p' "$RIG/intake.journal" |
	    tr '\n' ' ')" "EHLO HELO MAIL RCPT DATA MAIL RCPT DATA " \
	    "gets what RFC 821 knows"
fi
done_testing
