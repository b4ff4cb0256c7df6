#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# log-format - log_format = json: mail_logs_file has every line as an object,
# with the keys of tdc-log(7), and the maillog stays as it is
. "$(dirname "$0")/../rig/rig.sh"

rig_up log-format
rig_ca
rig_dns
rig_intake intake
rig_postfix
conf()			# FORMAT
{
	rig_conf <<-EOF
		default_policy = DEFAULT
		log_format = $1
		retry_limit = 1
	EOF
}

# maillog [FROM] - the lines of the maillog from that one on, as events.py
# prints them
maillog()
{
	rig_log >/dev/null
	tail -n "+${1:-1}" "$RIG/tdc.log" |
		sed 's/^.\{16\}[^ ]* \([a-z-]*\)\[[0-9]*\]: TDC: /\1: /'
}

# in_json [FILE] - those of mail_logs_file
# shellcheck disable=SC2120
in_json()
{
	python3 tests/helpers/events.py man/tdc-log.7 "${1:-$RIG/mail_logs}"
}

# in_order - of each program by itself: between the two there is no order
in_order()
{
	sort -s -t: -k1,1
}

# closed - wait for the end of all connections: after that there are no lines
closed()
{
	rig_wait '[ "$(rig_log | grep -c "New SMTP")" = \
	    "$(rig_log | grep -c "DCID [0-9]* close")" ]' 10
}

# value MID EVENT KEY... - of such an event
value()
{
	perl -MJSON::PP -e '
		my ($mid, $event, @keys) = @ARGV;
		while (<STDIN>) {
			my $v = decode_json($_);
			print join("|", map { ref $_ ? "@$_" : $_ } @$v{@keys}), "\n"
			    if ($v->{mid} // 0) == $mid && $v->{event} eq $event;
		}' "$@" <"$RIG/mail_logs"
}

conf json
rig_milter
rig_forwarder
before=$(date +%s)
rig_letter "$RIG/letter" one
rig_carry user@corp.example -t other@corp.example -F "$RIG/letter"
is "$rig_result" successfully "a message"
closed
is "$(in_json | in_order)" "$(maillog | in_order)" \
    "each line of the maillog is an object"
is "$(value "$rig_mid" origin queue_id sender recipients policy)" \
    "$rig_qid|sender@client.example|user@corp.example other@corp.example|default" \
    "with the values that its line has"
is "$(value "$rig_mid" enqueued message_id intake)" \
    "<one@client.example>|journal@intake.example" "each by its name"
is "$(value "$rig_mid" finished result)" "done" "to the end"
at=$(value "$rig_mid" delivered time)
ok "the time is in seconds since 1970 ($at)" \
    [ "${at%.*}" -ge "$before" -a "${at%.*}" -le "$(date +%s)" ]
is "$(grep -c '^[A-Z][a-z][a-z] [ 0-9][0-9] .*: TDC: ' "$RIG/tdc.log")" \
    "$(wc -l <"$RIG/mail_logs")" "the maillog is text"

# ---- bytes of all kinds ----

rig_stop intake
rig_intake intake -R 'final=550 5.7.1 \x01\xff "no" \xc3\xa9'
printf 'Message-ID: <a\033[31m\200\\%s\303\251@x>\r\nSubject: odd\r\n\r\n.\r\n' \
    "'" >"$RIG/odd"
rig_carry user@corp.example -F "$RIG/odd" -e SMTPUTF8 \
    -f "$(printf 's\303\274d@client.example')"
is "$rig_result" "Hard Bounced" "an odd one"
closed
ok "is JSON all the same" eval 'in_json >"$RIG/texts"'
is "$(in_order <"$RIG/texts")" "$(maillog | in_order)" "and the same sentences"
is "$(value "$rig_mid" enqueued message_id | od -An -tx1 | tr -d ' \n')" \
    "$(printf '<a\033[31m\\x80\\\\%s\351@x>\n' "'" | od -An -tx1 | tr -d ' \n')" \
    "a byte that is no UTF-8 is spelled out, what is UTF-8 stays"
is "$(value "$rig_mid" origin sender | od -An -tx1 | tr -d ' \n')" \
    "$(printf 's\374d@client.example\n' | od -An -tx1 | tr -d ' \n')" \
    "so do addresses"
like "$(value "$rig_mid" bounced status meaning code reply | od -c)" \
    '001   \\   x   f   f' "and replies"
is "$(LC_ALL=C grep -c "$(printf '[\001-\010\013-\037\177]')" "$RIG/mail_logs")" 0 \
    "no control character is in the file"
rig_stop intake
rig_intake intake -R 'final=250 2.0.0 taken'

# ---- long ones ----

set -- -t r0@corp.example
n=1
while [ $n -lt 300 ]; do
	set -- "$@" -t "recipient-$n@corp.example"
	n=$((n + 1))
done
rig_carry many@corp.example "$@"
closed
ok "many recipients are JSON" eval 'in_json >"$RIG/texts"'
is "$(in_order <"$RIG/texts")" "$(maillog | in_order)" "and the same sentence"
told=$(value "$rig_mid" origin recipients | wc -w)
is "$((told + $(value "$rig_mid" origin more_recipients)))" 301 \
    "$told are named, the others are counted"

# ---- a reload ----

switch()		# FORMAT: reload, when nothing is under way
{
	rig_log >/dev/null
	lines=$(grep -c 'configuration reloaded' "$RIG/tdc.log")
	conf "$1"
	kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
	rig_wait "[ \$(grep -c 'configuration reloaded' $RIG/tdc.log) = \
	    $((lines + 2)) ]" 10
}
closed
switch text
lines=$(wc -l <"$RIG/tdc.log")
rig_carry user@corp.example
closed
is "$(grep -v '^{' "$RIG/mail_logs" | sed 's/^.\{24\} [A-Z][a-z]*: //; s/^TDC: //' | sort)" \
    "$(maillog $((lines - 1)) | sed 's/^[^:]*: //' | sort)" \
    "after a reload there is text"
switch json
rig_carry user@corp.example
closed
grep '^{' "$RIG/mail_logs" >"$RIG/objects"
ok "and after another JSON" eval 'in_json "$RIG/objects" >"$RIG/texts"'
is "$(($(wc -l <"$RIG/texts") + $(grep -vc '^{' "$RIG/mail_logs")))" \
    "$(maillog | wc -l)" "no line is lost by that, or is half of both"
rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -x "ADDR=192.0.2.10" -n 0 -p 4 -m 50 -t user@corp.example
for format in text json text json; do
	sleep 0.2
	switch $format
done
rig_stop load
rig_wait '[ "$(rig_counter waiting)" = 0 ]' 20
grep '^{' "$RIG/mail_logs" >"$RIG/objects"
ok "nor under load" eval 'in_json "$RIG/objects" >"$RIG/texts"'
rig_log >/dev/null
is "$(grep -v '^{' "$RIG/mail_logs" |
    grep -vcE '^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} 20[0-9]{2} (Info|Warning): ')" \
    0 "each other line is one of AsyncOS"
is "$(wc -l <"$RIG/mail_logs")" "$(wc -l <"$RIG/tdc.log")" "and all are there"

# ---- a wrong one ----

cp "$RIG/tdc.cf" "$RIG/good.cf"
conf xml
is "$("$TDC_BUILD/tdc-milter" -n -c "$RIG/tdc.cf" 2>&1 | sed 's/.*tdc.cf:[0-9]*: //')" \
    "log_format: 'xml' is none of: text json" "another format is refused"
cp "$RIG/good.cf" "$RIG/tdc.cf"
done_testing
