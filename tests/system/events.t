#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# events - tdcctl monitor: every event of both programs as it comes, whatever
# becomes of those who listen
. "$(dirname "$0")/../rig/rig.sh"

rig_up events
rig_ca
rig_dns
rig_intake intake -q
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	mail_logs_file =
	idle_timeout = 300ms
EOF

# listen NAME [ARGUMENT...] - a monitor whose lines go to $RIG/err/NAME.out
listen()
{
	listen_name=$1
	shift
	rig_start "$listen_name" "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" monitor \
	    "$@"
}

heard()			# NAME: the lines, in whole
{
	cat "$RIG/err/$1.out"
}

greeted()		# NAME PROGRAMS: how many have greeted it
{
	rig_wait "[ \$(grep -c '\"event\":\"monitored\"' $RIG/err/$1.out) -ge $2 ]" 10
}

sockets()
{
	ls "$RIG/spool/monitor" 2>/dev/null | tr '\n' ' '
}

# texts NAME - what the log should have, of what it heard; of which program
texts()
{
	heard "$1" | perl -MJSON::PP -ne '
		my $o = decode_json($_);
		next if $o->{event} =~ /^(monitored|missed)$/;
		print "$o->{program}: $o->{text}\n"'
}

# logged - what the log has since mark(), in the same form
mark()
{
	marked=$(wc -l <"$RIG/tdc.log")
}
logged()
{
	rig_log >/dev/null
	tail -n "+$((marked + 1))" "$RIG/tdc.log" |
		sed 's/^.\{16\}[^ ]* \([a-z-]*\)\[[0-9]*\]: TDC: /\1: /'
}

# in_order - lines of each program by themselves: between the two there is no
# order
in_order()
{
	sort -s -t: -k1,1
}

# ---- from the first event on ----

rig_milter		# makes the spool
rig_stop milter
mark
listen one
ok "a monitor waits for programs" rig_wait '[ -n "$(sockets)" ]' 5
is "$(stat -c '%a %U %F' "$RIG/spool/monitor" "$RIG/spool/monitor/"*)" \
    "700 nobody directory
700 nobody socket" "its socket is the daemons' alone"
rig_milter
rig_forwarder
rig_send sender@client.example user@corp.example
rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20
rig_wait 'rig_log | grep -q "DCID 1 close"' 10	# then nothing more happens
rig_wait '[ "$(texts one | wc -l)" = "$(logged | wc -l)" ]' 10
is "$(texts one | in_order)" "$(logged | in_order)" \
    "it has all that the log has, from the start of the programs"
like "$(heard one)" '^{"time":[0-9]{10}\.[0-9]{3},"level":"info","program":"tdc-milter","event":"enqueued","mid":1,"message_id":"<[^"]*>","intake_name":"Cisco Secure Email Threat Defense","intake":"journal@intake.example","text":"MID 1 with Message-ID ' \
    "an event with its fields"
like "$(heard one)" "\"event\":\"origin\",\"mid\":1,\"queue_id\":\"$rig_qid\",\"sender\":\"sender@client.example\",\"recipients\":\\[\"user@corp.example\"\\],\"policy\":\"default\",\"size\":[0-9]+," \
    "which ties it to Postfix"
like "$(heard one)" '"event":"delivered","mid":1,' "and its end"

# ---- a second one, and a reload ----

listen two
ok "another may listen" greeted two 2
reloads()		# NAME
{
	texts "$1" | grep 'configuration reloaded' | sort
}
kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
both="tdc-forwarder: configuration reloaded
tdc-milter: configuration reloaded"
ok "which hears what comes from then on" rig_wait '[ "$(reloads two)" = "$both" ]' 10
ok "as the first does" rig_wait '[ "$(reloads one)" = "$both" ]' 5
unlike "$(heard two)" '"event":"origin"' "and nothing that was before"
kill -INT "$(rig_pid two)"
code=0
wait "$(rig_pid two)" || code=$?
rm "$RIG/pid/two"
is "$code $(sockets)" "0 $(rig_pid one) " "^C ends it, and takes its socket away"

# ---- one that is stopped, in a flood ----

rig_wait '[ "$(texts one | wc -l)" = "$(logged | wc -l)" ]' 10
before=$(logged | wc -l)
listen slow
ok "a third" greeted slow 2
kill -STOP "$(rig_pid slow)"
flood=800
rig_fill $flood
ok "a flood is delivered while one does not read" \
    rig_wait "[ \$(rig_counter delivered) = $((flood + 1)) ]" 60
is "$(rig_counter log_lost)" 0 "no log has lost a line by that"
rig_wait '[ "$(rig_log | grep -c "New SMTP DCID")" = \
    "$(rig_log | grep -c "DCID [0-9]* close")" ]' 10
later=$(($(logged | wc -l) - before))
ok "there were many events ($later)" [ "$later" -gt $((flood * 4)) ]
sum()			# NAME: what it got or missed
{
	heard "$1" | perl -MJSON::PP -ne '
		my $o = decode_json($_);
		next if $o->{event} eq "monitored";
		$n += $o->{event} eq "missed" ? $o->{count} : 1;
		END { print $n }'
}
ok "the one that reads has heard of all" rig_wait \
    '[ "$(sum one)" = "$((before + later))" ]' 10
missed=$(($(sum one) - $(texts one | wc -l)))
ok "and heard most of them ($missed missed)" [ "$missed" -lt $((later / 2)) ]
kill -CONT "$(rig_pid slow)"
ok "the other is told how many it missed" rig_wait \
    'heard slow | grep -q "\"event\":\"missed\",\"count\":[1-9]"' 10
ok "each event is there or counted" rig_wait '[ "$(sum slow)" = "$later" ]' 10
rig_send sender@client.example user@corp.example
ok "then it goes on" rig_wait \
    "heard slow | grep -q '\"queue_id\":\"$rig_qid\"'" 10

# ---- what an operator does ----

rig_wait '[ "$(rig_counter waiting)" = 0 ]' 10
rig_stop forwarder
rig_send sender@client.example user@corp.example
mid=$(tdcctl queue --json | sed -n 's/^{"mid":\([0-9]*\).*/\1/p')
tdcctl delete "$mid" >/dev/null
ok "what tdcctl does to copies is heard, too" rig_wait "heard one |
    grep -q '\"program\":\"tdcctl\",\"event\":\"deleted\",\"mid\":$mid,\"uid\":0'" 5
rig_forwarder
ok "programs that are started again are heard" rig_wait \
    "[ \$(heard one | grep -c 'tdc-forwarder.*\"event\":\"monitored\"') = 2 ]" 10

# ---- ends of all kinds ----

rig_stop slow KILL
ok "what a killed one leaves is removed" \
    rig_wait '[ "$(sockets)" = "$(rig_pid one) " ]' 10
ok "one whose reader leaves ends" timeout 20 sh -c \
    '"$0" -c "$1" monitor | head -n 1 >/dev/null' "$TDC_BUILD/tdcctl" \
    "$RIG/tdc.cf"
rig_stop one
ok "the last one takes the directory away" [ ! -e "$RIG/spool/monitor" ]

listen one
greeted one 2
rm -rf "$RIG/spool/monitor"
again()			# a message, and it is heard
{
	rig_send sender@client.example user@corp.example
	sleep 0.3
	heard one | grep -q "\"queue_id\":\"$rig_qid\""
}
ok "one whose socket is removed makes it again" rig_wait again 15
rig_stop one

# ---- what is none ----

install -d -o nobody -m 777 "$RIG/spool/monitor"
perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
    Local => shift) or die; sleep 60' "$RIG/spool/monitor/77" &
spy=$!
rig_wait '[ -S "$RIG/spool/monitor/77" ]' 5
rig_send sender@client.example user@corp.example
sleep 1.2
is "$(find "/proc/$(rig_pid milter)/fd" "/proc/$(rig_pid forwarder)/fd" \
    -lname 'socket:*' -exec readlink {} \; | tr -dc '0-9\n' |
    grep -cxF "$(awk '$8 ~ /monitor\/77$/ { print $7 }' /proc/net/unix)")" 0 \
    "nobody sends to what others could have made"
kill $spy
rm -rf "$RIG/spool/monitor"

said=$(setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" monitor 2>&1)
like "$? $said" "^66 tdcctl: spool_directory .*: permission denied" \
    "nor may another user listen"
for call in "x" "--counters 0" "--counters x" "--counters 1 2" "--jsn"; do
	# shellcheck disable=SC2086
	said=$(tdcctl monitor $call 2>&1)
	like "$? $(echo "$said" | tr '\n' ' ')" \
	    "^64 tdcctl: monitor: .* usage: tdcctl .* monitor \[--counters" \
	    "monitor $call"
done

# ---- counters ----

listen counters --counters 1
sleep 0.5
rig_send sender@client.example user@corp.example
ok "what the counters change by" rig_wait \
    'heard counters | grep -q "\"changes\":{.*\"enqueued\":1[,}]"' 10
rig_wait '[ "$(heard counters | wc -l)" -ge 4 ]' 10
is "$(heard counters | perl -MJSON::PP -ne 'my $o = decode_json($_);
    $sum{$_} += $o->{changes}{$_} for keys %{$o->{changes}};
    $even++ if $o->{seconds} >= 1 && $o->{seconds} < 3;
    $last = $o->{gauges}{waiting};
    END { print "$sum{enqueued} $sum{delivered} $last ", $even >= 4 ? "even" : "uneven" }')" \
    "1 1 0 even" "each change once, a line a second"
kill -TERM "$(rig_pid counters)"
code=0
wait "$(rig_pid counters)" || code=$?
rm "$RIG/pid/counters"
is "$code" 0 "until it is ended"
done_testing
