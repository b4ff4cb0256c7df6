# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_milter - what the milter costs a real Postfix; sourced by bench.sh
#
# Five services of one Postfix differ in their smtpd_milters alone.  Each
# round sends the same messages to each in turn.

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

bench_milter()
{
	messages=${BENCH_MESSAGES:-5000}
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
	EOF
	ok "tdc-milter, all journaled" rig_milter || exit 1
	sed "s,$RIG/spool\$,&2,; s,milter\.sock,milter2.sock,
	    s,default_policy.*,default_policy = NO," "$RIG/tdc.cf" \
	    >"$RIG/tdc2.cf"
	rig_start milter2 "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc2.cf"
	rig_start nothing "$TDC_BUILD/tests/donothing" \
	    "unix:$RIG/nothing.sock"
	rig_wait "[ -S $RIG/milter2.sock ] && [ -S $RIG/nothing.sock ]" 10
	rig_postfix || exit 1
	for size in ${BENCH_SIZES:-10000}; do
		echo "$messages messages of $size bytes, 10 sessions," \
		    "unix sockets:"
		for round in $(seq "$rounds"); do
			for way in none nothing all some; do
				eval "port=\$port_$way"
				bench_load "$way-$size" "$port" "$messages" \
				    "$size"
				bench_settle
			done
		done
		ratio "do-nothing milter / no milter" \
		    "nothing-$size" "none-$size"
		ratio "tdc-milter, all journaled durably / do-nothing milter" \
		    "all-$size" "nothing-$size" "1.25"
		ratio "tdc-milter, none journaled / do-nothing milter" \
		    "some-$size" "nothing-$size"
		ratio "tdc-milter, all journaled durably / no milter" \
		    "all-$size" "none-$size"
	done
	rig_stop postfix
	rig_stop milter
	rig_stop milter2
	rig_stop nothing
}
