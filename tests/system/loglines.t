#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# loglines - what the programs write is what AsyncOS writes, byte for byte but
# for numbers, names and times, in its order
. "$(dirname "$0")/../rig/rig.sh"

rig_up loglines
rig_ca
rig_selfsigned stranger mx.intake.example
rig_dns
if [ -n "$RIG_ALONE" ]; then
	RIG_MX=yes		# by MX and port 25, as in real life
	set -- -l 127.0.0.1:25
fi
rig_intake intake "$@"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	policy_maps = check_recipient inline:{ { nobody@corp.example = x@nowhere.example } }
	min_connections = 1
	retry_delay = 500ms
	command_timeout = 1s
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# alike - numbers, names and times become words
alike()
{
	sed -E "s/^[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} [0-9:]{8} [0-9]{4} /TIME /
		s/(MID|DCID|port:?) [0-9]+/\\1 N/g
		s/'<[^']*>'/'<ID>'/
		s/intake address [^ ]+@[^ ]+\$/intake address A@B/
		s/(interface:?|address|IP:) [0-9.]+/\\1 IP/g
		s/protocol TLSv1\\.[23] cipher [A-Z0-9_-]+/protocol P cipher C/"
}

# new_lines FILE - what was added since the last call, but for what AsyncOS
# does not write
new_lines()
{
	tail -n "+$((seen + 1))" "$1" |
		grep -Ev ' started$| queue-id | RID \[0\] Response | close$| TLS trust: '
}

# lines_of LETTER... - send a letter, and see what becomes of it
lines_of()
{
	seen=$(wc -l <"$RIG/mail_logs")
	rig_send sender@client.example "$@" || diag "$rig_said"
	rig_wait "tail -n +$((seen + 1)) $RIG/mail_logs |
	    grep -q 'Message finished'" 15
	new_lines "$RIG/mail_logs"
}

cat >"$RIG/seed" <<'EOF'
Fri Feb 16 21:19:22 2024 Info: TDC: MID 14501404 with Message-ID '<O7afv777xxreILg2OQ@gostrt-sstp-0>' enqueued for forwarding to Cisco Secure Email Threat Defense to the message intake address 33c48e-27xp9-05ecb4@beta.cmd.cisco.com
Fri Feb 16 21:19:23 2024 Info: TDC: New SMTP DCID 4566150 interface 10.13.0.99 address 10.10.55.171 port 25
Fri Feb 16 21:19:23 2024 Info: DCID 4566150 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES128-GCM-SHA256
Fri Feb 16 21:19:23 2024 Info: TDC: Delivery start DCID 4566150 MID 14501404
Fri Feb 16 21:19:24 2024 Info: TDC: MID 14501404 successfully delivered for scanning with Cisco Secure Email Threat Defense.
Fri Feb 16 21:19:24 2024 Info: Message finished MID 14501404 done
EOF
lines_of user@corp.example >"$RIG/delivered"
is "$(alike <"$RIG/delivered")" "$(alike <"$RIG/seed")" \
    "a normal delivery, in mail_logs"

# The same in the maillog, where every line has the prefix.
maillog='^[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ tdc-(milter|forwarder)\[[0-9]+\]: TDC: '
is "$(grep -Evc "$maillog" "$RIG/tdc.log")" 0 \
    "every line in the maillog is syslog's, with TDC:"
is "$(rig_log | grep -Ev ' started$| queue-id | Response | close$| TLS trust: ' | alike)" \
    "$(sed 's/^.* Info: //; s/^TDC: //; s/^/TDC: /' "$RIG/seed" | alike)" \
    "a normal delivery, in the maillog"
like "$(rig_log)" \
    "^TDC: MID 1 queue-id $rig_qid from <sender@client.example> to <user@corp.example> policy default size [0-9]+\$" \
    "the queue id stands beside the MID"
like "$(cat "$RIG/mail_logs")" \
    "^... ... .. ..:..:.. .... Info: MID 1 RID \\[0\\] Response '2\\.0\\.0 Ok: queued as 1'\$" \
    "the intake's answer is told"

# failed NAME LINE... - what was written after "Delivery start" of the last
# letter, or after "enqueued" when it never came so far
failed()
{
	name=$1
	shift
	is "$(alike <"$RIG/lines" | sed 's/^TIME Info: //' |
	    grep -Ev ' enqueued for |New SMTP|TLS success|Delivery start')" \
	    "$(printf '%s\n' "$@" | alike)" "$name"
}

# shellcheck disable=SC2086
# misbehave OPTIONS - the intake is another one from now on
misbehave()
{
	rig_stop intake
	rig_intake intake $listen "$@"
}
listen=$*
seti="Cisco Secure Email Threat Defense"
misbehave -C "$RIG/stranger.pem" -K "$RIG/stranger.key"
lines_of user@corp.example >"$RIG/lines"
failed "no trust in the certificate" \
    "$(grep -o 'DCID [0-9]* TLS failed: .*' "$RIG/lines")" \
    "TDC: MID 1450012 last attempt failed: DCID 80167 to intake.example: $(sed -n 's/.*TLS failed: //p' "$RIG/lines")" \
    "TDC: MID 1450012 delivery failed to $seti:TLS Error." \
    "Message finished MID 1450012 aborted"
like "$(cat "$RIG/lines")" 'TLS failed: .*(certificate|self.signed)' \
    "and why"

misbehave -R greeting=hang
lines_of user@corp.example >"$RIG/lines"
failed "no answer" \
    "TDC: Connection Error: DCID 36 domain: the.tdc.queue IP: 10.10.0.3 port: 25 details: timeout interface: 10.10.11.63 reason: connection timed out" \
    "TDC: Delayed: DCID 36 MID 171 to RID 0 - 4.4.0 - Other network problem ('000', ['timeout'])" \
    "TDC: Connection Error: DCID 36 domain: the.tdc.queue IP: 10.10.0.3 port: 25 details: timeout interface: 10.10.11.63 reason: connection timed out" \
    "TDC: MID 171 last attempt failed: DCID 36 to intake.example: timeout" \
    "TDC: MID 171 delivery failed to $seti: Connection Error." \
    "Message finished MID 171 aborted"
is "$(sed -En 's/.* (Connection Error|Delayed|last attempt failed): DCID ([0-9]+) .*/\2/p' \
    "$RIG/lines" | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "2 2 " \
    "each attempt has its connection"

misbehave -R "final=451 4.3.2 try again later*1"
lines_of user@corp.example >"$RIG/lines"
failed "later" \
    "TDC: Delayed: DCID 8414309 MID 19410908 to RID 0 - 4.3.2 - Not accepting messages at this time ('451', ['4.3.2 try again later'])" \
    "TDC: MID 14501404 successfully delivered for scanning with $seti." \
    "Message finished MID 14501404 done"

misbehave -R "rcpt=550-5.1.1 it's\\r\\n550 5.1.1 gone"
lines_of user@corp.example >"$RIG/lines"
failed "no such address" \
    "TDC: Hard bounced - 5.1.1 - Bad destination mailbox address ('550', [\"5.1.1 it's\", '5.1.1 gone'])" \
    "TDC: MID 171 delivery failed to $seti: Hard Bounced." \
    "Bounced: DCID 2 MID 171 to RID 0 - Bounced by destination server with response: 5.1.1 - Bad destination mailbox address ('550', [\"5.1.1 it's\", '5.1.1 gone'])" \
    "Message finished MID 171 aborted"

if [ -n "$RIG_ALONE" ]; then
	lines_of nobody@corp.example >"$RIG/lines"
	failed "no such domain" \
	    "DNS Error nowhere.example MX - NXDomain" \
	    "TDC: Hard bounced - 5.1.2 - Bad destination host ('000', ['DNS Hard Error looking up nowhere.example (MX) : NXDomain'])" \
	    "TDC: MID 171 delivery failed to $seti: Hard Bounced." \
	    "Bounced: DCID 0 MID 171 to RID 0 - Bounced by destination server with response: 5.1.2 - Bad destination host ('000', ['DNS Hard Error looking up nowhere.example (MX) : NXDomain'])" \
	    "Message finished MID 171 aborted"
	like "$(grep ^ "$RIG/lines")" 'Bounced: DCID 0 MID' \
	    "without a connection the DCID is 0"
fi

# ---- the recipe of tdc-log(7) ----

misbehave
if [ -n "$RIG_ALONE" ]; then
	rig_send s@client.example user@corp.example -t nobody@corp.example
	rig_wait '[ "$(rig_log | grep -c "^TDC: Message finished")" -ge 8 ]' 15
	sed -n '/^\.Sh EXAMPLES/,$p' man/tdc-log.7 | sed -n '/^\.Bd/,/^\.Ed/p' |
		sed "/^\./d; s/\\\\e/\\\\/g; s|/var/log/mail.log|$RIG/tdc.log|
		    s/4YbCdE3xkzz1V/$rig_qid/" >"$RIG/recipe"
	sh "$RIG/recipe" | sed 's/.*TDC: /TDC: /' >"$RIG/told"
	is "$(sed -n '1,/^==/p' "$RIG/told" | grep -c "queue-id $rig_qid ")" 2 \
	    "the recipe for a queue id: first what its lines are"
	first=$(sed -n 's/^== MID //p' "$RIG/told" | head -n 1)
	for mid in $first $((first + 1)); do
		is "$(sed -n "/^== MID $mid\$/,/^== MID $((mid + 1))\$/p" "$RIG/told" |
		    grep -v '^==')" "$(rig_log | grep -w "MID $mid")" \
		    "the recipe: then all of MID $mid"
	done
	is "$(grep -c '^==' "$RIG/told")" 2 "the recipe: and nothing else"
fi

# What comes from the network cannot write lines of its own.
printf 'Message-ID: <a\033[31m\200\\%s@x>\r\nSubject: odd\r\n\r\n.\r\n' "'" \
    >"$RIG/odd"
misbehave -R 'final=250 2.0.0 \x01\xff done'
lines_of user@corp.example -F "$RIG/odd" >"$RIG/lines"
like "$(cat "$RIG/lines")" \
    "Message-ID '<a\\\\x1b\\[31m\\\\x80\\\\\\\\\\\\'@x>' enqueued" \
    "control bytes of a Message-ID are spelled out"
is "$(LC_ALL=C grep -c '[^ -~]' "$RIG/mail_logs" "$RIG/tdc.log" |
    sed 's/.*://' | tr '\n' ' ')" "0 0 " "the logs are printable ASCII"
done_testing
