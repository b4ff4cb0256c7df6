#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# filters - a milter before ours adds a field, refuses, tempfails, discards or
# quarantines: what it lets through is journaled as it made it, and nothing
# else
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/filters.sh

rig_up filters
rig_ca
rig_dkim client.example
rig_filters_dns
rig_intake intake

# Six opendkim: one that signs what the clients send, and five that verify it
# and do with forged mail what they are told (a milter may quarantine only
# when it said so at first; this one does with CaptureUnknownErrors).
rig_way signing "unix:$RIG/dkim.sock"
for action in accept reject tempfail discard quarantine; do
	rig_verifier "$action" "On-BadSignature $action" \
	    "CaptureUnknownErrors yes" ||
		diag "$(cat "$RIG/err/$action")"
	rig_way "$action" "unix:$RIG/$action.sock"
done
# A milter that is not there counts as what default_action says.
rig_way absent \
    "{ unix:$RIG/nobody.sock, default_action=quarantine }"
# Postfix's own HOLD comes from cleanup(8), before the milters.
rig_way holding "unix:$RIG/accept.sock" "-o cleanup_service_name=holder"
RIG_MASTER="$RIG_MASTER
holder unix n - n - 0 cleanup
	-o header_checks=pcre:$RIG/holds"
echo '/^Subject:/ HOLD' >"$RIG/holds"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	log_skipped = yes
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# held - how many messages Postfix holds
held()
{
	find "$RIG/queue/hold" -type f | wc -l
}

# release - let all go that Postfix holds
release()
{
	{ postsuper -H ALL && postqueue -f; } 2>>"$RIG/err/release"
}

# ---- letters: one signed, and one forged after that ----

rig_letter "$RIG/letter" "a contract" "Date: Thu, 1 Oct 2026 10:00:00 +0000"
rig_through "$signing" signer "$RIG/letter"
perl tests/helpers/report.pl original "$(rig_journaled signer)" >"$RIG/signed"
sed 's/^Subject: a contract/Subject: A contract/' "$RIG/signed" >"$RIG/forged"
like "$(cat "$RIG/signed")" '^DKIM-Signature: v=1; ' \
    "what a signing milter adds is in the journal"
rig_same signer "signed: the journal is what was delivered"

# ---- what is let through ----

for letter in signed forged; do
	rig_through "$accept" "$letter" "$RIG/$letter"
	is "$rig_code" 250 "$letter: let through"
	rig_same "$letter" "$letter: the journal is what was delivered"
	[ "$letter" = signed ] && result=pass || result=fail
	like "$(tr -d '\r' <"$RIG/original" | sed -n 2p)" \
	    "^	dkim=$result .* header.d=client.example" \
	    "$letter: on top of it stands what opendkim found: $result"
done
for action in reject tempfail discard quarantine; do
	eval "port=\$$action"
	rig_through "$port" "good-$action" "$RIG/signed"
	is "$rig_code" 250 "good mail by one that would $action"
	rig_same "good-$action" "is journaled as delivered"
done
is "$(rig_count intake) $(rig_inbox user)" "7 7" "seven journals, seven letters"

# ---- what is not ----

# fate ACTION CODE - forged mail is answered so, and we keep nothing of it
fate()
{
	eval "port=\$$1"
	rig_through "$port" "forged-$1" "$RIG/forged"
	is "$rig_code" "$2" "$1: Postfix answers $2"
	is "$(rig_waiting) $(rig_log | grep -c "MID [1-9][0-9]* queue-id $rig_qid ")" "0 0" \
	    "$1: nothing is journaled"
}

fate reject 550
fate tempfail 451
fate discard 250
fate quarantine 250
is "$(held)" 1 "quarantine: Postfix holds it"
fate absent 250
is "$(held)" 2 "a milter that is down, default_action=quarantine: the same"

# What is released later goes past the milters: it is delivered, and no copy
# is made.
release
ok "both are delivered when they are released" \
    rig_wait '[ "$(rig_inbox user)" = 9 ]' 10
is "$(rig_count intake) $(rig_waiting)" "7 0" "without a copy"

# What a table of Postfix holds is no milter's doing, and nothing tells us.
rig_through "$holding" held "$RIG/signed"
is "$(held)" 1 "HOLD by header_checks: Postfix holds it"
ok "and it is journaled" test -n "$(rig_journaled held)"
release
rig_same held "as it is delivered when it is released"

is "$(tdcctl status --json | grep -c '"failed_open": 0')" 1 "nothing failed"
is "$(rig_count intake) $(rig_inbox user)" "8 10" "and that was all"
done_testing
