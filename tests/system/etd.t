#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# etd - tdc-remediator asks the API: token, pages, windows, pace, budget, clock,
# and whatever else may come back
. "$(dirname "$0")/../rig/rig.sh"

rig_up etd
rig_ca
rig_etd
install -d -o nobody "$RIG/kept"
sqlite3 "$RIG/kept/history.db" VACUUM
chown nobody "$RIG/kept/history.db"
etd_conf()
{
	rig_etd_conf
	echo "history_database = $RIG/kept/history.db"
}
# conf [LINE...]: a tdc.cf with these lines, too
conf()
{
	{
		etd_conf
		printf '%s\n' "$@"
	} >"$RIG/lines"
	rig_conf <"$RIG/lines"
}
# remediator ARGUMENT...: $out, $said, $code, and what was asked in $rig_asked
remediator()
{
	out=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>"$RIG/said")
	code=$?
	said=$(grep -v ': note: ' "$RIG/said")
	rig_etd_asked
}
# once CODE TITLE - a poll
once()
{
	remediator once
	is "$code" "$1" "$2" || diag "$said" "$rig_asked"
}
asked()			# - the same in one line
{
	printf '%s' "$rig_asked" | tr '\n' ';'
}
state()			# SQL
{
	sqlite3 "$RIG/remediate/state.db" "$1"
}
seen()			# the ids that the state knows
{
	state "SELECT group_concat(id, ' ') FROM (SELECT id FROM messages
	    ORDER BY id)"
}
# later MINUTES: as if so much time had passed since the last polls
later()
{
	state "UPDATE notes SET text = text - $1 * 60000
	    WHERE name LIKE 'window.%'"
}
# body EXPRESSION: of the last search
body()
{
	/usr/bin/python3 - "$RIG/etd/log" "$1" <<-'END'
		import json, sys
		from datetime import datetime
		log = [json.loads(line) for line in open(sys.argv[1])]
		last = [r for r in log if r["path"].endswith("search")][-1]
		body = last["body"]
		first, until = [datetime.strptime(t, "%Y-%m-%dT%H:%M:%S.%f%z")
		                .timestamp() for t in body["timestamp"]]
		# what is asked, and how far back each end is, in minutes
		print(eval(sys.argv[2], {"body": body, "fields": last["fields"],
		    "first": round((last["at"] - first) / 60),
		    "until": round((last["at"] - until) / 60)}))
	END
}

# ---- a first poll ----

conf
rig_etd_message 1 '<1@client.example>' phishing user@corp.example
rig_etd_message 2 '<2@client.example>' neutral user@corp.example
remediator -n
is "$code" 0 "the API can be tried"
like "$out" "^API: ok: localhost:$etd_port has 1 message with a bad verdict in" \
    "and says what it has"
is "$(asked)" "token 200;search 200" "by a login and a search"
once 0 "a poll"
is "$(asked)" "token 200;search 200" "the same"
is "$(seen)" 1 "a bad verdict is noted, a harmless one is not"
is "$(state "SELECT message_id, word, retro, sender, client, direction
    FROM messages")" \
    "<1@client.example>|phishing|1|sender@client.example|192.0.2.10|incoming" \
    "with all that was told"
is "$(body '(body["verdicts"], body["pageSize"], "x-api-key" in fields,
    first // 1440, until)')" \
    "(['bec', 'scam', 'phishing', 'malicious'], 100, True, 7, 5)" \
    "the first one goes back seven days, and ends five minutes ago"

# ---- what comes late ----

once 0 "the next poll"
is "$(body 'first')" 120 "goes back two hours"
etd_age=72000 rig_etd_message 3 '<3@client.example>' bec user@corp.example
etd_age=500000 rig_etd_message 4 '<4@client.example>' scam user@corp.example
once 0 "a verdict about a message of 20 hours ago"
is "$(seen)" 1 "is not seen at once"
later 61
once 0 "but an hour later"
is "$(seen) $(body 'first')" "1 3 1501" "when a day is asked for"
later 301
once 0 "and one of six days ago"
is "$(seen) $(body 'first // 60')" "1 3 4 174" "after six hours"
later 28800
once 0 "a poll after twenty days"
is "$(body 'first // 1440')" 27 "goes back as if there had been none"
later 57600
conf "remediation_max_age = 90d"
once 0 "one after forty days"
is "$(asked)" "token 200;search 200;search 200" "needs two windows"
conf

# ---- pages, and a token that runs out ----

for id in 5 6 7 8 9; do
	rig_etd_message $id "<$id@client.example>" malicious user@corp.example
done
rig_etd_conduct "page 2"
once 0 "pages"
is "$(asked)" "token 200;search 200;search 200;search 200" "one after the other"
is "$(seen)" "1 3 4 5 6 7 8 9" "with the messages of the last one"
rig_etd_conduct "page 2" "uses 2"
once 0 "a token that runs out in between"
is "$(asked)" \
    "token 200;search 200;search 200;search 401;token 200;search 200" \
    "is renewed"
rig_etd_conduct "life -1"
once 78 "tokens that are never good"
is "$(asked)" "token 200;search 401;token 200;search 401" "are renewed once"
like "$said" "status 401: Token expired, generate new token to proceed\$" \
    "and then it says so"
rig_etd_conduct

# ---- later, slower, never ----

rig_etd_fault search 1 status 429 1
once 0 "429, and a second to wait"
is "$(asked)" "token 200;search 0;search 200" "it asks again"
rig_etd_fault token 1 status 503
once 0 "503 for a token"
is "$(asked)" "token 0;token 200;search 200" "it asks again"
rig_etd_fault search 1 status 429 3600
once 75 "429, and an hour to wait"
is "$(asked)" "token 200;search 0" "it does not"
like "$said" "/v1/messages/search: status 429: so it is\\\\x1b" "but says why"
is "$(grep -c '"status": 429' "$RIG/etd/log")" 0 "never more than two a second"

# ---- nonsense ----

before=$(seen)
# bad TIMES WORDS CODE PATTERN: a poll that is answered so
bad()
{
	# shellcheck disable=SC2086
	rig_etd_fault search $1 $2
	remediator once
	is "$code" "$3" "$2" || diag "$said"
	like "$said" "$4" "is told"
}
bad 1 html 75 "search: no JSON: "
bad 1 cut 75 "search: no JSON: "
bad 1 'body {"data":5}' 75 "search: an answer without a list of messages"
bad 1 redirect 78 "search: status 302"
bad 1 "status 400" 78 "search: status 400: so it is"
bad 1 huge 78 "answer: more than 16777216 octets"
# ... of a kept connection: libcurl asks once more, over a new one.
bad 2 close 75 "localhost:$etd_port: answer: "
bad 2 again 75 "search: the token of a page comes for the second time"
is "$(seen)" "$before" "none of it has changed what is known"
bad 1 'body {"data":{"messages":[{"id":[],"subject":5},7,{"id":"odd","verdict":{"category":"weird\u001b"}}]}}' \
    0 ""
is "$(seen)" "$before" "a verdict that nobody knows is not acted on"
like "$(cat "$RIG/tdc.log")" "unknown verdict 'weird.x1b', which is never acted" \
    "a line tells of it"
like "$(cat "$RIG/tdc.log")" "there are messages without an id" \
    "and of messages that have no id"

# ---- how many requests a day ----

spent=$(state "SELECT text FROM notes WHERE name LIKE 'requests.%'")
is "$spent" "$(($(wc -l <"$RIG/etd/log") - 3))" \
    "the state has counted each request, but for those of -n (and libcurl's)"
conf "api_daily_requests = $((spent + 1))"
once 75 "a day with one request left"
is "$(asked)" "token 200" "has that one"
like "$said" "all $((spent + 1)) requests of this day \(UTC\) are used up" \
    "and that is told"
once 75 "over a restart"
is "$(asked)" "" "there is none left"
conf

# ---- clocks ----

rig_etd_conduct "clock -600"
once 0 "a clock of the API that is ten minutes behind"
is "$(asked) $(body 'until')" "token 200;search 200 15" "is the one that counts"
like "$(cat "$RIG/tdc.log")" "API's clock and ours differ by (599|600) seconds" \
    "and a line tells of it"
rig_etd_conduct

# ---- credentials ----

printf '%s\n' "client_id = d7a7-client" "password = not+it" \
    "api_key = Key0123456789" >"$RIG/wrong"
rig_etd_credentials "$RIG/wrong"
once 78 "a wrong password"
is "$(asked)" "token 401" "is tried once"
like "$said" "token: status 401: Unauthorized; are client_id and password right" \
    "and told"
remediator -n
is "$code" 69 "-n says so, too"
like "$out" "^API: localhost:.*status 401" "in its own words"
sed 's/^password.*/password = pass=word #1 %/; s/^api_key.*/api_key = wr+ong/' \
    "$RIG/wrong" >"$RIG/wrong2"
rig_etd_credentials "$RIG/wrong2"
once 78 "a wrong key"
like "$said" "status 403: Forbidden; is api_key right" "is told"
sed 's/^pass/pasw/' "$RIG/wrong" >"$RIG/wrong3"
rig_etd_credentials "$RIG/wrong3"
remediator -n
is "$code" 78 "a file with a wrong name in it"
like "$said" "api_credentials_file: $RIG/etd.credentials:2: not 'client_id ='" \
    "has its line told"
chmod 644 "$RIG/etd.credentials"
once 78 "a file that others may read"
like "$said" "etd.credentials: can be read by others \(mode 0644\)" "is refused"
rig_etd_credentials "$RIG/etd/credentials"
etd_conf | sed 's,^api_url.*,api_url = http://api.example,' >"$RIG/lines"
rig_conf <"$RIG/lines"
once 78 "an API without TLS"
like "$said" "api_url: api.example: 'http' is not https" "is refused"
conf

# ---- connector, API, polling: without the one the next is off ----

# off TITLE SED-EXPRESSION WHY-N WHY-ONCE: what -n (exit status 0), and once (78),
# say with such a tdc.cf
off()
{
	etd_conf | sed "$2" >"$RIG/lines"
	rig_conf <"$RIG/lines"
	remediator -n
	is "$code" 0 "$1"
	like "$out" "$3" "-n tells"
	once 78 "once has nothing to ask"
	like "$said" "^tdc-remediator: verdicts are not asked for: $4\$" "and tells"
}
# refused TITLE SED-EXPRESSION PARAMETER WHY
refused()
{
	etd_conf | sed "$2" >"$RIG/lines"
	rig_conf <"$RIG/lines"
	remediator -n
	is "$code" 78 "$1"
	like "$said" "^tdc-remediator: $RIG/tdc.cf:[0-9]*: $3: $4\$" "is refused"
}
# shellcheck disable=SC2016
no_connector='$a intake_address ='
why="the connector is off \(no intake_address, no policy_maps, default_policy = NO\), and so is the API"
off "no connector" "$no_connector" "^API: not tried: $why\$" "$why"
is "$(asked)" "" "the API is not asked"
off "no connector, and no polling" "s/^api_polling.*/api_polling = no/; $no_connector" \
    "^API: not tried: $why\$" "$why"
why="there is no API \(api_region, api_url\)"
off "no API" "/^api_url/d; /^api_polling/d" "^API: not tried: $why\$" "$why"
why="there is no API \(api_credentials_file\)"
off "no credentials" "/^api_cred/d; /^api_polling/d" "^API: not tried: $why\$" "$why"
off "no polling" "/^api_polling/d" \
    "^note: verdicts are not asked for: api_polling = no\$" "api_polling = no"
remediator -n
like "$out" "^API: ok: localhost" "but the API can be tried"
refused "polling without an API" "/^api_url/d" api_polling \
    "there is no API to poll: set api_region or api_url"
refused "polling without credentials" "/^api_cred/d" api_polling \
    "there is no API to poll without api_credentials_file"
# shellcheck disable=SC2016
refused "two places of the API" '$a api_region = us' api_url \
    "api_region is set, too: only one of them can say where the API is"
# shellcheck disable=SC2016
refused "an unknown region" '/^api_url/d; $a api_region = eu' api_region \
    "'eu' is none of: us de au in ae"
conf

# ---- wrong words ----

# wrong TEXT WORD...
wrong()
{
	text=$1
	shift
	remediator "$@"
	is "$code $said" "64 tdc-remediator: $text" "$*"
}
wrong "undo: something is missing
usage: tdc-remediator [-c FILE] undo ID|BATCH|MID" undo
wrong "resume: too many words
usage: tdc-remediator [-c FILE] resume [ADDRESS]" resume a b
wrong "find: too many words
usage: tdc-remediator [-c FILE] find MESSAGE-ID [MINUTES]" find a 1 2
wrong "find: MINUTES is a number from 1 to 44640" find '<a@client.example>' 0
wrong "there is no command 'un\\x1bdo': it is undo, remediate, \
resume, once or find" \
    "un$(printf '\033')do"
wrong "-n: not an address (local@domain): 'once'" -n once
remediator -n
is "$code" 0 "-n alone"
remediator -n user@corp.example
is "$code" 69 "-n with an address that has no profile"
like "$out" "^address user@corp.example: remediation_domain_map has no profile for it\$" \
    "says so"
conf "remediation_domain_map = inline:{ corp.example=stroe }"
remediator -n user@corp.example
is "$code" 78 "-n with a profile that is not there"
like "$out" "^address user@corp.example: remediation_domain_map says 'stroe', and there is no such profile or chain\$" \
    "names it"
conf

# ---- a verdict that is taken back, and a daemon ----

# It is asked for again because there was something to do about it.
state "INSERT INTO actions (message, recipient, mid, queue_ids, proof, accepted,
    what, batch, step, forwarded, attempts, due, profile, reason, made, changed)
    VALUES ('1', 'user@corp.example', 1, '', '', 0, 0, 0, 6, 0, 0, 0, '', '',
    0, 0)"
state "UPDATE messages SET asked = asked - 2 * 86400000"
rig_etd_message 1 '<1@client.example>' neutral user@corp.example
ok "the daemon starts" rig_program remediator tdc-remediator
rig_wait '[ "$(state "SELECT withdrawn FROM messages WHERE id = 1")" = 1 ]' 15
is "$(state "SELECT word, withdrawn FROM messages WHERE id = '1'")" \
    "neutral|1" "a verdict that was taken back is noted"
rig_etd_asked
rig_etd_message 10 '<10@client.example>' phishing user@corp.example
kill -HUP "$(rig_pid remediator)"
rig_wait '[ -n "$(state "SELECT id FROM messages WHERE id = 10")" ]' 10
is "$(state "SELECT id FROM messages WHERE id = '10'")" 10 \
    "a reload polls at once"
# What its searches are sent with.
basic=$(printf '%s' 'd7a7-client:pass=word #1 %' | base64)
is "$(perl tests/helpers/remembers.pl -w "$(rig_pid remediator)" \
    'pass=word #1 %' "$basic" Key0123456789 eyJ 2>&1)" "" \
    "a core dump would have no password, no key and no token"
ok "the memory is looked at" [ -n "$(perl tests/helpers/remembers.pl \
    "$(rig_pid remediator)" "$RIG/etd.credentials")" ]
rig_stop remediator
is "$(grep -rlE 'pass=word|not.it|Key0123456789|wr.ong|eyJ' "$RIG/err" \
    "$RIG/tdc.log" "$RIG/mail_logs" "$RIG/remediate" "$RIG/said")" "" \
    "no secret stands anywhere"

done_testing
