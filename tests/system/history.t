#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# history - what became of every copy can be asked for later: delivered, given
# up, diverted, deleted; a crash loses none of it, and a broken database no copy
. "$(dirname "$0")/../rig/rig.sh"

rig_up history
rig_ca
rig_dns
rig_intake intake
rig_postfix enable_long_queue_ids=yes

mkdir "$RIG/kept"
chown nobody "$RIG/kept"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		default_policy = DEFAULT
		history_database = $RIG/kept/history.db
		retry_delay = 200ms
		undelivered = keep
		$(printf '%s\n' "$@")
	EOF
}

# give SUBJECT TO... - a message; its queue id in $id
give()
{
	subject=$1
	shift
	rig_letter "$RIG/letter" "$subject" "Date: Thu, 26 Nov 2026 09:00:00 +0000"
	for to; do
		set -- "$@" -t "$to"
		shift
	done
	rig_give -F "$RIG/letter" -f sender@client.example "$@" >"$RIG/said"
	id=$(cut -d' ' -f5 "$RIG/said" | head -n 1)
}

# rows N [OPTION...] - wait until so many are found; they are in $RIG/rows
rows()
{
	rows=$1
	shift
	rig_wait "[ \"\$(tdcctl history --json $* 2>/dev/null |
	    tee $RIG/rows | wc -l)\" = $rows ]" 15
	[ "$(wc -l <"$RIG/rows")" = "$rows" ]
}

# value KEY - of the last row, as JSON::PP has it
value()
{
	tail -n 1 "$RIG/rows" | perl -MJSON::PP -e '
		my $v = decode_json(scalar <STDIN>)->{$ARGV[0]};
		print ref $v ? "@$v" : $v' "$1"
}

conf
rig_milter || exit 1
is "$(tdcctl history 2>&1; echo $?)" \
    "tdcctl: history_database $RIG/kept/history.db does not exist: was tdc-forwarder ever started?
69" "nothing happened yet"
rig_forwarder || exit 1
# wrong REASON OPTION... - a call that is none
wrong()
{
	reason=$1
	shift
	is "$(tdcctl history "$@" 2>&1 | head -n 1)" \
	    "tdcctl: history: $reason" "wrong: $*"
}
wrong "--since: bad value 'yesterday'" --since yesterday
wrong "--mid: bad value '0'" --mid 0
wrong "--limit: bad value '-1'" --limit -1
wrong "unknown option '--frob'" --frob
wrong "--until needs a value" --until
wrong "--since is not before --until" --since 1h --until 2h
wrong "only options are taken" 7

# ---- delivered ----

give "delivered" bob@corp.example Carol@corp.example
ok "a copy that is delivered has a row" rows 1
is "$(value verdict) $(value attempts) $(value mid)" "delivered 1 1" "which says so"
is "$(value queue_id)" "$id" "with Postfix's queue id"
is "$(value sender) $(value recipients)" \
    "sender@client.example bob@corp.example Carol@corp.example" \
    "sender and recipients in order"
is "$(value client) $(value policy) $(value intake)" \
    "192.0.2.10 default journal@intake.example" "client, policy and intake"
like "$(value reply)" 'queued|Ok|2\.0\.0' "what the intake said"
ok "and the connection" [ "$(value dcid)" -ge 1 ]
like "$(value time) $(value end)" '^[0-9]{10}(\.[0-9]+)? [0-9]{10}(\.[0-9]+)?$' \
    "and when"
# The sums, from the original itself.
perl tests/helpers/report.pl original "$RIG/intake/000001.eml" >"$RIG/original"
perl -MDigest::SHA=sha256_hex -0777 -ne '
	/\A(.*?\r\n\r\n)/s;
	my $h = $1;
	my $f = join "", map {
	    my ($v) = $h =~ /^$_:[ \t]*(.*?)[ \t]*\r\n(?![ \t])/msi;
	    ($v //= "") =~ s/\r\n//g; "$v\n" } qw(From Date To Message-ID);
	print sha256_hex($h), " ", sha256_hex($f)' "$RIG/original" >"$RIG/sums"
is "$(value header_sha256) $(value fields_sha256)" "$(cat "$RIG/sums")" \
    "the sums of its header as it was received"
size=$(wc -c <"$RIG/original")
is "$(value size)" "$size" "and its size"

ok "found by its queue id" rows 1 --queue-id "$id"
ok "by its Message-ID" rows 1 --message-id "'$(value message_id)'"
ok "by a recipient in other letters" rows 1 --recipient CAROL@CORP.example
ok "by its sender" rows 1 --address sender@client.example
ok "by its intake's address" rows 1 --intake journal@intake.example
ok "or domain" rows 1 --intake Intake.Example
ok "not by a part of that" rows 0 --intake example
ok "by time" rows 1 --since 1h
is "$(setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" history 2>&1; echo $?)" \
    "tdcctl: history_database $RIG/kept/history.db: permission denied: run tdcctl as root or user nobody
69" "not for everybody"
ok "not by another" rows 0 --address nobody@corp.example
ok "nor before" rows 0 --until 1h
like "$(tdcctl history)" "MID 1  queue-id $id  delivered after [0-9.]+ s, 1 attempt$" \
    "people can read it"

# ---- given up, deleted ----

rig_stop intake
conf "retry_limit = 0"
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 5
give "given up" bob@corp.example
ok "a copy that is given up" rows 2
is "$(value verdict) $(value attempts)" "connection error 1" "why"
like "$(value reply)" 'refused' "and what happened"
tdcctl delete 2 >/dev/null
ok "that it was deleted then" rows 3
is "$(value verdict) $(value mid) $(value reply)" "deleted 2 by uid 0" "and by whom"

conf "retry_limit = 0" "alternate_intake_address = spare@intake.example"
kill -HUP "$(rig_pid forwarder)"
rig_wait '[ "$(rig_log | grep -c "configuration reloaded")" = 2 ]' 5
give "diverted" bob@corp.example
ok "a copy that goes to the alternate intake" rows 5
is "$(perl -MJSON::PP -ne '$_ = decode_json($_);
    print "$_->{mid} $_->{verdict} $_->{intake}\n"' "$RIG/rows" | tail -n 2)" \
    "3 connection error journal@intake.example
3 connection error spare@intake.example" "has a row for either"
tdcctl delete 3 >/dev/null
ok "before it is deleted" rows 6

# ---- kill -9 ----

rig_intake intake
conf
rig_stop forwarder
rig_fill 300
rig_forwarder || exit 1
ok "300 copies are delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 30
known()
{
	tdcctl history --limit 2000 --json >"$RIG/all" 2>/dev/null
	grep -c '"verdict":"delivered"' "$RIG/all"
}
# Written, which takes a fifth of a second, and not all in the database yet.
rig_wait '[ "$(grep -c verdict "$RIG/kept/history.db.new")" -ge 300 ] ||
    [ "$(known)" = 301 ]' 10
kill -9 "$(rig_pid forwarder)"
rig_wait '! rig_alive forwarder' 5
rm -f "$RIG/pid/forwarder"
rig_by_hand=some		# what a kill cuts in two is counted twice
rig_forwarder || exit 1
ok "each has a row after a kill -9" rig_wait '[ "$(known)" = 301 ]' 15
is "$(sort "$RIG/all" | uniq -d | wc -l)" 0 "and none has two"

# ---- a database that is damaged ----

rig_stop forwarder
for byte in $(seq 64); do
	printf 'not a database'
done >"$RIG/broken"
dd if="$RIG/broken" of="$RIG/kept/history.db" conv=notrunc 2>/dev/null
rig_forwarder || exit 1
give "after damage" bob@corp.example
ok "a damaged database is told" rig_wait "rig_log |
    grep -q 'Warning: history: set aside, and a new one begun: .*history.db: '" 10
ok "and begun anew" rows 1
is "$(value verdict)" "delivered" "with what came then"
ok "the damaged one is there" eval 'ls "$RIG"/kept/history.db.damaged-* >/dev/null'
is "$(tdcctl history --mid 1)" "" "what was before is not in it"

# ---- nowhere to write ----

rig_stop forwarder
chown root "$RIG/kept"
chmod 700 "$RIG/kept"
rig_forwarder || exit 1
give "no right" bob@corp.example
ok "without a right to write copies go all the same" \
    rig_wait '[ "$(rig_waiting)" = 0 ]' 10
ok "and it is told" rig_wait "rig_log |
    grep -q 'Warning: history: .*Permission denied'" 10
chown nobody "$RIG/kept"
ok "what was in memory is written when that is over" rows 2

rig_conf </dev/null
is "$(tdcctl history 2>&1; echo $?)" \
    "tdcctl: there is no history: history_database is empty
69" "without one"
done_testing
