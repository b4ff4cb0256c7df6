#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-live - tables of every type are made anew again and again while ten
# sessions send mail: never a wrong answer, never a failed lookup, and a new
# answer within two seconds
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-live
rig_ca
rig_dns
types="hash btree lmdb cdb texthash pcre regexp cidr"

# make TYPE VALUE - the table of this type, with that value for its user and
# as many other entries as the round asks for
make()
{
	table=$RIG/tables/$1
	case $1 in
	pcre|regexp)
		printf '/^other%d@/ NO\n' $(seq "$round") >"$table.new"
		printf '/^%s\\+.*@/ %s\n' "$1" "$2" >>"$table.new"
		;;
	cidr)
		printf '10.0.0.%d NO\n' $(seq "$round") >"$table.new"
		printf '127.0.0.0/8 %s\n' "$2" >>"$table.new"
		;;
	*)
		seq -f 'other%.0f@corp.example NO' $((round * 37 % 3000)) \
		    >"$table.new"
		printf '%s@corp.example %s\n' "$1" "$2" >>"$table.new"
		;;
	esac
	touch -d '1 minute ago' "$table.new"
	# a text is read as it is, so it changes at once or not at all
	mv "$table.new" "$table"
	case $1 in
	hash|btree|lmdb|cdb)
		postmap "$1:$table" || bad=$((bad + 1))
		;;
	*)
		touch "$table"
		;;
	esac
}

# ---- everything in place ----

mkdir "$RIG/tables"
bad=0
round=3
maps=
for type in $types; do
	make "$type" "$type@intake.example"
	[ "$type" = cidr ] ||
		maps="$maps check_recipient $type:$RIG/tables/$type,"
done
rig_conf <<-EOF
	recipient_delimiter = +
	policy_maps = $maps check_client cidr:$RIG/tables/cidr
EOF
ok "milter" rig_milter
ok "Postfix" rig_postfix recipient_delimiter=+

# ---- many messages, many tables ----

sessions=
for type in $types hash lmdb; do
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" -n 0 -m 20 \
	    -f 'sender@client.example' -t "$type+%d@corp.example" \
	    >>"$RIG/sent.$type" 2>>"$RIG/err/send" &
	sessions="$sessions $!"
done
until_then=$(($(date +%s) + ${TDC_LIVE_SECONDS:-15}))
while [ "$(date +%s)" -lt "$until_then" ]; do
	round=$((round % 200 + 1))
	for type in $types; do
		make "$type" "$type@intake.example"
	done
done
# shellcheck disable=SC2086
kill -TERM $sessions
# shellcheck disable=SC2086
wait $sessions
diag "every table was made about $round times"
is "$bad" 0 "postmap made every table"

# The last message of a session may not have been answered any more.
total=0
for type in $types; do
	sent=$(awk '$2 == 250' "$RIG/sent.$type" | wc -l)
	copies=$(grep -c "intake address $type@intake.example" "$RIG/tdc.log")
	total=$((total + sent))
	ok "$type: all of $sent messages have their copy ($copies)" \
	    test "$copies" -ge "$sent" -a "$copies" -le $((sent + 2)) -a \
	    "$sent" -gt 10
done
ok "hundreds of messages ($total)" test "$total" -gt 300
unlike "$(cat "$RIG/tdc.log")" 'Warning' "no table was in anybody's way"

# ---- a new answer within two seconds ----

for type in $types; do
	make "$type" NO
done
sleep 2
before=$(grep -c 'enqueued' "$RIG/tdc.log")
for type in $types; do
	rig_send sender@client.example "$type+new@corp.example"
done
is "$(($(grep -c 'enqueued' "$RIG/tdc.log") - before))" 0 \
    "two seconds after a change every type has the new answer"

done_testing
