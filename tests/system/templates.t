#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# templates - where $n stands in a value, whoever sends mail through a real
# Postfix can choose neither another intake address nor none
. "$(dirname "$0")/../rig/rig.sh"

rig_up templates
rig_ca
rig_postfix
cat >"$RIG/senders" <<-'EOF'
	/^[^@]+@(.+)\.partner\.example$/	$1@intake.example
	/^(.*)@name\.example$/	NO name=$1
	/^(.*)@open\.example$/	journal@$1.intake.example
EOF
cat >"$RIG/helo" <<-'EOF'
	/^(.+)\.relay\.example$/	$1@intake.example name=Relay
EOF
cat >"$RIG/recipients" <<-'EOF'
	/"?([a-z0-9@. =]+)"?@other\.example$/	$1@intake.example
EOF
rig_conf <<-EOF
	default_policy = DEFAULT name=Default
	policy_maps = check_sender pcre:$RIG/senders,
	    check_helo pcre:$RIG/helo,
	    check_recipient regexp:$RIG/recipients
	log_skipped = yes
EOF
is "$(tdcctl check 2>&1 | grep 'in its domain')" \
    "warning: pcre:$RIG/senders: /^(.*)@open\\.example\$/: journal@\$1.intake.example has \$n in its domain: senders can make up any number of intake domains; write each domain out" \
    "tdcctl check warns of a domain that a sender can choose"
rig_milter

# to INTAKE FROM TO [OPTIONS] - to which address the copy goes; "-": there is
# none
to()
{
	intake=$1
	from=$2
	to=$3
	shift 3
	rig_send "$from" "$to" "$@"
	rig_wait "rig_log | grep -q ' queue-id $rig_qid '" 5
	mid=$(rig_log |
		sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid from.*/\1/p")
	got=$(rig_log | sed -n "s/^TDC: MID $mid with .* intake address //p")
	is "${got:--}" "$intake" "<$from> to <$to> $*"
}

to acme@intake.example s@acme.partner.example user@corp.example
to journal@intake.example '"a@b@evil.example name=x@q"@z.partner.example' \
    user@corp.example
like "$(rig_log)" \
    "Warning: $RIG/senders:1: bad value '.1@intake.example': '.*' cannot replace .1 there: the copy goes to intake_address" \
    "and the log says why"
to journal@intake.example '"a@no name=x"@z.partner.example' user@corp.example
to journal@intake.example '"a@dunno"@z.partner.example' user@corp.example
to journal@intake.example '"a@ "@z.partner.example' user@corp.example

to mx@intake.example s@x.example user@corp.example -h mx.relay.example
to journal@intake.example s@x.example user@corp.example \
    -h 'evil2@evil.example name=q.relay.example'
to journal@intake.example s@x.example user@corp.example \
    -h 'NO name=q.relay.example'
to journal@intake.example s@x.example user@corp.example \
    -h '"x y"@evil.example.relay.example'

to ann@intake.example s@x.example ann@other.example
to journal@intake.example s@x.example \
    '"evil.example name=x"@other.example'
to - '"b@evil.example name=q"@name.example' user@corp.example

to journal@a.b.intake.example a.b@open.example user@corp.example
to journal@intake.example '"evil.example name=x"@open.example' \
    user@corp.example
to journal@intake.example '"a@evil"@open.example' user@corp.example
is "$(rig_log | grep enqueued | grep -c 'evil[a-z0-9.]*$')" 0 \
    "nothing goes where a sender wanted it"
done_testing
