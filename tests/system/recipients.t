#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# recipients - one message to a thousand, policies mixed: a copy for each
# intake address, whose report names its recipients, each once and in order
. "$(dirname "$0")/../rig/rig.sh"

rig_up recipients
rig_ca
rig_dns
rig_intake intake
rig_postfix smtpd_recipient_limit=2000 \
    "virtual_mailbox_domains=a.example b.example c.example d.example e.example"
perl tests/helpers/recipients.pl "$RIG" 1000
postmap "hash:$RIG/table"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/table
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

set --
while read -r to; do
	set -- "$@" -t "$to"
done <"$RIG/rcpt"
rig_give -F "$RIG/letter" "$@" >"$RIG/said"
is $? 0 "a message to $(wc -l <"$RIG/rcpt") recipients is taken"
ok "each of 1000 gets it once" rig_wait '[ "$(rig_inbox everyone)" = 1000 ]' 30
ok "its copies are sent" rig_wait '[ "$(rig_waiting)" = 0 ]' 20
is "$(sed -n 's/^rcpt //p' "$RIG"/intake/*.env | sort | tr '\n' ' ')" \
    "apac@intake.example emea@intake.example journal@intake.example us@intake.example " \
    "one for each intake address"

# The report of each, by what the policy and the letter were made from.
for intake in journal emea apac us; do
	copy=$(grep -lx "rcpt $intake@intake.example" "$RIG"/intake/*.env)
	perl tests/helpers/report.pl text "${copy%env}eml" | tr -d '\r' |
		grep -Ev '^(Sender|Subject|Message-Id): |^$' >"$RIG/named"
	is "$(cat "$RIG/named")" "$(cat "$RIG/wanted.$intake")" \
	    "$intake: $(wc -l <"$RIG/wanted.$intake") recipients, each once, in order"
	perl tests/helpers/report.pl original "${copy%env}eml" >"$RIG/original"
	ok "$intake: and the original" cmp "$RIG/letter" "$RIG/original"
done
done_testing
