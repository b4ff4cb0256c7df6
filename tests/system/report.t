#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# report - what happened in a span of time, as text, as JSON and as a page that
# a browser shows whole, harmless and on a small screen, whatever strangers
# wrote into it
. "$(dirname "$0")/../rig/rig.sh"

rig_up report
rig_ca
rig_dns
rig_intake intake -R 'rcpt~<eves@=550 5.7.1 <script>alert(1)</script> "no" ]]> \x1b[31m\xe9 &lt; queue 4YbCdE3xkz'
rig_postfix

mkdir "$RIG/kept"
chown nobody "$RIG/kept"
maps="check_recipient inline:{ { bob@corp.example = DEFAULT },
 { carol@corp.example = carols@intake.example },
 { eve@corp.example = eves@intake.example } }"
conf()
{
	rig_conf <<-EOF
		policy_maps = $maps
		history_database = ${history-$RIG/kept/history.db}
		retry_delay = 200s
		undelivered = keep
	EOF
}

# part TITLE - the lines below that title of the report in $RIG/report
part()
{
	awk -v title="$1" '$0 == title { here = 1; getline; next }
	    here && !NF { exit } here' "$RIG/report"
}

# value EXPRESSION - of the report as JSON, in Python
value()
{
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$RIG/report.json" "$1"
}

# ---- nothing yet ----

conf
is "$(tdcctl report 2>&1; echo $?)" \
    "tdcctl: spool_directory $RIG/spool does not exist: was tdc-milter ever started?
66" "nothing to tell of"
wrong()			# REASON OPTION...
{
	reason=$1
	shift
	is "$(tdcctl report "$@" 2>&1 | head -n 1)" \
	    "tdcctl: report: $reason" "wrong: $*"
}
wrong "--since: bad value 'yesterday'" --since yesterday
wrong "--until: bad value '\\x1b[0m'" --until "$(printf '\033[0m')"
wrong "--since is not before --until" --since 1h --until 2h
wrong "--html and --json exclude each other" --json --html
wrong "--since needs a value" --since
wrong "unknown option '--jsno'" --jsno
wrong "unexpected argument '7d'" 7d

rig_milter || exit 1
tdcctl report >"$RIG/report" 2>&1
is "$?" 0 "without a history there is one"
like "$(cat "$RIG/report")" '^Nothing is known of copies that are gone: .*history\.db' \
    "which says so"
like "$(part "To be looked at")" '^tdc-forwarder is not running' "and what is wrong"
is "$(part "Delivery Status" | tail -n 1 | tr -s ' ')" " none" "nothing was sent yet"

# ---- each fate ----

rig_forwarder || exit 1
rig_send anna@client.example bob@corp.example
rig_send Anna@CLIENT.example carol@corp.example
rig_send "" bob@corp.example
rig_send anna@client.example dave@corp.example
rig_send '"<script>"@evil.example' eve@corp.example
ok "three copies are delivered, one is refused" rig_wait \
    '[ "$(rig_counter delivered) $(rig_counter hard_bounced)" = "3 1" ]' 20
rig_stop intake
rig_send late@client.example bob@corp.example
ok "one waits" rig_wait '[ "$(rig_counter soft_bounced)" -gt 0 ]' 20
ends()			# in the history
{
	tdcctl history --json --limit 99 | wc -l
}
ok "the history knows of four" rig_wait '[ "$(ends)" = 4 ]' 10

tdcctl report >"$RIG/report" 2>"$RIG/err/report"
is "$? $(cat "$RIG/err/report")" "0 " "there is a report"
is "$(part Copies | tr -s ' ' | sed 's/all, .*/all/')" \
    " 4 all
 3 75.0 % delivered
 1 25.0 % hard bounced
 3 75.0 % delivered at the first attempt" "what became of them"
is "$(part "Traffic, each hour" | awk 'NR > 1 { d += $1; g += $2; x += $3 }
    END { print d, g, x, (NR > 24) }')" "3 1 0 1" "hour by hour, all of them"
is "$(part "Intake addresses" | awk '{ print $1, $2, $3, $6 }')" \
    "Copies Delivered Given Intake
2 2 0 journal@intake.example
1 1 0 carols@intake.example
1 0 1 eves@intake.example" "intake addresses"
is "$(part "Senders' domains" | awk '{ print $1, $2, $3, $6 }')" \
    "Copies Delivered Given Domain
2 2 0 client.example
1 1 0 <>
1 0 1 evil.example" "senders' domains, in any case of letters"
like "$(part "Why copies were given up")" \
    '^ +1   2[0-9: -]+   hard bounced: .*<script>.*x1b.* queue \*.?$' \
    "why, without what is different in each"
like "$(part "Delay from acceptance to the intake's 250" | tail -n +2)" \
    '^ +3( +[0-9.]+ s){5}   all$' "delays"
like "$(part "Slowest copies that were delivered")" 'MID [0-9]+ [0-9A-Za-z]+ <anna@client\.example>' \
    "the slowest"
like "$(part "Delivery Status" | tail -n 1)" \
    '^ +down +1 +[0-9.]+ s +0 +3 +[0-9]+ +1   intake\.example$' \
    "the intake domain, as the gateway shows it"
is "$(part "Spool now" | sed -n '1p; $p; s/kept/&/p' | tr -s ' ')" " 1 waiting
 1 kept after delivery was given up
 0 damaged" "the spool"
is "$(grep -A5 "^Messages since 2" "$RIG/report" | sed 1,2d | awk '{ print $1, $2 }' |
    head -n 2 | tr '\n' ' ')" "6 seen 5 journaled " "messages, and since when"
like "$(grep -A9 '^Messages since' "$RIG/report")" '^ +1   not journaled: no policy asks for it$' \
    "why one was not"
like "$(part "Policy tables, as they are on disk")" '^ +3   check_recipient inline:' "tables"
like "$(part "To be looked at")" '^intake\.example was down' "what to look at"
is "$(LC_ALL=C grep -c '[^ -~]' "$RIG/report")" 0 "no byte that a terminal obeys"

tdcctl report --json >"$RIG/report.json"
is "$(value 'r["history"]["all"]["copies"], r["history"]["all"]["given_up"]')" \
    "(4, 1)" "as JSON"
is "$(value 'sorted((d["intake"], d["delivered"]) for d in r["history"]["intakes"])')" \
    "[('carols@intake.example', 1), ('eves@intake.example', 0), ('journal@intake.example', 2)]" \
    "intakes"
is "$(value 'sum(t["delivered"] + t["given_up"] for t in r["history"]["traffic"])')" \
    4 "traffic"
is "$(value '(r["status"]["waiting"], r["status"]["kept"], r["status"]["domains"][0]["status"])')" \
    "(1, 1, 'down')" "what waits"
is "$(value '0 < r["history"]["delay"]["p50"] <= r["history"]["delay"]["max"] < 60')" \
    True "delays in seconds"
is "$(value 'int(r["status"]["intake_certificate"])')" \
    "$(date -d "$(openssl x509 -in "$RIG/cert.pem" -noout -enddate | cut -d= -f2)" +%s)" \
    "until when the certificate of the intake is valid"
tdcctl report --json --until 1h >"$RIG/report.json"
is "$(value 'r["history"]["all"]["copies"]')" 0 "not before they were accepted"
is "$(tdcctl report --until 1h | sed -n '/^No copy/p; /^Traffic/p; /^Spool now/p')" \
    "No copy that was accepted in this span of time has come to an end.
Spool now" "which the text says in a line"
tdcctl report --until 1h --html >"$RIG/report.html"
python3 tests/helpers/page.py "$RIG/report.html" >"$RIG/page"
is "$(sed '/^--$/,$d' "$RIG/page") $(grep -c 'No copy that was' "$RIG/report.html")" " 1" \
    "and so does the page"

# ---- a stranger's words, and many ----

rig_stop forwarder
python3 - "$RIG/kept/history.db" <<'PYTHON'
import sqlite3
import sys
db = sqlite3.connect(sys.argv[1])
bad = b'</td><script>alert(2)</script><img src=x onerror=alert(3)>"\'&amp;]]>' \
    b'<!--\x1b[2J\x9b\xc3\xa9\xe2\x80\xae\xff\r\n\x07'
columns = [row[1] for row in db.execute('pragma table_info(copies)')][1:]
texts = {'queue_id', 'message_id', 'sender', 'policy', 'intake', 'reply'}
take = ', '.join('cast(?1 as text)' if c in texts else
                 'ended + ?2' if c == 'ended' else c for c in columns)
for n in range(60):
    text = b'%d%s@%d%s.example' % (n, bad, n, bad)
    db.execute(f'insert into copies ({", ".join(columns)}) select {take} '
               'from copies where id <= 4', (text, n * 999))
db.commit()
PYTHON
is "$(ends)" 99 "many more"
is "$(tdcctl report | LC_ALL=C grep -c '[^ -~]')" 0 "they are harmless as text"
tdcctl report --json >"$RIG/report.json"
is "$(value 'r["history"]["all"]["copies"], len(r["history"]["domains"])')" \
    "(244, 63)" "and as JSON"
# The longest word is one of ours.
good=$maps
maps="check_recipient texthash:$RIG/$(printf '%0200d' 0)"
conf
tdcctl report --html >"$RIG/report.html" 2>"$RIG/err/report"
is "$? $(cat "$RIG/err/report")" "0 " "and there is a page"
python3 tests/helpers/page.py "$RIG/report.html" >"$RIG/page"
is "$(sed '/^--$/,$d' "$RIG/page")" "" \
    "which is well made, and cannot load or run anything"
is "$(grep -c "Content-Security-Policy.*\"default-src 'none'; style-src 'unsafe-inline'\"" \
    "$RIG/report.html")" 1 "nor may it"
is "$(grep -cF '<script>alert(2)</script><img' "$RIG/page")" 85 "it shows what was said"
like "$(cat "$RIG/page")" '^delivered \| 183 \| 75\.0 %$' "with figures"
like "$(cat "$RIG/page")" '^intake\.example \| (down|unknown) \| 1 \| [0-9.]+ s \| 0 \| 3 \| [0-9]+ \| 1 \| 1$' \
    "Delivery Status"
like "$(cat "$RIG/page")" '^and 48 more$' "not endlessly"

mkdir "$RIG/look"
LOOK_FOR='<script>alert(2)</script>' python3 tests/helpers/look.py "$RIG/look" \
    "$RIG/report.html" 360-light 1280-dark 718-print >"$RIG/looks" 2>"$RIG/err/look"
is "$(cat "$RIG/err/look")" "" "Chromium shows it"
is "$(python3 -c 'import json, sys
for look in map(json.loads, sys.stdin):
    print(look["at"], look["width"] <= int(look["at"].split("-")[0]),
          look["height"] > 2000, look["colours"] > 20, look["console"],
          look["scripts"], look["found"] > 60)' <"$RIG/looks")" \
    "360-light True True True [] 0 True
1280-dark True True True [] 0 True
718-print True True True [] 0 True" \
    "on a phone, in the dark and on paper: no wider than that, painted, without a complaint"

# ---- a part is missing ----

history=
maps=$good
conf
tdcctl report --html >"$RIG/report.html"
is "$?" 0 "a page without a history"
python3 tests/helpers/page.py "$RIG/report.html" >"$RIG/page"
is "$(sed '/^--$/,$d' "$RIG/page")" "" "is well made, too"
is "$(grep -c 'there is no history: history_database is empty' "$RIG/report.html")" 1 \
    "and says so"
unset history
conf
printf 'not a database, not at all' >"$RIG/kept/history.db"
tdcctl report >"$RIG/report" 2>"$RIG/err/report"
is "$?" 69 "a history that is damaged: exit status"
like "$(cat "$RIG/err/report")" "history.db: .*not a database" "what it is"
like "$(part "Delivery Status")" 'intake\.example$' "the rest is told all the same"
maps="check_recipient texthash:$RIG/none"
conf
tdcctl report >"$RIG/report" 2>/dev/null
like "$(part "To be looked at")" "^The policy cannot be loaded: .*/none" "a table that is not there"
done_testing
