#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediation-report - what was remediated, as text, as JSON and as a page, out
# of a database that the code of tdc-remediator has written
. "$(dirname "$0")/../rig/rig.sh"

rig_up remediation-report
mkdir -m 700 "$RIG/remediate"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		remediation_user = nobody
		remediation_database = $RIG/remediate/state.db
		api_region = de
		api_credentials_file = /nowhere
		$(printf '%s\n' "$@")
	EOF
}
conf

# remedied - lines for tests/tools/remedied.c, with "|" for a tab
remedied()
{
	tr '|' '\t' | "$TDC_BUILD/tests/tools/remedied" \
	    "$RIG/remediate/state.db" || exit 1
	chown -R nobody "$RIG/remediate"
}

# part TITLE - the lines below that title of the report in $RIG/report
part()
{
	awk -v title="$1" '$0 == title { here = 1; getline; next }
	    here && !NF && !more { exit } here' "$RIG/report"
}

# value EXPRESSION - of the lines of JSON, in Python
value()
{
	python3 -c 'import json, sys
r = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
whole, batches = r[0], [b for b in r[1:] if "name" in b]
rows = [m for m in r if "mid" in m]
print(eval(sys.argv[2]))' "$RIG/report.json" "$1"
}

# ---- nothing yet, and wrong calls ----

is "$(tdcctl remediation-report 2>&1; echo $?)" \
    "tdcctl: nothing was ever remediated: remediation_database $RIG/remediate/state.db does not exist
66" "nothing was ever remediated"
wrong()			# REASON OPTION...
{
	reason=$1
	shift
	is "$(tdcctl remediation-report "$@" 2>&1 | head -n 1)" \
	    "tdcctl: remediation-report: $reason" "wrong: $*"
}
wrong "--since: bad value 'yesterday'" --since yesterday
wrong "--until: bad value '\\x1b[0m'" --until "$(printf '\033[0m')"
wrong "--since is not before --until" --since 1h --until 2h
wrong "--html and --json exclude each other" --json --html
wrong "--since needs a value" --since
wrong "unknown option '--frob'" --frob
wrong "unexpected argument '7d'" 7d
remedied </dev/null
tdcctl remediation-report >"$RIG/report"
is "$?" 0 "a database with nothing in it"
is "$(part "No Messages Remediated" | awk '{ n += $1 } END { print n }')" 0 \
    "has no messages"
is "$(part Batches | tail -n 1 | tr -s ' ')" " none" "and no batches"

# ---- each state ----

remedied <<-'END'
	batch|7200|poll-1|tdc-remediator|gw.example|delete
	message|7200|id-1|<a@client.example>|phishing|evil@client.example|Invoice
	action|7200|id-1|bob@corp.example|170|remediated|
	action|7200|id-1|carol@corp.example|170|purged|
	message|7100|id-2|<b@client.example>|bec|ceo@client.example|Urgent
	action|7100|id-2|bob@corp.example|171|remediated|
	action|7100|id-2|dave@corp.example|171|failed|Message not found in user mailbox
	batch|3600|poll-2|tdc-remediator|gw.example|forward-and-delete
	message|3600|id-3|<c@client.example>|malicious|x@client.example|parcel
	action|3600|id-3|eve@corp.example|172|in-progress|
	message|3500|id-4|<d@client.example>|scam|x@client.example|parcel
	action|3500|id-4|eve@corp.example|173|restored|
	message|3400|id-5|<e@client.example>|scam|x@client.example|parcel
	action|3400|id-5|eve@corp.example|174|remediated|
	batch|1800|search-1|alice|desk.example|forward
	message|1800|id-6|<f@client.example>|scam|x@client.example|parcel
	action|1800|id-6|eve@corp.example|175|remediated|
	message|1700|id-7|<g@client.example>|scam|x@client.example|parcel
	action|1700|id-7|eve@corp.example|176|reported|
	message|1600|id-8|<h@client.example>|scam|x@client.example|parcel
	reason|id-8|not journaled here
	message|1600|id-9|<i@client.example>|scam|x@client.example|parcel
	reason|id-9|not journaled here
	message|9999999|id-10|<j@client.example>|scam|x@client.example|old
	action|9999999|id-10|eve@corp.example|177|remediated|
	note|window.hours|1700000000000
	spend|12
END
tdcctl remediation-report >"$RIG/report" 2>"$RIG/err/report"
is "$? $(cat "$RIG/err/report")" "0 " "there is a report"
is "$(part "4 Messages Remediated" | tr -s ' ')" " 1 25.0 % Messages Deleted
 1 25.0 % Messages Forwarded
 1 25.0 % Messages Forwarded and Deleted
 1 25.0 % Messages Failed
 1 Messages Remediated In-Progress
 1 Messages Restored
 1 Messages Reported" "each message once, under its last state"
is "$(part "3 Messages Auto Remediated" | awk '{ print $1 }' | tr '\n' ' ')" \
    "1 0 1 1 1 1 1 " "what tdc-remediator began"
is "$(part "1 Message Searched and Remediated" | awk '{ print $1 }' | tr '\n' ' ')" \
    "0 1 0 0 0 " "what a person did"
is "$(part Batches | tail -n +2 | tr -s ' ')" \
    " 1 Completed poll-1 1 Message Deleted, 1 Message Failed
 2 In Progress poll-2 1 Message Forwarded and Deleted, 1 Message Remediated In-Progress, 1 Message Restored
 3 Completed search-1 1 Message Forwarded" "batches"
is "$(part "Batch 3" | sed 1d)" "Initiated Source   desk.example
Initiated By       alice
Action Taken       Forward
Batch Name         search-1
Batch Description  verdicts of the API" "how a batch began"
like "$(cat "$RIG/report")" '^Failed        MID 171   <b@client\.example>
              from <ceo@client\.example> to <dave@corp\.example>, sent 2.*
              verdict bec, 2.*: Message not found in user mailbox$' "a row of it"
is "$(grep -c '^Success  ' "$RIG/report")" 5 "rows that went well"
like "$(part "In no batch")" '^Reported      MID 176 ' "what was only reported"
is "$(part "Named by the API, and left alone" | tr -s ' ')" " 2 not journaled here" \
    "what was left alone"
is "$(part API | tail -n 1)" "Requests           12 of 8,000, since midnight UTC" \
    "the API's requests"
is "$(part API | head -n 1)" "Last poll          $(date -d @1700000000 '+%F %T')" \
    "its last poll"
is "$(part "To be looked at")" "No mailbox is touched: remediation_mode = report.
No verdicts are asked for: api_polling = no." "what to look at"

tdcctl remediation-report --json >"$RIG/report.json"
is "$(value 'whole["messages"]["total"], whole["messages"]["failed"], whole["searched"]["forwarded"]')" \
    "(4, 1, 1)" "as JSON"
is "$(value '[(b["batch"], b["by"], b["action"], b["messages"]["total"]) for b in batches]')" \
    "[(1, 'tdc-remediator', 'Delete', 2), (2, 'tdc-remediator', 'Forward and Delete', 1), (3, 'alice', 'Forward', 1)]" \
    "batches"
is "$(value '[(m["mid"], m["recipient"][0], m["status"], m["batch"]) for m in rows]')" \
    "[(170, 'b', 'deleted', 1), (170, 'c', 'deleted', 1), (171, 'b', 'deleted', 1), (171, 'd', 'failed', 1), (172, 'e', 'in_progress', 2), (173, 'e', 'restored', 2), (174, 'e', 'forwarded_and_deleted', 2), (175, 'e', 'forwarded', 3), (176, 'e', 'reported', None)]" \
    "messages"
is "$(value 'whole["last_poll"], whole["api_requests"], whole["api_requests_left"], whole["paused"], whole["left_alone"]')" \
    "(1700000000.0, 12, 7988, None, [{'reason': 'not journaled here', 'messages': 2}])" \
    "the API, and what was left alone"
tdcctl remediation-report --json --since 119m --until 59m >"$RIG/report.json"
is "$(value '[m["mid"] for m in rows]')" "[171, 171, 172]" "a span of time"

remedied <<-'END'
	note|pause|more than 100 in a poll (remediation_max_poll)
	spend|90
END
conf "api_daily_requests = 100" "api_polling = yes" "remediation_mode = act"
tdcctl remediation-report >"$RIG/report"
is "$(part "To be looked at")" "All remediation has stopped: more than 100 in a poll (remediation_max_poll); if that is right: tdc-remediator resume
All 100 requests of the day (UTC) are used up: no verdicts are asked for (api_daily_requests)." \
    "that all has stopped"

# ---- the page, with a stranger's words and many ----

python3 - <<'PYTHON' | remedied
bad = ('</td><script>alert(2)</script><img src=x onerror=alert(3)>"\'&amp;]]>'
       '<!--\x1b[2J\x9b\u00e9\u202e')
for n in range(60):
    print(f'batch|{600 - n}|{n}{bad}|{bad}|{bad}|delete')
    print(f'message|{600 - n}|m{n}|<{n}{bad}@x>|{bad}|{bad}|{bad}')
    for to in range(250 if n == 59 else 1):
        print(f'action|{600 - n}|m{n}|{to}{bad}|{n}|failed|{bad}')
PYTHON
is "$(tdcctl remediation-report | tee "$RIG/report" | LC_ALL=C grep -c '[^ -~]')" 0 \
    "no byte that a terminal obeys"
is "$(part Batches | sed -n 's/^ *and/and/p')" "and 13 before these" "not endlessly"
is "$(grep -c '^and 150 more, see --json$' "$RIG/report")" 1 "nor the rows"
tdcctl remediation-report --json >"$RIG/report.json"
is "$(value 'whole["messages"]["failed"], len(rows)')" "(61, 318)" "JSON has all"
tdcctl remediation-report --html >"$RIG/report.html" 2>"$RIG/err/report"
is "$? $(cat "$RIG/err/report")" "0 " "there is a page"
python3 tests/helpers/page.py "$RIG/report.html" >"$RIG/page"
is "$(sed '/^--$/,$d' "$RIG/page")" "" \
    "which is well made, and cannot load or run anything"
is "$(grep -c "Content-Security-Policy.*\"default-src 'none'; style-src 'unsafe-inline'\"" \
    "$RIG/report.html")" 1 "nor may it"
like "$(cat "$RIG/page")" '^Messages Failed \| 61 \| 95\.3 %$' "it has the figures"
like "$(cat "$RIG/page")" '^search-1 \| 3 \| Completed \| 1 Message Forwarded$|^and 13 before these$' \
    "and the batches"
# What a browser can take a picture of is not as high as all of that.
tdcctl remediation-report --html --since 610s --until 592s >"$RIG/report.html"
mkdir "$RIG/look"
LOOK_FOR='<script>alert(2)</script>' python3 tests/helpers/look.py "$RIG/look" \
    "$RIG/report.html" 360-light 1280-dark 718-print >"$RIG/looks" 2>"$RIG/err/look"
is "$(cat "$RIG/err/look")" "" "Chromium shows it"
is "$(python3 -c 'import json, sys
for look in map(json.loads, sys.stdin):
    print(look["at"], look["width"] <= int(look["at"].split("-")[0]),
          look["height"] > 2000, look["colours"] > 20, look["console"],
          look["scripts"], look["found"] > 40)' <"$RIG/looks")" \
    "360-light True True True [] 0 True
1280-dark True True True [] 0 True
718-print True True True [] 0 True" \
    "on a phone, in the dark and on paper: no wider than that, painted, without a complaint"

# ---- who may, and what cannot be read ----

is "$(find "$RIG/remediate" ! -user nobody)" "" "nothing was left there that is not its owner's"
sqlite3 "$RIG/remediate/state.db" "PRAGMA user_version = 99"
is "$(tdcctl remediation-report 2>&1; echo $?)" \
    "tdcctl: remediation_database: $RIG/remediate/state.db: of version 99, made by a newer program
69" "a database of a newer program"
printf 'not a database, not at all' >"$RIG/remediate/state.db"
tdcctl remediation-report >"$RIG/report" 2>"$RIG/err/report"
is "$?" 69 "a damaged one: exit status"
like "$(cat "$RIG/err/report")" "^tdcctl: remediation_database: .*state\.db: .*not a database" "what it is"
is "$(cat "$RIG/remediate/state.db")" 'not a database, not at all' "and it is left alone"
chmod 755 "$RIG"
is "$(setpriv --reuid=daemon --regid=daemon --clear-groups "$TDC_BUILD/tdcctl" \
    -c "$RIG/tdc.cf" remediation-report 2>&1; echo $?)" \
    "tdcctl: remediation_database: $RIG/remediate/state.db: Permission denied
69" "who may not read it"
done_testing
