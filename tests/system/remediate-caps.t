#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediate-caps - too much for one recipient stops what is for that recipient,
# too much for all stops everything; alert_command is told; a person asks for what
# was only reported, and gets in while the daemon is at work; there is one daemon
. "$(dirname "$0")/../rig/rig.sh"

rig_up remediate-caps
rig_ca
rig_dns
rig_intake intake
rig_mailstore
rig_etd
rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp" || exit 1
install -d -o nobody -m 700 "$RIG/kept" "$RIG/sent"
profile()		# KEY
{
	cat >"$RIG/profiles" <<-END
		profile store type=dovecot url=https://localhost:$doveadm_port
		    key="$1" quarantine=quarantine@corp.example
	END
	chown nobody "$RIG/profiles"
	chmod 600 "$RIG/profiles"
}
profile "$rig_mailstore_key"

# What mail is sent by; while there is a file "slow", each takes half a second.
cat >"$RIG/sendmail" <<-EOT
	#!/bin/sh
	[ ! -e $RIG/slow ] || sleep 0.5
	cat >$RIG/sent/\$\$
EOT
# The operator's program: a line for each call.
cat >"$RIG/page" <<-'EOT'
	#!/bin/sh
	{ env | grep '^TDC_' | sort; id -un; } | tr '\n' '|' >>"$1"
	echo >>"$1"
EOT
chmod 755 "$RIG/sendmail" "$RIG/page"
: >"$RIG/told"
chown nobody "$RIG/told"

conf()			# [LINE...]
{
	rig_conf <<-END
		default_policy = DEFAULT
		history_database = $RIG/kept/history.db
		$(rig_etd_conf)
		remediation_profiles = $RIG/profiles
		remediation_domain_map = inline:{ corp.example=store }
		remediation_postfix_aliases = no
		remediation_gateways = gateway.example
		remediation_max_share = ${share:-100}
		remediation_sendmail = $RIG/sendmail
		remediation_notify = dave@corp.example
		alert_command = $RIG/page $RIG/told
		alert_interval = 1s
		alert_intake_down = 0
		$(printf '%s\n' "$@")
	END
}
act="remediation_mode = act"

remediator()		# WORD... - its exit status in $status, what it says in $said
{
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>&1)
	status=$?
}

# deliver SUBJECT USER - a message that is in the history when this returns; its
# MID in $rig_mid
deliver()
{
	rig_letter "$RIG/letter" "$1"
	rig_carry "$2@corp.example" -F "$RIG/letter"
	[ -n "$rig_mid" ] || exit 1
	rig_wait "tdcctl history --json --mid $rig_mid 2>/dev/null | grep -q delivered" 10
}

# bad SUBJECT USER - one with a verdict
bad()
{
	deliver "$1" "$2"
	rig_etd_message "$1" "<$1@client.example>" phishing "$2@corp.example"
}

# start, reload - the daemon, in $daemon; poll - at once
start()
{
	rig_exec "$TDC_BUILD/tdc-remediator" -f -c "$RIG/tdc.cf" 2>>"$RIG/err/daemon" &
	daemon=$!
	rig_wait 'rig_log | grep -q "tdc-remediator .* started"' 10
}
reload()
{
	rig_reloads=$(rig_log | grep -c 'configuration reloaded')
	kill -HUP "$daemon"
	rig_wait "[ \$(rig_log | grep -c 'configuration reloaded') -gt $rig_reloads ]" 10
}

told()			# EVENT [WORD]: the last call with it
{
	grep "TDC_EVENT=$1|" "$RIG/told" | grep -F "${2:-|}" | tail -n 1
}

due()			# how many actions are
{
	sqlite3 "$RIG/remediate/state.db" \
	    "SELECT count(*) FROM actions WHERE due > 0"
}

conf
rig_milter && rig_forwarder || exit 1

# ---- what was only reported, when a person asks for it ----

bad one alice
one=$rig_mid
bad two bob
remediator once
is "$status $said" "0 " "a poll"
batch=$(sqlite3 "$RIG/remediate/state.db" "SELECT name FROM batches")
remediator remediate "$batch"
is "$status" 78 "remediate with remediation_mode = report"
like "$said" "^tdc-remediator: remediate: nothing is touched: .*remediation_mode = report\$" \
    "is refused"
conf "$act"
remediator once
is "$(rig_in alice@corp.example) $(rig_in bob@corp.example)" "1 1" \
    "what was reported stays when the mode is another one"
remediator remediate "$batch" -n
is "$status $(echo "$said" | sort)" "0 MID $one for alice@corp.example: would be remediated (Delete): verdict phishing, Message-ID '<one@client.example>', subject 'about one'
MID $rig_mid for bob@corp.example: would be remediated (Delete): verdict phishing, Message-ID '<two@client.example>', subject 'about two'" \
    "remediate -n shows it"
is "$(rig_in alice@corp.example) $(rig_in bob@corp.example) $(due)" "1 1 0" \
    "and touches nothing"
remediator remediate one
is "$status $said" "0 MID $one for alice@corp.example: remediated" \
    "remediate, by the API's id"
is "$(rig_in alice@corp.example) $(rig_in bob@corp.example)" "0 1" "that one is gone"
like "$(rig_log)" "^TDC: Message $one was initiated for 'Delete' remedial action by 'root' from source '[^']*' in batch 'remediate-[0-9TZ.]*'\.\$" \
    "the log says who asked for it"
like "$(rig_log)" "^TDC: Message $one was processed with 'Delete' remedial action for recipient 'alice@corp.example' in batch 'remediate-[0-9TZ.]*'\. Remediation status: Remediated\.\$" \
    "and what came of it"
like "$(rig_log)" "MID $one a message in folder 'INBOX' of alice@corp.example was moved to quarantine, proved by queue id" \
    "by the same proof"
report=$(tdcctl remediation-report)
like "$report" "^Initiated By +root\$" "so does the report"
like "$report" "^Batch Description +asked for: one\$" "and what was named"
remediator remediate "$batch"
is "$status $said" "0 MID $rig_mid for bob@corp.example: remediated" \
    "remediate, by the batch: what is left of it"
remediator undo one
is "$status $(rig_in alice@corp.example)" "0 1" "undo"
remediator remediate "$one"
is "$status $said" "0 MID $one for alice@corp.example: left as it is: restored (undone by root)" \
    "what was undone is not done again"
remediator remediate nothing
is "$status $said" "65 tdc-remediator: remediate: there is no message, batch or MID 'nothing'" \
    "remediate of nothing"
remediator remediate
is "$status" 64 "remediate without a word"

# ---- one daemon ----

start
remediator -f
is "$status $said" "75 tdc-remediator: $RIG/remediate/state.db: another tdc-remediator runs, pid $daemon" \
    "a second daemon is refused"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
start
ok "after kill -9 another one runs" rig_running "$daemon"

# ---- too much for one recipient ----

conf "$act" "remediation_max_recipient = 2"
reload
for i in 1 2 3; do
	bad "flood.$i" carol
done
bad four bob
reload
ok "what is for others goes on" rig_wait '[ "$(rig_in bob@corp.example)" = 0 ]' 10
is "$(rig_in carol@corp.example)" 3 "what is for one stops"
why="3 remediations in an hour, and remediation_max_recipient is 2"
like "$(rig_log)" "^TDC: Warning: remediation has stopped for carol@corp.example: $why; if that is right: tdc-remediator resume carol@corp.example\$" \
    "with a line"
ok "alert_command is run" rig_wait '[ -n "$(told remediation_stopped)" ]' 10
like "$(told remediation_stopped)" "TDC_PROGRAM=tdc-remediator\|" "by this program"
like "$(told remediation_stopped)" "TDC_RECIPIENT=carol@corp.example\|" "for whom"
like "$(told remediation_stopped)" "TDC_TEXT=remediation has stopped for carol@corp.example: $why\|" \
    "why"
like "$(told remediation_stopped)" "\|nobody\|\$" "as remediation_user"
like "$(cat "$RIG"/sent/*)" "tdc-remediator resume carol@corp.example	-- $why" \
    "and a mail"
like "$(tdcctl status)" "^Remediation: *acts, stopped for 1 recipient, " "status"
is "$(tdcctl metrics | grep '^tdc_remediation_paused')" "tdc_remediation_paused 0
tdc_remediation_paused_recipients 1" "metrics"
like "$(tdcctl check)" "^warning: remediation has stopped for carol@corp.example: $why; if" \
    "check"
like "$(tdcctl report)" "^Remediation has stopped for 1 recipient: tdcctl" "report"
like "$(tdcctl remediation-report)" "^Remediation has stopped for carol@corp.example: $why; if" \
    "remediation-report"
like "$(tdcctl remediation-report --json | head -n 1)" "\"paused_recipients\": ?\[\{\"recipient\": ?\"carol@corp.example\", ?\"reason\": ?\"$why\"" \
    "as JSON"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
seen=$(rig_log | grep -c 'stopped for carol')
start
bad five bob
reload
ok "after a restart others go on" rig_wait '[ "$(rig_in bob@corp.example)" = 0 ]' 10
is "$(rig_in carol@corp.example)" 3 "and that one does not"
is "$(rig_log | grep -c 'stopped for carol')" $((seen + 1)) "it is told again"
remediator remediate flood.2
is "$status $(rig_in carol@corp.example)" "0 2" "what a person names is done"
remediator resume bob@corp.example
is "$status $said" "65 tdc-remediator: resume: remediation was not stopped for 'bob@corp.example'" \
    "resume of somebody else"
remediator resume Carol@corp.example
is "$status $said" "0 remediation goes on for Carol@corp.example (it had stopped: $why)" \
    "resume"
ok "then it is done" rig_wait '[ "$(rig_in carol@corp.example)" = 0 ]' 10
like "$(rig_log)" "^TDC: remediation resumed for Carol@corp.example by 'root'\$" \
    "with a line"
remediator resume
is "$status $said" "0 remediation was not stopped" "nothing to resume"

# ---- too much for all ----

for limit in "poll:5 remediations in one poll" "hour:[0-9]* remediations in an hour"; do
	conf "$act" "remediation_max_${limit%%:*} = 4"
	reload
	: >"$RIG/told"
	for i in 1 2 3 4 5; do
		bad "${limit%%:*}.$i" carol
	done
	reload
	ok "remediation_max_${limit%%:*} stops all" rig_wait \
	    "rig_log | grep -q 'all remediation has stopped: ${limit#*:}, and remediation_max_${limit%%:*} is 4'" 10
	is "$(rig_in carol@corp.example)" 5 "and nothing is touched"
	ok "alert_command" rig_wait '[ -n "$(told remediation_stopped)" ]' 10
	like "$(told remediation_stopped "|TDC_RECIPIENT=|")" \
	    "TDC_TEXT=all remediation has stopped: ${limit#*:}" "is told"
	remediator resume
	like "$status $said" "^0 remediation goes on \(it had stopped: ${limit#*:}" "resume"
	ok "then it is done" rig_wait '[ "$(rig_in carol@corp.example)" = 0 ]' 10
done

# ---- too much of a day's mail, and a person who gets in while that is done ----

many=12
share=1
conf "$act" "remediation_action = forward-and-delete" \
    "remediation_forward_to = dave@corp.example" \
    "remediation_max_recipient = 100"
reload
i=0
while [ $i -lt $many ]; do
	i=$((i + 1))
	bad "many.$i" bob
done
reload
ok "remediation_max_share stops all" rig_wait "rig_log |
    grep -q 'has stopped: $many messages in a day, and remediation_max_share allows 10 (1% of [0-9]* journaled ones, at least 10)'" 10
is "$(rig_in bob@corp.example)" "$many" "and nothing is touched"
touch "$RIG/slow"
remediator resume
ok "after a resume the daemon is at work" rig_wait \
    '[ "$(rig_in bob@corp.example)" -lt $many ]' 20
from=$(date +%s%3N)
remediator undo four
took=$(($(date +%s%3N) - from))
left=$(due)
is "$status $said" "0 MID $(sqlite3 "$RIG/remediate/state.db" "SELECT mid FROM actions WHERE message = 'four'") for bob@corp.example: restored 1 message" \
    "undo gets in"
ok "before the daemon is done ($left of $many left)" [ "$left" -gt 0 ]
ok "within three seconds ($took ms)" [ "$took" -lt 3000 ]
rm "$RIG/slow"
ok "and the daemon goes on" rig_wait '[ "$(due)" = 0 ]' 150
is "$(rig_in bob@corp.example)" 1 "until all is done but what was undone"

# ---- a mail store that refuses us, an API that is away ----

: >"$RIG/told"
profile wrong-key
bad six alice
reload
ok "a login that is refused" rig_wait '[ -n "$(told profile_refused)" ]' 10
like "$(told profile_refused)" "TDC_PROFILE=store\|" "is told, with its profile"
rig_stop etd
reload
ok "an API that is away" rig_wait '[ -n "$(told api_down)" ]' 60
like "$(told api_down)" "TDC_TEXT=the API tells no verdicts since" "is told"
rig_etd
reload
ok "and that it is back" rig_wait '[ -n "$(told api_up)" ]' 60
kill -TERM "$daemon"
ok "SIGTERM ends it" rig_wait '! rig_running "$daemon"' 10
done_testing
