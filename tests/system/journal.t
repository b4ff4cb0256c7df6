#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# journal - the copies are those that the policy names: one for each intake
# address and message, with the right recipients; nobody else's mail leaves
. "$(dirname "$0")/../rig/rig.sh"

rig_up journal
rig_ca
rig_dns
rig_intake intake
rig_postfix recipient_delimiter=+

cat >"$RIG/recipients" <<-EOF
	alice@corp.example	NO
	bob@corp.example	DEFAULT
	carol@corp.example	emea@intake.example name=EMEA
	other.example		DEFAULT name=other
	dave@other.example	NO
	erin@corp.example	DUNNO
	frank+list@corp.example	lists@intake.example
EOF
cat >"$RIG/senders" <<-EOF
	partner.example		partner@intake.example
	<>			NO
	boss@client.example	DEFAULT
EOF
postmap "hash:$RIG/recipients"
postmap "lmdb:$RIG/senders"
rig_conf <<-EOF
	recipient_delimiter = +
	policy_maps =
	    check_recipient hash:$RIG/recipients
	    check_sender lmdb:$RIG/senders
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# say SUBJECT FROM RECIPIENT... - one message to all of them at once, the
# first two in To: and Cc:, which do not matter
say()
{
	subject=$1
	from=$2
	shift 2
	rig_letter "$RIG/letter" "$subject" "To: \"The First\" <$1>" \
	    ${2:+"Cc: $2"}
	for to in "$@"; do
		set -- "$@" -t "$to"
		shift
	done
	rig_give -F "$RIG/letter" -f "$from" "$@" >"$RIG/said" ||
		diag "$subject: $(cat "$RIG/said")"
}

client=someone@client.example
say "no" "$client" alice@corp.example
say "default" "$client" bob@corp.example
say "custom" "$client" carol@corp.example
say "none found" "$client" grace@corp.example
say "domain" "$client" grace@other.example
say "domain but not this one" "$client" dave@other.example
say "undecided, and the sender does not decide" "$client" erin@corp.example
say "undecided, so the sender decides" boss@client.example erin@corp.example
say "sender's domain" x@partner.example heidi@corp.example
say "sender's subdomain" x@mail.partner.example heidi@corp.example
say "recipient before sender" x@partner.example alice@corp.example
say "null sender" "" heidi@corp.example
say "extension" "$client" frank+list@corp.example
say "other extension" "$client" frank+other@corp.example
say "extension of a known user" "$client" bob+x@corp.example
say "upper case" "$client" BOB@CORP.Example
say "all at once" "$client" alice@corp.example bob@corp.example \
    carol@corp.example grace@corp.example grace@other.example \
    dave@other.example bob+y@corp.example

wanted="\
emea@intake.example | Sender: $client | Subject: all at once | Recipient: carol@corp.example
emea@intake.example | Sender: $client | Subject: custom | Recipient: carol@corp.example
journal@intake.example | Sender: boss@client.example | Subject: undecided, so the sender decides | Recipient: erin@corp.example
journal@intake.example | Sender: $client | Subject: all at once | Recipient: bob+y@corp.example | Recipient: bob@corp.example | Recipient: grace@other.example
journal@intake.example | Sender: $client | Subject: default | Recipient: bob@corp.example
journal@intake.example | Sender: $client | Subject: domain | Recipient: grace@other.example
journal@intake.example | Sender: $client | Subject: extension of a known user | Recipient: bob+x@corp.example
journal@intake.example | Sender: $client | Subject: upper case | Recipient: BOB@CORP.Example
lists@intake.example | Sender: $client | Subject: extension | Recipient: frank+list@corp.example
partner@intake.example | Sender: x@mail.partner.example | Subject: sender's subdomain | Recipient: heidi@corp.example
partner@intake.example | Sender: x@partner.example | Subject: sender's domain | Recipient: heidi@corp.example"

all_done()
{
	[ "$(rig_waiting)" = 0 ] &&
		[ "$(rig_count intake)" -ge "$(echo "$wanted" | wc -l)" ]
}
ok "every copy is sent" rig_wait all_done 20
is "$(perl tests/helpers/report.pl list "$RIG/intake")" "$wanted" \
    "the copies are those that the policy names"

# The originals: 16 messages to one each, one to seven.
mails()
{
	find "$RIG/mail" -path '*/new/*' -type f | wc -l
}
ok "every original arrives" rig_wait '[ "$(mails)" = 23 ]' 10
rig_log | sed -n 's/.* policy \([^ ]*\) .*/\1/p' | sort -u >"$RIG/policies"
ok "policies have the names given to them" \
    sh -c 'grep -qx EMEA "$1" && grep -qx other "$1"' sh "$RIG/policies"
like "$(tdcctl tophosts)" '^ *1 +the\.tdc\.queue +0 +[0-9]+ +11 +0 +0$' \
    "tophosts counts eleven delivered, none bounced"
done_testing
