#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# bcc - journal_format = bcc: the plain message, its envelope in X-CSE- fields
. "$(dirname "$0")/../rig/rig.sh"

rig_up bcc
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	journal_format = bcc
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

rig_letter "$RIG/letter" "plain" "To: alice@corp.example"
rig_give -F "$RIG/letter" -f boss@client.example -t alice@corp.example \
    -t bob@corp.example >"$RIG/said"
is $? 0 "a message is taken"
ok "and its copy delivered" rig_wait '[ $(rig_count intake) = 1 ]' 10
copy=$RIG/intake/000001.eml
size=$(wc -c <"$RIG/letter")
tail -c "$size" "$copy" >"$RIG/message"
ok "the message is the one that was sent" cmp -s "$RIG/letter" "$RIG/message"
head -c "-$size" "$copy" | tr -d '\r' >"$RIG/top"
is "$(head -n 5 "$RIG/top")" "X-CSE-ClientIP: 192.0.2.10
X-CSE-MailFrom: boss@client.example
X-CSE-RcptTo: alice@corp.example,
 bob@corp.example
X-CSE-MsgDirection: Incoming" "on top stands the envelope"
like "$(sed -n '6,$p' "$RIG/top" | tr -d '\n')" \
    '^Received: from .* \(client.example \[192.0.2.10\]\)' "then a trace"
like "$(cat "$RIG/intake/000001.env")" '<?journal@intake.example' \
    "for the intake address"
done_testing
