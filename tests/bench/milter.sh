# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_milter - what the milter costs a real Postfix; sourced by bench.sh
#
# Four services of one Postfix differ in their smtpd_milters alone: none, the
# do-nothing milter (tests/tools/donothing.c tells what it asks for), tdc-milter
# with a copy of every message, tdc-milter with a copy of none.  Each round
# sends the same messages to each in turn, every other round the other way
# round.  tdc-milter logs its two lines a copy to one file, as it would to
# syslog.

bench_service()		# PORT [SOCKET]: a line of master.cf
{
	echo "127.0.0.1:$1 inet n - n - - smtpd"
	echo "	-o { smtpd_milters = ${2:+{ unix:$2, default_action=accept \}} }"
}

bench_load()		# NAME PORT MESSAGES SIZE
{
	started=$(now)
	smtp-source -d -s 10 -m "$3" -l "$4" -f sender@client.example \
	    -t user@nowhere.example "127.0.0.1:$2" || exit 1
	note "$1" $(($(now) - started))
}

# bench_settle - Postfix has handed all to its discard transport.  Copies are
# put aside, not deleted: a file system that does not like to use inodes again
# at once would make later rounds slower than earlier ones.
bench_settle()
{
	rig_wait "[ \$(find $RIG/queue/incoming $RIG/queue/active -type f |
	    wc -l) -eq 0 ]" 60
	bench_aside=$((${bench_aside:-0} + 1))
	mkdir "$RIG/aside$bench_aside"
	find "$RIG/spool/ready" "$RIG/spool2/ready" -type f \
	    -exec mv -t "$RIG/aside$bench_aside" {} +
}

bench_messages()	# SIZE: how many; large ones take longer
{
	if [ "$1" -gt 50000 ]; then
		echo $((${BENCH_MESSAGES:-2500} / 4))
	else
		echo "${BENCH_MESSAGES:-2500}"
	fi
}

bench_goal()		# SIZE: of copies that are durable
{
	if [ -n "$RIG_DISK_FLUSH" ]; then
		echo 1.40
	elif [ "$1" -gt 50000 ]; then
		echo 1.18
	else
		echo 1.20
	fi
}

bench_turn()		# ROUND WAY...: the ways, in the order of this round
{
	if [ $(($1 % 2)) -eq 1 ]; then
		shift
		echo "$@"
	else
		shift
		printf '%s\n' "$@" | tac
	fi
}

bench_milter_size()	# SIZE
{
	messages=$(bench_messages "$1")
	echo "$messages messages of $1 bytes, 10 sessions, unix sockets:"
	for round in $(seq "$rounds"); do
		for way in $(bench_turn "$round" none nothing all some); do
			eval "port=\$port_$way"
			bench_load "$way-$1" "$port" "$messages" "$1"
			bench_settle
		done
	done
	ratio "do-nothing milter / no milter" "nothing-$1" "none-$1"
	ratio "tdc-milter, all journaled durably / do-nothing milter" \
	    "all-$1" "nothing-$1" "$(bench_goal "$1")"
	ratio "tdc-milter, none journaled / do-nothing milter" \
	    "some-$1" "nothing-$1" "0.80"
	ratio "tdc-milter, all journaled durably / no milter" \
	    "all-$1" "none-$1"
}

bench_milter()
{
	port_none=$(rig_port)
	port_nothing=$((port_none + 1))
	port_all=$((port_none + 2))
	port_some=$((port_none + 3))
	RIG_MASTER=$(bench_service "$port_none"
		bench_service "$port_nothing" "$RIG/nothing.sock"
		bench_service "$port_all" "$RIG/milter.sock"
		bench_service "$port_some" "$RIG/milter2.sock")
	rig_conf <<-EOF
		default_policy = DEFAULT
		mail_logs_file =
	EOF
	ok "tdc-milter, all journaled" rig_milter || exit 1
	sed "s,$RIG/spool\$,&2,; s,milter\.sock,milter2.sock,
	    s,default_policy.*,default_policy = NO," "$RIG/tdc.cf" \
	    >"$RIG/tdc2.cf"
	rig_start milter2 "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc2.cf"
	rig_start nothing "$TDC_BUILD/tests/tools/donothing" \
	    "unix:$RIG/nothing.sock"
	rig_wait "[ -S $RIG/milter2.sock ] && [ -S $RIG/nothing.sock ]" 10 || {
		echo "bench: a milter has no socket; was it built?" >&2
		exit 1
	}
	rig_postfix || exit 1
	bench_load warm "$port_nothing" 200 1000
	for size in ${BENCH_SIZES:-10000 100000}; do
		bench_milter_size "$size"
	done
	rig_stop postfix
	rig_stop milter
	rig_stop milter2
	rig_stop nothing
}

# bench_flush - the small ones once more, where a flush takes a millisecond, as it
# does on a good disk that is not in memory; Postfix and we on the same
bench_flush()
{
	echo "on a disk whose flush takes 1 ms:"
	BENCH_DISK=${BENCH_DISK:-4G} BENCH_DISK_FLUSH=1 BENCH_SIZES=10000 \
	    sh "$0" "$TDC_BUILD" milter
}
