#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediation-shown - what tdc-remediator did and how it is, in track, status,
# metrics, report and check; and nothing of it where there is nothing
. "$(dirname "$0")/../rig/rig.sh"

rig_up remediation-shown
rig_ca
rig_dns
mkdir -m 700 "$RIG/remediate"
mkdir "$RIG/kept"
chown nobody "$RIG/remediate" "$RIG/kept"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		remediation_user = ${user:-nobody}
		remediation_database = $RIG/remediate/state.db
		history_database = ${history-$RIG/kept/history.db}
		$(printf '%s\n' "$@")
	EOF
}
api()			# [LINE...]: with an API
{
	conf "api_region = de" "api_credentials_file = $RIG/credentials" \
	    "api_polling = yes" "$@"
}
remedied()		# lines of tests/tools/remedied.c, with "|" for a tab
{
	tr '|' '\t' | "$TDC_BUILD/tests/tools/remedied" \
	    "$RIG/remediate/state.db" || exit 1
	chown -R nobody "$RIG/remediate"
}
track()			# WORD - without the dates
{
	tdcctl track "$1" 2>&1 |
	    sed -n 's/^[0-9]* [A-Z][a-z]* [0-9: ]* (GMT [-+][0-9:]*)  //p'
}
object()		# FILE EXPRESSION, in Python
{
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2]))' "$RIG/$1" "$2"
}
findings()		# what check says of remediation
{
	tdcctl check 2>&1 | sed "s#$RIG#RIG#g" |
	    grep -E "remediation|-remediator|api_|verdicts|API|the connector|mailbox|^warning: history"
}

conf
rig_milter || exit 1
rig_stop milter
rig_fill 1 -i journal@intake.example
mid=$(tdcctl queue --json | sed -n 's/^{"mid":\([0-9]*\).*/\1/p')
ok "there is a copy" [ -n "$mid" ]

# ---- nothing of it where there is nothing ----

is "$(findings)" "" "check does not mention it"
is "$(tdcctl status | grep -c Remediation)" 0 "nor does status"
is "$(tdcctl metrics | grep -c remediation)" 0 "nor do the metrics"
is "$(tdcctl report | grep -c Remediation)" 0 "nor does the report"
like "$(track "$mid")" "^TDC: MID $mid with Message-ID '[^']*' enqueued .*\$" \
    "nor does track"
tdcctl status --json >"$RIG/status.json"
is "$(object status.json 'r["remediation"]')" None "null in JSON"

# ---- set up, and not started ----

api
is "$(findings)" "note: no mailbox is touched: remediation_mode = report
warning: remediation_user is nobody, as user: who breaks into tdc-milter has the keys to the mailboxes, too
warning: api_credentials_file: RIG/credentials: No such file or directory: tdc-remediator does not start
warning: tdc-remediator was never started: remediation_database RIG/remediate/state.db does not exist" "check: not started"
is "$(tdcctl status | sed -n 's/^Remediation: *//p')" "nothing yet" "status"

# ---- at work ----

printf '%s\n' "client_id = a" "password = b" "api_key = c" >"$RIG/credentials"
chmod 644 "$RIG/credentials"
remedied <<-END
	batch|7200|poll-1|tdc-remediator|gw.example|forward-and-delete
	message|7200|id-1|<a@client.example>|phishing|evil@client.example|Invoice
	action|7200|id-1|bob@corp.example|$mid|remediated|
	action|7200|id-1|o'carol@corp.example|$mid|failed|Message not found in user mailbox
	action|7200|id-1|dave@corp.example|$mid|in-progress|
	action|7200|id-1|eve@corp.example|$mid|restored|
	action|7200|id-1|fred@corp.example|$mid|withdrawn|
	message|3600|id-2|<b@client.example>|bec|evil@client.example|Invoice
	action|3600|id-2|bob@corp.example|4711|remediated|
	message|3500|id-3|<c@client.example>|bec|evil@client.example|Invoice
	action|3500|id-3|bob@corp.example|4712|failed|
	message|9999999|id-4|<d@client.example>|bec|evil@client.example|old
	action|9999999|id-4|bob@corp.example|4713|failed|
	note|window.hours|1700000000000
	spend|12
END
is "$(track "$mid" | sed 1d)" \
    "Message $mid was initiated for 'Forward and Delete' remedial action by 'tdc-remediator' from source 'gw.example' in batch 'poll-1'.
Message $mid was processed with 'Forward and Delete' remedial action for recipient 'bob@corp.example' in batch 'poll-1'. Remediation status: Remediated.
Message $mid was processed with 'Forward and Delete' remedial action for recipient 'o\\'carol@corp.example' in batch 'poll-1'. Remediation status: Failed. Reason: Message not found in user mailbox
TDC: Message $mid was restored for recipient 'eve@corp.example'.
TDC: Message $mid was not remediated for recipient 'fred@corp.example': its verdict was withdrawn." \
    "track has the lines of Message Tracking"
tdcctl track --json "$mid" >"$RIG/track.json"
is "$(object track.json '[(m["recipient"][0], m["status"], m["batch"], m["reason"], m["line"] is not None) for m in r["remediation"]]')" \
    "[('b', 'forwarded_and_deleted', 'poll-1', None, True), ('o', 'failed', 'poll-1', 'Message not found in user mailbox', True), ('d', 'in_progress', 'poll-1', None, False), ('e', 'restored', 'poll-1', None, True), ('f', 'withdrawn', 'poll-1', None, True)]" \
    "and as JSON"
is "$(tdcctl status | sed -n 's/^Remediation: *//p')" \
    "reports only, last poll $(date -d @1700000000 '+%F %T'), 12 of 8,000 API requests today (UTC)" \
    "status has a line"
tdcctl status --json >"$RIG/status.json"
is "$(object status.json 'r["remediation"]')" \
    "{'acts': False, 'paused': False, 'paused_recipients': 0, 'last_poll': 1700000000, 'api_requests': 12, 'api_daily_requests': 8000}" \
    "and as JSON"
tdcctl metrics >"$RIG/metrics"
is "$(sed -n 's/^tdc_remediation_//p' "$RIG/metrics")" 'messages{state="deleted"} 0
messages{state="forwarded"} 0
messages{state="forwarded_and_deleted"} 1
messages{state="failed"} 1
messages{state="in_progress"} 1
messages{state="restored"} 0
messages{state="withdrawn"} 0
messages{state="reported"} 0
messages{state="moved_by_service"} 0
messages{state="ignored"} 0
paused 0
paused_recipients 0
api_requests 12
api_requests_left 7988
last_poll_timestamp_seconds 1700000000' "metrics"
is "$(promtool check metrics <"$RIG/metrics" 2>&1)" "" "as Prometheus wants them"

# ---- and to who may only read the database ----

as()			# TDCCTL-WORD...: as root with the rights of tdc-metrics.service
{
	setpriv --bounding-set=-all,+dac_read_search --inh-caps=-all \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@"
}
as_other()		# TDCCTL-WORD...: as somebody else
{
	setpriv --reuid=daemon --regid=daemon --clear-groups \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@" 2>&1
}
paused()		# what they say of it
{
	as metrics | sed -n 's/^tdc_remediation_paused //p'
	as_other remediation-report | sed -n 's!^All remediation has stopped: \(.*\); if .*!\1!p'
}
chmod 755 "$RIG"
is "$(ls "$RIG/remediate")" state.db "nobody has the database open"
is "$(as metrics | grep -c '^tdc_remediation')" \
    "$(grep -c '^tdc_remediation' "$RIG/metrics")" "root that may only read sees it"
like "$(as_other remediation-report)" "^tdcctl: remediation_database: .*state.db: Permission denied\$" \
    "others do not"
chgrp -R daemon "$RIG/remediate"
chmod 750 "$RIG/remediate"
like "$(as_other remediation-report)" "Messages? Failed" "a group may"
is "$(ls "$RIG/remediate")" state.db "and leaves nothing there"
rig_start writer setpriv --reuid=nobody --regid=daemon --clear-groups \
    /usr/bin/python3 -c '
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
db.execute("INSERT INTO notes VALUES (\"pause\", \"too much\")")
db.commit()
print("written", flush=True)
time.sleep(600)' "$RIG/remediate/state.db"
rig_wait 'grep -q written "$RIG/err/writer.out"' 10
is "$(paused)" "1
too much" "both see what is being written"
rig_stop writer KILL
is "$(cd "$RIG/remediate" && echo *)" "state.db state.db-shm state.db-wal" \
    "a writer that is killed leaves files"
is "$(paused)" "1
too much" "with what it had written"
chmod 700 "$RIG/remediate"
remedied <<-END
	note|pause|
END
is "$(tdcctl report | grep -A2 '^Remediation' | tail -n 1 | tr -s ' ')" \
    " 2 messages remediated: 1 failed, 1 in progress, 0 only reported" \
    "the report has a row"
tdcctl report --json >"$RIG/report.json"
is "$(object report.json 'r["remediation"]["total"], r["remediation"]["failed"], r["remediation"]["paused"]')" \
    "(2, 1, None)" "and as JSON"
tdcctl report --html >"$RIG/report.html"
is "$(python3 tests/helpers/page.py "$RIG/report.html" | sed '/^--$/,$d')" "" \
    "and as a page"
like "$(cat "$RIG/report.html")" '<dt>Messages remediated</dt>
<dd class="bad">2<small>1 failed, 1 in progress' "which has a tile"
like "$(findings)" "^warning: api_credentials_file: others have access to RIG/credentials \(mode 0644\), and tdc-remediator does not take it: chmod o=,g-w RIG/credentials\$" \
    "check: who may read the credentials"
like "$(findings)" "^warning: the API was last asked for verdicts 2023-.*: does tdc-remediator run\?" \
    "check: it does not poll"

# ---- what check says, and says no more ----

chmod 640 "$RIG/credentials"
chown nobody:daemon "$RIG/credentials"
like "$(findings)" "^warning: api_credentials_file: group $(id -g daemon) may read RIG/credentials \(mode 0640\), and is not the primary group of nobody: chmod g= RIG/credentials\$" \
    "check: another group may read them"
chgrp "$(id -g nobody)" "$RIG/credentials"
unlike "$(findings)" "api_credentials_file" "check: its own group may"
chmod 600 "$RIG/credentials"
remedied <<-END
	note|window.hours|$(date +%s)000
END
api "remediation_mode = act"
is "$(findings)" "warning: remediation_mode = act, and remediation_profiles is empty: no mail store can be asked
warning: remediation_notify is empty: when a remediation fails, or all of them stop, nobody gets a mail
warning: remediation_user is nobody, as user: who breaks into tdc-milter has the keys to the mailboxes, too" \
    "check: what is missing to act"
echo >"$RIG/profiles"
chmod 600 "$RIG/profiles"
user=daemon history=
api "remediation_mode = act" "remediation_profiles = $RIG/profiles" \
    "remediation_notify = root@corp.example"
is "$(findings | sed 's/^warning: //')" "history_database is empty: without the history nothing is proved to be ours, and nothing is remediated
remediation_mode = act, and remediation_domain_map is empty: no domain has a profile
api_credentials_file: RIG/credentials belongs neither to root nor to daemon: chown daemon RIG/credentials
api_credentials_file: user daemon cannot read RIG/credentials
remediation_profiles: user daemon cannot read RIG/profiles
remediation_database: RIG/remediate/state.db: unable to open database file" \
    "check: another user"
user=nobody
unset history
cluster="cluster_credentials_file = $RIG/etcd"
api "$cluster"
unlike "$(findings)" "cluster" "check: no cluster, no secret of it"
api "$cluster" "cluster = etcd" "cluster_urls = https://localhost"
like "$(findings)" "^warning: cluster_credentials_file: RIG/etcd: No such file or directory: tdc-remediator does not start\$" \
    "check: the secret of a cluster"
user=nosuchuser
api
like "$(findings)" "^warning: remediation_user: there is no user 'nosuchuser', and tdc-remediator does not start\$" \
    "check: no such user"
user=nobody
conf "api_region = de" "api_credentials_file = $RIG/credentials" \
    "intake_address =" "default_policy = NO"
like "$(findings)" "^warning: the connector is off, and so are the API and its polling: .*
note: no verdicts are asked for: api_polling = no\$" "check: the cascade"
api "intake_address =" "default_policy = NO"
unlike "$(findings)" "verdicts" "check: who cannot poll is not late"
conf "api_region = de"
like "$(findings)" "^note: no verdicts are asked for: there is no API without api_credentials_file, and api_polling = no\$" \
    "check: an API without credentials"
remedied <<-END
	note|window.hours|
	note|heard|
END
api
like "$(findings)" "^warning: the API has not told any verdicts yet: does tdc-remediator run\?" \
    "check: no poll yet"
remedied <<-END
	note|heard|$(date +%s)000
END
unlike "$(findings)" "verdicts" "check: verdicts come from another gateway"

remedied <<-END
	note|pause|more than 100 in a poll
	spend|90
END
api "api_daily_requests = 100" "remediation_mode = act"
like "$(findings)" "^warning: all remediation has stopped: more than 100 in a poll; if that is right: tdc-remediator resume
warning: api_daily_requests: all 100 of this day \(UTC\) are used up\$" "check: it has stopped"
like "$(tdcctl report)" "^All remediation has stopped: more than 100 in a poll; if that is right: tdc-remediator resume\$" \
    "which the report says first"
is "$(tdcctl status | sed -n 's/^Remediation: *//; s/,.*//p' | grep stopped)" stopped \
    "and status"
is "$(tdcctl metrics | sed -n 's/^tdc_remediation_paused //p; s/^tdc.*requests_left //p' | tr '\n' ' ')" \
    "1 0 " "and the metrics"

# ---- who may not ----

chmod 755 "$RIG"
printf 'not a database, not at all' >"$RIG/remediate/state.db"
like "$(tdcctl track "$mid" 2>&1)" "^tdcctl: remediation_database: .*not a database" \
    "track says that it cannot be read"
like "$(tdcctl check 2>&1)" "^warning: remediation_database: .*not a database" "so does check"
is "$(tdcctl status | sed -n 's/^Remediation: *//p')" "not visible to this user" "status goes on"
done_testing
