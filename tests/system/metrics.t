#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# metrics - tdcctl metrics and check --nagios: every number, by whom it can be
# seen, on standard output, in a file and by HTTP
. "$(dirname "$0")/../rig/rig.sh"

rig_up metrics
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name space of its own here, so no groups"
	exit 0
fi
rig_ca
rig_cert client gateway.example
cat "$RIG/client.key" >>"$RIG/client.pem"
rig_dns
rig_intake intake -q -R "final=451 4.3.0 later*1"
rig_postfix
groups=64901
{
	cat /etc/group
	echo "tdcstatus:x:$groups:nobody"
} >"$RIG/group"
mount --bind "$RIG/group" /etc/group

# page - all of it, in $RIG/page
page()
{
	tdcctl metrics >"$RIG/page"
}
value()			# SERIES: its value on the page
{
	awk -v series="$1" '$1 == series { print $2 }' "$RIG/page"
}
now()			# SERIES: the same, of now
{
	page
	value "$1"
}
# between NUMBER LEAST MOST
between()
{
	awk -v n="$1" -v least="$2" -v most="$3" \
	    'BEGIN { exit !(n ~ /^[0-9.]+$/ && n >= least && n <= most) }'
}
plugin()		# OPTIONS: $said, $code
{
	said=$(tdcctl check --nagios "$@" 2>"$RIG/plugin.err")
	code=$?
}
member()		# ARGUMENT...: tdcctl as a member of the group
{
	setpriv --reuid=daemon --regid=daemon --groups="$groups" \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@"
}
# good - for promtool, and for a parser that is not Prometheus' own
good()
{
	is "$(promtool check metrics <"$RIG/page" 2>&1)" "" \
	    "$1: promtool has nothing to say"
	is "$(/usr/bin/python3 tests/helpers/exposition.py <"$RIG/page" 2>&1)" \
	    "good" "$1: nor has another parser"
}

# ---- nothing was ever started ----

rig_conf <<-EOT
	policy_maps = check_recipient inline:{corp.example=DEFAULT}
	min_connections = 1
	max_connections = 2
	retry_limit = 50
	retry_delay = 1s
	idle_timeout = 200ms
	undelivered = keep
	tls_cert_file = $RIG/client.pem
EOT
said=$(tdcctl metrics 2>&1)
is "$? $(echo "$said" | grep '^tdc_up')" '0 tdc_up{program="tdc-milter"} 0
tdc_up{program="tdc-forwarder"} 0' "nothing was ever started: nothing is up"
unlike "$said" "^tdc_(queue|copies|messages)" "and nothing is told of copies"
plugin
like "$code $said" "^2 TDC CRITICAL - spool_directory .* was tdc-milter ever started" \
    "the plugin finds that critical"

# ---- more intake domains than are told of, and no forwarder ----

seq -f 'x@d%g.example' 1 105 >"$RIG/intakes"
mkdir -m 700 "$RIG/many"
"$TDC_BUILD/tests/tools/fill" -n 2 -I "$RIG/intakes" "$RIG/many"
echo "spool_directory = $RIG/many" >"$RIG/many.cf"
"$TDC_BUILD/tdcctl" -c "$RIG/many.cf" metrics >"$RIG/page"
is "$(grep -c '^tdc_queue_copies' "$RIG/page")
$(value 'tdc_queue_copies{intake="d100.example"}')
$(value 'tdc_queue_copies{intake="other"}')" "101
2
10" "100 are told of, and all others together"
good "many domains"

# ---- mail ----

install -d -o nobody -g "$groups" -m 710 "$RIG/spool"
before=$(date +%s)
rig_milter
rig_forwarder
page
is "$(value 'tdc_up{program="tdc-milter"}') $(value 'tdc_up{program="tdc-forwarder"}')" \
    "1 1" "both run"
is "$(value 'tdc_queue_copies{intake="other"}')" 0 \
    "before the first copy there is an empty queue, too"
plugin
is "$code $(cut -d'|' -f1 <<-EOT
	$said
	EOT
)" "0 TDC OK - both programs run, nothing waits for long " "the plugin is content"
rig_send a@client.example user@corp.example	# deferred once
rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20
for name in alice bob carol; do
	rig_send a@client.example $name@corp.example
done
rig_send a@client.example user@other.example
ok "mail has gone its ways" rig_wait \
    '[ "$(rig_counter delivered) $(rig_counter messages)" = "4 5" ]' 20
ok "none waits" rig_wait \
    '[ "$(now "tdc_queue_copies{intake=\"intake.example\"}")" = 0 ]' 5
good "after some mail"
for series in tdc_copies_enqueued_total:4 tdc_copies_delivered_total:4 \
    tdc_messages_total:5 tdc_messages_journaled_total:4 \
    'tdc_messages_skipped_total{reason="policy"}:1' \
    tdc_messages_failed_open_total:0 \
    'tdc_deliveries_deferred_total{reason="reply"}:1' \
    'tdc_deliveries_deferred_total{reason="network"}:0' \
    'tdc_queue_oldest_age_seconds{intake="intake.example"}:0' \
    'tdc_intake_up{intake="intake.example"}:1' \
    tdc_queue_bytes:0 tdc_kept_copies:0 tdc_tables_stale:0 \
    "tdc_build_info{program=\"tdc-milter\",version=\"$(tdcctl -V | sed -n 's/^tdcctl //p')\"}:1" \
    'tdc_reload_refused{program="tdc-milter"}:0'; do
	is "$(value "${series%:*}")" "${series##*:}" "${series%:*}"
done
is "$(value tdc_bytes_delivered_total)" \
    "$(rig_log | sed -n 's/.* policy .* size \([0-9]*\).*/\1/p' |
    awk '{ n += $1 } END { print n }')" "bytes are those of the messages"
ok "free space is what df says" between "$(value tdc_spool_free_bytes)" \
    "$(df --output=avail -B1 "$RIG/spool" | awk 'NR == 2 { print $1 * .95 }')" \
    "$(df --output=avail -B1 "$RIG/spool" | awk 'NR == 2 { print $1 * 1.05 }')"
for series in 'tdc_start_time_seconds{program="tdc-milter"}' \
    'tdc_config_loaded_timestamp_seconds{program="tdc-forwarder"}' \
    tdc_last_message_timestamp_seconds tdc_last_delivery_timestamp_seconds; do
	ok "$series is of this test" between "$(value "$series")" "$before" \
	    "$(date +%s.%3N)"
done

# ---- the histogram ----

bucket()		# LE
{
	value "tdc_delivery_seconds_bucket{le=\"$1\"}"
}
is "$(bucket 1) $(bucket 10) $(bucket +Inf) $(value tdc_delivery_seconds_count)" \
    "3 4 4 4" "the deferred copy took more than a second, the others less"
ok "the sum is that one second and little more" \
    between "$(value tdc_delivery_seconds_sum)" 1 10

# ---- certificates ----

expiry()		# FILE
{
	date -d "$(openssl x509 -noout -enddate -in "$RIG/$1" |
	    cut -d= -f2)" +%s
}
expires=tdc_certificate_expiry_timestamp_seconds
is "$(value "$expires{which=\"intake\",intake=\"intake.example\"}")" \
    "$(expiry cert.pem)" "when the certificate of the intake expires"
is "$(value "$expires{which=\"client\"}")" "$(expiry client.pem)" "and ours"
sed -i '/^tls_cert_file/d' "$RIG/tdc.cf"
tdcctl reload >/dev/null
ok "which is gone after a reload without it" \
    rig_wait '[ -z "$(now "$expires{which=\"client\"}")" ]' 15

# ---- each counter has a name ----

# sums NAME - that of the counter, as a monitor would ask for it
sums()
{
	case $1 in
	delivered) name=tdc_copies_delivered_total ;;
	enqueued|deleted|requeued|diverted) name=tdc_copies_$1_total ;;
	deleted_kept) name=tdc_kept_copies_deleted_total ;;
	hard_bounced) name='tdc_copies_given_up_total{' ;;
	hard_bounced_*) name="tdc_copies_given_up_total{reason=\"${1#hard_bounced_}\"}" ;;
	soft_bounced) name='tdc_deliveries_deferred_total{' ;;
	soft_bounced_*) name="tdc_deliveries_deferred_total{reason=\"${1#soft_bounced_}\"}" ;;
	skipped_*) name="tdc_messages_skipped_total{reason=\"${1#skipped_}\"}" ;;
	failed_*|journaled|aborted) name=tdc_messages_$1_total ;;
	set_aside) name=tdc_files_set_aside_total ;;
	delivered_bytes) name=tdc_bytes_delivered_total ;;
	log_lost) name=tdc_log_lines_lost_total ;;
	history_lost) name=tdc_history_rows_lost_total ;;
	delivery_time) name=tdc_delivery_seconds_sum ;;
	delivery_*) name=tdc_delivery_seconds_bucket ;;
	*) name=tdc_$1_total ;;
	esac
	awk -v name="$name" 'index($1, name) == 1 { sum += $2; found = 1 }
	    END { print found ? sum : "missing" }' "$RIG/page"
}
page
tdcctl status --json >"$RIG/status"
sed -n '/"counters"/,$s/^ *"\([a-z0-9_]*\)": \([0-9]*\),*$/\1 \2/p' \
    "$RIG/status" >"$RIG/counted"
while read -r name n; do
	case $name in
	delivery_time) ok "$name is told" [ "$(sums "$name")" != missing ] ;;
	delivery_*) ok "$name is told" [ "$(sums "$name")" -ge "$n" ] ;;
	*) is "$(sums "$name")" "$n" "$name is told" ;;
	esac
done <"$RIG/counted"
ok "all of them" [ "$(wc -l <"$RIG/counted")" -gt 45 ]

# ---- an intake that is down ----

rig_stop intake
rig_send a@client.example user@corp.example
ok "a copy waits for an intake that is down" rig_wait \
    '[ "$(now "tdc_intake_up{intake=\"intake.example\"}")" = 0 ]' 10
is "$(value 'tdc_queue_copies{intake="intake.example"}')" 1 "it is counted"
is "$(value tdc_queue_bytes)" "$(cat "$RIG/spool/ready/"* | wc -c)" \
    "with the bytes of its file"
ok "why it waits is told" rig_wait \
    '[ "$(now "tdc_deliveries_deferred_total{reason=\"network\"}")" -ge 1 ]' 10
ok "and how long" rig_wait '[ "$(now \
    "tdc_queue_oldest_age_seconds{intake=\"intake.example\"}")" -ge 2 ]' 10
plugin -w 1s -c 50s
is "$code" 2 "an intake that is down, with copies: critical"
like "$said" "^TDC CRITICAL - intake\.example is down \(1 waiting\), a copy for intake\.example has waited for [0-9]+ s \|" \
    "which stands before what is not"
like "$said" "\| oldest=[0-9]+s;1;50;0 waiting=1;;;0 messages=[0-9]+c .* failed_open=0c\$" \
    "figures as plugins have them"
# The local check of the manual, for Checkmk: state, name, figures, text.
mandoc -T ascii man/tdcctl.8 | col -b |
    sed -n '/#!\/bin\/sh/,/^[ 	]*echo/s/^[ 	]*//p' |
    sed "s,/usr/local/sbin/tdcctl,$TDC_BUILD/tdcctl -c $RIG/tdc.cf," \
    >"$RIG/local"
like "$(sh "$RIG/local")" \
    "^2 TDC oldest=[0-9]+;30;90;0\|waiting=1;;;0\|messages=[0-9]+\|enqueued=[0-9]+\|delivered=[0-9]+\|hard_bounced=0\|failed_open=0 TDC CRITICAL - [^|]*$" \
    "a local check for Checkmk, as the manual has it"
tdcctl suspend intake.example >/dev/null
ok "one that is suspended may be down, and its copies may wait" \
    rig_wait 'plugin -w 1s -c 50s; [ "$code" = 0 ]' 10
is "$(now 'tdc_intake_suspended{intake="intake.example"}') $(value \
    'tdc_queue_copies{intake="intake.example"}')" "1 1" "which is told"
tdcctl resume intake.example >/dev/null
is "$(now 'tdc_intake_suspended{intake="intake.example"}')" 0 "and its end"
rig_stop forwarder
page
is "$(value 'tdc_queue_copies{intake="intake.example"}')" 1 \
    "without a forwarder what waits is seen in the spool"
ok "and for how long" between \
    "$(value 'tdc_queue_oldest_age_seconds{intake="intake.example"}')" 1 60
is "$(value 'tdc_intake_up{intake="intake.example"}')" "" \
    "and not whether the intake is up"
good "without a forwarder"
plugin
like "$code $said" "^2 TDC CRITICAL - tdc-forwarder is not running \| oldest=[0-9]+s;30;90;0 waiting=1" \
    "one program is missing"
ok "all that is critical is said" rig_wait 'plugin -c 1s; echo "$said" | grep -q \
    "^TDC CRITICAL - tdc-forwarder is not running, a copy for .* has waited"' 10

# ---- for a member of the group ----

member metrics >"$RIG/page"
is "$(grep -c '^tdc_queue\|^tdc_kept_copies ' "$RIG/page")" 0 \
    "a member sees no copies, so not what waits without a forwarder"
rig_forwarder
ok "but what a forwarder tells" rig_wait 'member metrics >"$RIG/page"
    [ "$(value "tdc_queue_copies{intake=\"intake.example\"}")" = 1 ]' 10
is "$(grep -c '^tdc_queue_bytes\|^tdc_kept_copies \|^tdc_damaged' "$RIG/page")" 0 \
    "not the files"
ok "free space" [ "$(value tdc_spool_free_bytes)" -gt 0 ]
good "for a member"
said=$(member check --nagios)
like "$said" "^TDC [A-Z]+ - .* waiting=1;;;0" "the plugin needs no more"
said=$(setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" metrics 2>&1)
like "$? $said" "^66 tdcctl: spool_directory .*: permission denied" \
    "another user is told who may look"
said=$(setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" check --nagios)
like "$? $said" "^3 TDC UNKNOWN - spool_directory .*: permission denied" \
    "as the plugin says it"

# ---- a table that breaks, a reload that is refused ----

rig_intake intake -q
ok "the queue empties" rig_wait '[ "$(rig_waiting)" = 0 ]' 20
echo "corp.example DEFAULT" >"$RIG/table"
sed -i "s,^policy_maps.*,policy_maps = check_recipient texthash:$RIG/table," \
    "$RIG/tdc.cf"
tdcctl reload >/dev/null
plugin
is "$code" 0 "all is well again"
echo "corp.example NONSENSE" >"$RIG/table"
ok "a table that breaks is told of" \
    rig_wait '[ "$(now tdc_tables_stale)" = 1 ]' 20
plugin
like "$code $said" "^1 TDC WARNING - tables not up to date: 1 \|" \
    "a warning of the plugin"
echo "nonsense = 1" >>"$RIG/tdc.cf"
tdcctl reload >/dev/null 2>&1
is "$(now 'tdc_reload_refused{program="tdc-forwarder"}')" 1 \
    "so is a reload that was refused"
sed -i '/^nonsense/d' "$RIG/tdc.cf"
for wrong in "-w x" "-w" "-c 5" "--strict" "more"; do
	# shellcheck disable=SC2086
	plugin $wrong
	is "$code $(cat "$RIG/plugin.err" | cut -c1-22)" \
	    "3 usage: tdcctl [-c FILE" "--nagios $wrong: unknown, and the usage"
done

# ---- a file ----

out=$RIG/collector
mkdir "$out"
umask 077
tdcctl metrics -o "$out/tdc.prom"
is "$? $(stat -c %a "$out/tdc.prom") $(ls -A "$out")" "0 644 tdc.prom" \
    "-o: a file that all may read, and nothing beside it"
umask 022
cp "$out/tdc.prom" "$RIG/page"
good "the file"
(cd "$out" && "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" metrics -o here)
ok "a file without a directory is in this one" [ -s "$out/here" ]
# A reader never sees a part, nor a name that collectors look for.
rm "$out/here"
(
	while [ ! -e "$RIG/enough" ]; do
		tail -qn 1 "$out"/*.prom "$out"/.*.prom 2>/dev/null |
			grep -v '^tdc_delivery_seconds_count [0-9]'
	done
) >"$RIG/parts" &
reader=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	tdcctl metrics -o "$out/tdc.prom"
done
touch "$RIG/enough"
wait "$reader"
is "$(cat "$RIG/parts")" "" "it is replaced as a whole"
old=$(stat -c %i "$out/tdc.prom")
setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" metrics -o "$out/tdc.prom" 2>/dev/null
is "$? $(stat -c %i "$out/tdc.prom")" "66 $old" \
    "what cannot be read leaves the old one, to become stale"
for file in "$RIG/none/tdc.prom" "$out/tdc.prom/x" "$out/"; do
	said=$(tdcctl metrics -o "$file" 2>&1)
	like "$? $said" "^73 tdcctl: $RIG.*: (open its directory|write '.*'): " \
	    "-o ${file#"$RIG"/}"
done
for wrong in -o "-o x --http" --json "-o x y" more; do
	# shellcheck disable=SC2086
	said=$(cd "$out" && tdcctl metrics $wrong 2>&1)
	like "$? $(echo "$said" | tail -n 1)" \
	    "^64 usage: tdcctl .* metrics \[-o FILE \| --http\]" "metrics $wrong"
done

# ---- HTTP ----

http_port=$(rig_port)
rig_start inetd perl tests/helpers/inetd.pl 127.0.0.1 "$http_port" \
    setpriv --reuid=daemon --regid=daemon --groups="$groups" \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" metrics --http
rig_wait 'grep -qs listening "$RIG/err/inetd.out"' 10
http()			# TEXT [COUNT]
{
	perl tests/helpers/http.pl 127.0.0.1 "$http_port" "$@" | tr -d '\r'
}
http '' >"$RIG/slow.nothing" &	# two that say too little, meanwhile
nothing=$!
http 'GET /metrics HTTP/1.1\r\nHost: x\r\n' >"$RIG/slow.half" &
half=$!
began=$(date +%s%3N)
http 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >"$RIG/answer"
is "$(head -n 2 "$RIG/answer")" "HTTP/1.1 200 OK
Content-Type: text/plain; version=0.0.4; charset=utf-8" "GET /metrics"
ok "is answered at once" [ $(($(date +%s%3N) - began)) -lt 3000 ]
sed '1,/^$/d' "$RIG/answer" >"$RIG/page"
good "by HTTP"
is "$(sed -n 's/^Content-Length: //p' "$RIG/answer")" \
    "$(wc -c <"$RIG/page")" "with its length"
http 'HEAD /metrics HTTP/1.1\r\n\r\n' >"$RIG/answer"
is "$(head -n 1 "$RIG/answer") $(sed '1,/^$/d' "$RIG/answer")" \
    "HTTP/1.1 200 OK " "HEAD: no page"
# answers STATUS TEXT [COUNT] - that is the answer
answers()
{
	is "$(http "$2" "${3:-0}" | head -n 1)" "HTTP/1.1 $1" \
	    "$1: $(printf %s "$2" | cut -d'\' -f1)${3:+...}"
}
answers "404 Not Found" 'GET / HTTP/1.1\r\n\r\n'
answers "404 Not Found" 'GET /../etc/passwd HTTP/1.0\r\n\r\n'
answers "405 Method Not Allowed" 'PUT /metrics HTTP/1.1\r\n\r\n'
answers "400 Bad Request" 'GET /metrics\r\n\r\n'
answers "404 Not Found" 'GET /met\0rics HTTP/1.1\r\n\r\n'
answers "431 Request Header Fields Too Large" 'GET /metrics HTTP/1.1\r\nX: ' 9000
answers "431 Request Header Fields Too Large" 'GET /' 100000
like "$(http 'POST /metrics HTTP/1.1\r\n\r\n')" '^Allow: GET, HEAD$' \
    "what would be allowed is told"
is "$(: | tdcctl metrics --http; echo $?)" 0 \
    "who goes without a word gets none"
wait "$nothing" "$half"
is "$(head -n 1 "$RIG/slow.nothing")
$(head -n 1 "$RIG/slow.half")" "HTTP/1.1 408 Request Timeout
HTTP/1.1 408 Request Timeout" "who says too little for five seconds"
ok "and no longer" [ $(($(date +%s%3N) - began)) -lt 9000 ]
chmod 700 "$RIG/spool"
like "$(http 'GET /metrics HTTP/1.1\r\n\r\n')" '^HTTP/1.1 500 ' \
    "what cannot be read is an error"
chmod 710 "$RIG/spool"
rig_stop inetd
umount /etc/group
done_testing
