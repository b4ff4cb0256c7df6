#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# relays - behind trusted_relays a sender cannot say who the client is, in
# whatever form a relay tells it; and a client without a name is "unknown"
. "$(dirname "$0")/../rig/rig.sh"

rig_up relays
rig_ca
rig_dns
rig_intake intake
# A second way in, whose content filter is the first one, with the milter.
front_port=$(rig_port)
smtp_port=$(rig_port)
RIG_MASTER="127.0.0.1:$front_port inet n - n - - smtpd
	-o smtpd_milters=
	-o content_filter=smtp:[127.0.0.1]:$smtp_port"
rig_postfix inet_protocols=all
rig_conf <<-EOF
	default_policy = DEFAULT
	policy_maps = check_client inline:{
	    { unknown = DEFAULT name=Nameless }, { [192.0.2.33] = NO },
	    { 192.0.2.99 = NO name=whose-mail-that-is }, { relay.example = NO } }
	internal_networks = 10.0.0.0/8 127.0.0.0/8 192.0.2.99
	trusted_relays = 127.0.0.0/8 192.0.2.99
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

to="-t user@corp.example -f someone@client.example"
count=0

# copy_of CLIENT NAME - the next copy has arrived, and names this client
copy_of()
{
	count=$((count + 1))
	rig_wait "[ \$(rig_count intake) -ge $count ]" 20
	is "$(tr -d '\r' <"$RIG/intake/$(printf %06d $count).eml" |
	    sed -n 's/^X-IronPort-RemoteIP: //p')" "$1" "$2"
}

# relayed CLIENT NAME FIELD... - what the trusted relay 192.0.2.99 brings, with
# these fields above one that a sender wrote
relayed()
{
	wanted=$1
	name=$2
	shift 2
	rig_letter "$RIG/letter" "letter $count" "$@" \
	    "Received: from pc (pc.corp.example [10.9.8.7]) by nowhere.example; now"
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" $to \
	    -x "ADDR=192.0.2.99 NAME=relay.example" -F "$RIG/letter" \
	    >"$RIG/said" || diag "$(cat "$RIG/said")"
	copy_of "$wanted" "$name"
}

far=198.51.100.7
relayed $far "Postfix" \
    "Received: from x (x.example [$far]) by relay.example (Postfix)"
relayed $far "Exchange" "Received: from mx.sender.example ($far) by EX01.corp.example
 (10.0.0.5) with Microsoft SMTP Server id 15.2; now"
relayed 2001:db8::7 "Exchange, IPv6" \
    "Received: from mx (2001:db8::7) by EX01.corp.example (10.0.0.5) with X"
relayed $far "qmail" "Received: (qmail 11 invoked from network); now" \
    "Received: from unknown (HELO foo) ($far) by relay.example with SMTP"
relayed $far "Exim" \
    "Received: from [$far] (helo=x[10.0.0.1]) by relay.example with esmtp"
relayed $far "Courier" \
    "Received: from x (x.example [::ffff:$far]) by relay.example with ESMTP"
relayed $far "a name and an address" \
    "Received: from mx.sender.example [$far] by relay.example with SMTP"
relayed fe80::1 "an address with a zone" \
    "Received: from x (x.example [fe80::1%eth0]) by relay.example"
relayed $far "HELO in quotation marks" \
    "Received: from \"x (h [10.0.0.1])\" (h [$far]) by relay.example"
relayed $far "HELO with parentheses" \
    "Received: from x([10.0.0.1]) (h [$far]) by relay.example"
relayed $far "two relays, two forms" \
    "Received: from relay.example (192.0.2.99) by EX01.corp.example with X" \
    "Received: from x;y (h [$far]) by relay.example"

# Where no client can be read, the relay is taken for it, and although it is in
# internal_networks the mail is journaled.
is "$(rig_log | grep -c 'Warning: trusted relay')" 0 "no warning so far"
relayed 192.0.2.99 "a client that the relay does not know" \
    "Received: from x (unknown [unknown]) by relay'.example"
like "$(rig_log)" '^TDC: Warning: check_client inline:.*: the client is not known: the copy goes to intake_address' \
    "what the relay's own row says does not count"
like "$(rig_log)" "^TDC: Warning: trusted relay 192.0.2.99 names no client that can be read, and is taken for it: 'Received: from x \(unknown \[unknown\]\) by relay.'.example'$" \
    "is warned of"
relayed 192.0.2.99 "two addresses, of which one may be a lie" \
    "Received: from [$far] (helo=x) (h [10.0.0.1]) by relay.example"
relayed 192.0.2.99 "a host whose name is a word of another form" \
    "Received: from [10.1.1.1] (helo [$far]) by relay.example (Postfix)"
relayed 192.0.2.99 "an ident with an address in it" \
    "Received: from x ([10.1.1.1]@h.example [$far]) by relay.example"
relayed 192.0.2.99 "no address at all" \
    "Received: from x by relay.example (MDaemon) with ESMTP"
relayed 192.0.2.99 "mail that a user of the relay wrote" \
    "Received: by relay.example (Postfix, from userid 1000) id 4711; now"
relayed 192.0.2.99 "a field that does not end" \
    "Received: from x (h [$far]) by relay.example (Postfix"
is "$(rig_counter skipped_internal)" 0 "nothing was taken for mail of ours"

# through WANTED NAME HELO - by a real Postfix in front, from 192.0.2.20
through()
{
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$front_port" $to \
	    -x "ADDR=192.0.2.20 NAME=filtered.example" -h "$3" \
	    >"$RIG/said" || diag "$(cat "$RIG/said")"
	copy_of "$1" "$2"
}

through 192.0.2.20 "a HELO" mail.example
through 192.0.2.20 "a HELO that is a word of the field" by
through 192.0.2.20 "a HELO in brackets" '[10.1.2.3]'
through 192.0.2.20 "a HELO with blanks" 'x [10.1.2.3]'
through 192.0.2.20 "a HELO with parentheses" 'x (h [10.1.2.3])'
through 192.0.2.20 "a HELO with the words of such a field" \
    'x [10.1.2.3] by y'

# ours NAME [OPTIONS] - mail that is our own
ours()
{
	title=$1
	shift
	before=$(rig_counter skipped_internal)
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/send" $to "$@" >"$RIG/said" ||
		diag "$(cat "$RIG/said")"
	ok "$title" rig_wait \
	    "[ \$(rig_counter skipped_internal) = $((before + 1)) ]" 10
}
ours "a client inside, by the filter: not journaled" \
    -S "127.0.0.1:$front_port" -x "ADDR=10.1.2.3 NAME=desk.example"
ours "mail that began at the filter: not journaled" \
    -S "127.0.0.1:$front_port" -x "ADDR=127.0.0.1 NAME=localhost"
rig_letter "$RIG/letter" "inside" \
    "Received: from x (desk.example [::ffff:10.1.2.3]) by relay.example"
ours "a client inside, by its mapped address: not journaled" \
    -S "127.0.0.1:$smtp_port" -x "ADDR=192.0.2.99 NAME=relay.example" \
    -F "$RIG/letter"

# ---- clients without a name ----

# nameless CLIENT NAME [PORT] - the policy and the report have "unknown" for it
nameless()
{
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:${3:-$smtp_port}" $to -x "ADDR=$1" \
	    >"$RIG/said" || diag "$(cat "$RIG/said")"
	copy_of "$(echo "$1" | sed 's/^IPV6://')" "$2"
	like "$(cat "$RIG/intake/$(printf %06d $count).eml")" \
	    "from client.example \(unknown \[(IPv6:)?${1#IPV6:}\]\)" \
	    "unknown in the report"
	is "$(rig_log | sed -n 's/.* policy \([^ ]*\) size.*/\1/p' | tail -n 1)" \
	    Nameless "and for the policy"
}
nameless 192.0.2.33 "a client without a name"
nameless IPV6:2001:db8::33 "one of IPv6"
nameless 192.0.2.34 "one behind the filter" "$front_port"
like "$(tdcctl policy -a 192.0.2.33 s@x u@corp.example | tail -n 1)" \
    '^<u@corp.example>: journal@intake.example \(policy Nameless: check_client inline:.*, key unknown\)$' \
    "tdcctl policy without a name"
is "$(tdcctl policy -a '192.0.2.33/[192.0.2.33]' s@x u@corp.example |
    tail -n 1 | cut -d ' ' -f 4)" "Nameless:" \
    "tdcctl policy with the name that Postfix gives"
is "$(rig_counter failed_open)" 0 "nothing failed"
done_testing
