#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# reload - SIGHUP and SIGUSR1 under load: no session is dropped, what is new
# is in force, what is bad is not; tables need no signal at all
. "$(dirname "$0")/../rig/rig.sh"

rig_up reload
rig_ca
rig_dns
rig_intake intake
rig_postfix
echo "corp.example DEFAULT" >"$RIG/policy"
postmap "lmdb:$RIG/policy"
conf()
{
	rig_conf <<-EOF
		intake_address = $1@intake.example
		policy_maps = check_recipient lmdb:$RIG/policy
		idle_timeout = 100ms
		${2:-}
	EOF
}
conf first
rig_milter
rig_forwarder
milter=$(rig_pid milter)
forwarder=$(rig_pid forwarder)

# told N PATTERN - the maillog has N such lines
told()
{
	[ "$(rig_log | grep -c "$2")" -ge "$1" ]
}

# to ADDRESS - how many copies went there
to()
{
	grep -lx "rcpt $1@intake.example" "$RIG"/intake/*.env 2>/dev/null |
		wc -l
}

rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -x "ADDR=192.0.2.10" -n 0 -p 4 -m 50 -s 2000 -t user@corp.example
rig_wait '[ "$(to first)" -gt 20 ]' 10
rig_start crowd perl tests/helpers/talk.pl "$smtp_port" 3 "$RIG/go"
ok "three more clients are in the middle of a message" \
    rig_wait 'grep -qs half "$RIG/err/crowd.out"' 10
conf second
kill -HUP "$milter"
kill -HUP "$forwarder"
ok "SIGHUP: both programs say that they reloaded" \
    rig_wait 'told 2 "configuration reloaded"' 10
ok "the new intake address is in force" \
    rig_wait '[ "$(to second)" -gt 20 ]' 10
conf third
kill -USR1 "$milter"
kill -USR1 "$forwarder"
ok "SIGUSR1: both programs say that they reloaded" \
    rig_wait 'told 4 "configuration reloaded"' 10
ok "the new intake address is in force" \
    rig_wait '[ "$(to third)" -gt 20 ]' 10

first=$(to first)
: >"$RIG/go"
ok "who was in the middle of a message ends it" \
    rig_wait 'grep -qx "all 250" "$RIG/err/crowd.out"' 10
ok "with the parameters that it began with" \
    rig_wait '[ "$(to first)" = $((first + 3)) ]' 10

conf fourth "no_such_parameter = 1"
for signal in HUP USR1; do
	kill -$signal "$milter" "$forwarder"
	refused=$((${refused:-0} + 2))
	ok "SIG$signal: a bad configuration is refused, with its place" \
	    rig_wait 'told $refused "Warning: configuration not reloaded: .*tdc.cf:[0-9]*: .*no_such_parameter"' 10
done
third=$(to third)
ok "the old one stays in force" rig_wait '[ "$(to third)" -gt $((third + 20)) ]' 10
conf third
for i in 1 2 3 4 5 6 7 8 9 10; do
	kill -HUP "$milter" "$forwarder"
	sleep 0.05
done

rig_stop load
is "$(rig_pid milter) $(rig_pid forwarder)" "$milter $forwarder" \
    "the programs are the same"
ok "and run" rig_running "$milter"
is "$(to fourth)" 0 "the bad configuration was never in force"
is "$(awk '$2 != 250' "$RIG/err/load.out")" "" "no session was dropped"
unlike "$(cat "$RIG/maillog")" 'milter .*(lost|can.t|error|refused)' \
    "Postfix never missed the milter"
rig_wait '[ "$(rig_waiting)" = 0 ]' 20
ls "$RIG/intake"/*.eml >"$RIG/copies"
is "$(wc -l <"$RIG/copies")" $(($(wc -l <"$RIG/err/load.out") + 3)) \
    "each message has one copy"

# Tables.
changed()
{
	rig_wait "told $1 'table lmdb:$RIG/policy changed'" 3
}
echo "corp.example fifth@intake.example" >"$RIG/policy"
postmap "lmdb:$RIG/policy"
written=$(date +%s%3N)
ok "a changed table is noticed" changed 1
took=$(($(date +%s%3N) - written))
diag "noticed after $took ms"
ok "within two seconds" [ "$took" -lt 2200 ]
rig_send sender@client.example user@corp.example
ok "and in force" rig_wait '[ "$(to fifth)" = 1 ]' 5
# What a reload cannot change is said, by each program.
conf third "spool_directory = $RIG/elsewhere"
kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
ok "what takes a restart is named" rig_wait \
    '[ "$(rig_log | grep -c "tdc.cf:.*: spool_directory changed, which")" = 2 ]' \
    10
conf third

# Log files that were moved away while the configuration is bad.
conf third "no_such_parameter = 1"
mv "$RIG/tdc.log" "$RIG/tdc.log.1"
install -o nobody /dev/null "$RIG/tdc.log"
kill -USR1 "$forwarder"
ok "log files are opened anew, bad as the configuration is" \
    rig_wait 'told 1 "configuration not reloaded"' 10

# A key that root alone may read could not be read again at a reload.
rig_cert client gateway.example
chown root "$RIG/client.key"
chmod 600 "$RIG/client.key"
conf third "
tls_cert_file = $RIG/client.pem
tls_key_file = $RIG/client.key"
rig_stop forwarder
for option in -n -f; do
	"$TDC_BUILD/tdc-forwarder" "$option" -c "$RIG/tdc.cf" 2>"$RIG/err/key"
	is "$?" 75 "a key for root alone is refused at once: $option"
	like "$(cat "$RIG/err/key")" \
	    '^tdc-forwarder: as user nobody: .* tls_key_file: .*/client.key: Permission' \
	    "and the key is named, and who cannot read it: $option"
done
chown nobody "$RIG/client.key"
"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf"
is "$?" 0 "the user's own key is accepted"
ok "the forwarder starts with it" rig_forwarder
kill -HUP "$(rig_pid forwarder)"
ok "and reads it again" rig_wait 'told 1 "configuration reloaded"' 10
done_testing
