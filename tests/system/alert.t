#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# alert - alert_command is told of what is wrong, once in a while; and whatever
# it does, mail, copies and the end of the programs do not wait for it
. "$(dirname "$0")/../rig/rig.sh"

rig_up alert
rig_ca
rig_dns
rig_intake intake
rig_postfix
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$RIG/soon.key" -out "$RIG/soon.pem" -days 3 -subj /CN=soon \
    2>>"$RIG/err/openssl"
chmod 644 "$RIG/soon.key"
echo "corp.example DEFAULT" >"$RIG/policy"

# The program: a line for each call, what it got between bars; and who it was.
cat >"$RIG/page" <<-'EOT'
	#!/bin/sh
	[ "$#" = 2 ] && [ "$1" = "two words" ] || exit 9
	{ env | grep '^TDC_' | sort; id -un; } | tr '\n' '|' >>"$2"
	echo >>"$2"
	echo paged
EOT
chmod 755 "$RIG/page"
: >"$RIG/told"
chown nobody "$RIG/told"
page="$RIG/page 'two words' $RIG/told"

limit=1000

# conf COMMAND [LINE]...: with that retry_limit
conf()
{
	{
		echo "alert_command = $1"
		shift
		cat <<-EOF
			retry_limit = $limit
			alert_interval = 1s
			alert_intake_down = 2s
			policy_maps = check_recipient texthash:$RIG/policy
			queue_lifetime = 1h
			retry_delay = 200ms
			idle_timeout = 100ms
		EOF
		printf '%s\n' "$@"
	} | rig_conf
}

reload()		# PROGRAM
{
	rig_seen=$(rig_log | grep -c 'configuration reloaded')
	kill -HUP "$(rig_pid "$1")"
	rig_wait "[ \$(rig_log | grep -c 'configuration reloaded') -gt $rig_seen ]" 10
}

# told EVENT - the calls with that event
told()
{
	grep "TDC_EVENT=$1|" "$RIG/told"
}

# heard EVENT COUNT NAME - so many calls come; the last one is in $last
heard()
{
	rig_wait "[ \$(told $1 | wc -l) -ge $2 ]" 20
	is "$(told "$1" | wc -l)" "$2" "$3"
	last=$(told "$1" | tail -n 1)
}

# all EVENT - how many events the calls stand for
all()
{
	told "$1" | sed 's/.*|TDC_SUPPRESSED=\([0-9]*\)|.*/\1/' |
		awk '{ n += $1 + 1 } END { print n + 0 }'
}

# ---- the milter ----

# so much free space is nowhere: no copy is made
conf "$page" "min_free_space = 900T"
rig_milter
heard spool_low 1 "the spool's disk is nearly full"
like "$last" "\|TDC_TEXT=spool_directory $RIG/spool: [0-9]+M are free, and below min_free_space, 943718400M, no copy is made\|" \
    "and how nearly"
rig_send a@client.example other@corp.example
is $? 0 "a message is accepted without a copy"
heard failed_open 1 "that is told"
like "$last" "^TDC_EVENT=failed_open\|TDC_HOST=[^|]+\|TDC_INTAKE=\|TDC_MID=\|TDC_PROFILE=\|TDC_PROGRAM=tdc-milter\|TDC_QUEUE_ID=$rig_qid\|TDC_RECIPIENT=\|TDC_SUPPRESSED=0\|TDC_TABLE=\|TDC_TEXT=spool: [^|]*\|TDC_TIME=[0-9]+\|nobody\|$" \
    "all that it gets, as whom"
rig_give -n 20 -p 4 -m 1 -t user@corp.example >"$RIG/said"
is $? 0 "twenty more"
ok "all of them are told of" rig_wait '[ "$(all failed_open)" = 21 ]' 10
calls=$(told failed_open | wc -l)
ok "by few calls ($calls)" [ "$calls" -ge 2 -a "$calls" -le 6 ]
ok "the log says what came of each" rig_wait "[ \$(rig_log | grep -c \
    'alert_command was run for failed_open: exit status 0: paged\$') = $calls ]" 5
sleep 1.5
is "$(told failed_open | wc -l)" "$calls" "there is none after the last"

rig_table=$RIG/policy
printf 'corp.example DEFAULT extra@@@\n' >"$rig_table.new"
mv "$rig_table.new" "$rig_table"
heard table_broken 1 "a table that cannot be loaded again"
like "$last" "\|TDC_TABLE=texthash:$rig_table\|TDC_TEXT=.*$rig_table:1: " \
    "which, and why"
echo "corp.example DEFAULT" >"$rig_table"

# ---- a command that hangs ----

conf "/bin/sh -c 'echo \$\$\$\$ >$RIG/hung; trap \"\" TERM; sleep 1000 & wait'" \
    "min_free_space = 900T"
: >"$RIG/hung"
chown nobody "$RIG/hung"
reload milter
rig_send b@client.example user@corp.example
ok "one that hangs, and leaves another" \
    rig_wait '[ -s "$RIG/hung" ]' 10
began=$(date +%s%3N)
rig_give -n 20 -p 4 -m 1 -t user@corp.example >"$RIG/said"
is $? 0 "messages are accepted meanwhile"
took=$(($(date +%s%3N) - began))
ok "at once ($took ms)" [ "$took" -lt 3000 ]
began=$(date +%s%3N)
rig_stop milter
took=$(($(date +%s%3N) - began))
ok "the milter ends ($took ms)" [ "$took" -lt 5000 ]
ok "and with it what it has run" \
    rig_wait '! pgrep -f "sleep 1000" >/dev/null' 5
is "$(rig_log | grep -c 'alert_command failed for failed_open: killed, since it did not end in time$')" \
    1 "the log says so"

# ---- the forwarder ----

conf "$page" "tls_cert_file = $RIG/soon.pem" "tls_key_file = $RIG/soon.key"
rig_forwarder
heard certificate_expires 1 "a certificate that expires"
like "$last" "\|TDC_TEXT=tls_cert_file $RIG/soon.pem expires on 2[0-9-]*: renew it" \
    "which and when"
rig_stop intake
rig_fill 3
heard intake_down 1 "an intake that is down"
like "$last" "\|TDC_INTAKE=intake.example\|.*\|TDC_PROGRAM=tdc-forwarder\|.*\|TDC_TEXT=the intake of intake.example has been down for [0-9]+ s, and 3 copies wait for it\|" \
    "which, and for how long"
rig_intake intake
heard intake_up 1 "it is up again"
like "$last" "\|TDC_TEXT=the intake of intake.example is up again\|" \
    "which says so"
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
rig_stop intake
before=$(rig_log | grep -c 'Delayed: ')
rig_fill 1
rig_wait '[ "$(rig_log | grep -c "Delayed: ")" -gt "$before" ]' 10
tdcctl suspend intake.example >/dev/null
rig_fill 1 -i journal@other.example
heard intake_down 2 "another is down"
like "$last" "\|TDC_INTAKE=other.example\|" "of one that is suspended nothing is told"
tdcctl resume ALL >/dev/null
heard intake_down 3 "until it is resumed"
like "$last" "\|TDC_INTAKE=intake.example\|" "then it is"

limit=0
conf "$page" "undelivered = keep"
reload forwarder
rig_fill 4
ok "copies that are given up" rig_wait '[ "$(all given_up)" = 6 ]' 20
last=$(told given_up | grep 'INTAKE=intake.example|' | head -n 1)
like "$last" "\|TDC_INTAKE=intake.example\|TDC_MID=[0-9]+\|.*\|TDC_TEXT=MID [0-9]+ for intake.example was given up: connection error: .*Connection refused\|" \
    "which, and why"
calls=$(told given_up | wc -l)
ok "by few calls ($calls)" [ "$calls" -ge 2 -a "$calls" -le 5 ]
is "$(rig_counter hard_bounced)" 6 "each is counted"

# ---- no good command ----

conf /nowhere/page
reload forwarder
rig_fill 1
ok "one that is not there: the log" rig_wait "rig_log |
    grep -q 'alert_command failed for given_up: it cannot be run: No such file or directory$'" 10
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_waiting)" 0 "and copies are seen to"
before=$(wc -l <"$RIG/told")
conf ""
reload forwarder
rig_fill 1
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
sleep 1.5
is "$(wc -l <"$RIG/told")" "$before" "none: nothing is run"
rig_stop forwarder

said=$(tdcctl alert-test 2>&1)
is "$? $said" "78 tdcctl: alert_command is not set" "alert-test without one"
conf "$page"
said=$(tdcctl alert-test 2>&1)
is "$? $said" "0 alert_command: exit status 0: paged" "alert-test"
heard test 1 "is an event"
like "$last" "\|TDC_PROGRAM=tdcctl\|.*\|nobody\|$" "by the daemons' user"
conf "$RIG/page"
said=$(tdcctl alert-test 2>&1)
is "$? $said" "69 tdcctl: alert_command: exit status 9" "one that fails"

for bad in "page 'two" page '""'; do
	conf "$bad"
	line=$(grep -n ^alert_command "$RIG/tdc.cf" | cut -d: -f1)
	said=$("$TDC_BUILD/tdc-milter" -n -c "$RIG/tdc.cf" 2>&1)
	like "$? $said" "^78 tdc-milter: $RIG/tdc.cf:$line: alert_command: " \
	    "refused: $bad"
done

# ---- the example that comes with us ----

conf "$PWD/contrib/examples/alert-mail user@corp.example smtp://127.0.0.1:$smtp_port"
said=$(setpriv --no-new-privs "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" \
    alert-test 2>&1)
is "$? $said" "0 alert_command: exit status 0" "mail, with no new privileges"
ok "it arrives" rig_wait \
    "grep -qs '^Subject: .*: test' $RIG/mail/user/new/*" 10
is "$(grep -h -A2 '^$' "$RIG"/mail/user/new/* | grep -c '^This is a test of alert_command; nothing has happened.$')" \
    1 "with the text"

# ---- check ----

chmod 700 "$RIG/page"
conf "$page"
line=$(grep -n ^alert_command "$RIG/tdc.cf" | cut -d: -f1)
like "$(tdcctl check 2>&1)" "^warning: $RIG/tdc.cf:$line: alert_command: as user nobody: $RIG/page: Permission denied: no alert will be given to it$" \
    "check: nobody may run it"
chmod 777 "$RIG/page"
said=$(tdcctl check 2>&1)
unlike "$said" "no alert will" "check: it can be run"
like "$said" "^warning: alert_command $RIG/page can be written by others" \
    "check: others may change it"
done_testing
