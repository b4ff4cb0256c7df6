# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_bcc - all the way, against what Postfix has itself; sourced by bench.sh
#
# The same mail through one Postfix to the same TLS sink: once with always_bcc,
# the copy being delivered by smtp(8), once with tdc-milter and tdc-forwarder.
# Time runs from the first message until the sink has every copy and Postfix
# has delivered every original.  smtp(8) has all it can use: as many
# connections as tdc-forwarder may open (20, the default of both), a TLS session
# cache, and, in a second run, connections that are used again by way of
# tlsproxy(8); the quicker of the two counts.

bench_bcc_done()	# NAME STARTED: copies and originals; note it
{
	rig_wait "grep -q reached $RIG/err/sink.out" 120 && rig_wait \
	    "[ -z \"\$(find $RIG/queue/incoming $RIG/queue/active \
	    $RIG/queue/deferred -type f -print -quit)\" ]" 60 || {
		echo "bench: $1: copies or originals are missing" >&2
		exit 1
	}
	note "$1" $(($(now) - $2))
	rig_stop sink
}

bench_bcc_run()		# NAME PORT SIZE
{
	messages=$(bench_messages "$3")
	bench_sink "$messages"
	started=$(now)
	smtp-source -d -s 10 -m "$messages" -l "$3" -f sender@client.example \
	    -t user@nowhere.example "127.0.0.1:$2" || exit 1
	bench_bcc_done "$1" "$started"
}

bench_bcc_way()		# WAY SIZE: one run
{
	case $1 in
	ours)
		rig_forwarder || exit 1
		bench_bcc_run "ours-$2" "$smtp_port" "$2"
		rig_stop forwarder
		return
		;;
	bcc)	reuse=no ;;
	again)	reuse=yes ;;
	esac
	postconf -e "smtp_tls_connection_reuse=$reuse"
	rig_cool
	postfix reload 2>>"$RIG/err/postfix"
	sleep 1
	bench_bcc_run "$1-$2" "$bcc_port" "$2"
}

# bench_bcc_best - of each round, the quicker of Postfix's two ways
bench_bcc_best()	# SIZE
{
	awk -v a="bcc-$1" -v b="again-$1" '
		$1 == a { x[++n] = $2 }
		$1 == b { y[++m] = $2 }
		END {
			for (i = 1; i <= n; i++)
				print "best-'"$1"'", x[i] < y[i] ? x[i] : y[i]
		}' "$RIG/times" >"$RIG/best"
	cat "$RIG/best" >>"$RIG/times"
}

bench_bcc()
{
	rig_ca
	bench_sink 1
	rig_stop sink
	rig_conf <<-EOF
		default_policy = DEFAULT
		intake_route = [127.0.0.1]:$sink_port
		tls_policy = encrypt
		mail_logs_file =
	EOF
	unset smtp_port
	rm -rf "$RIG/queue" "$RIG/data" "$RIG/spool"
	bcc_port=$(rig_port)
	RIG_MASTER="tlsproxy unix - - n - 0 tlsproxy
127.0.0.1:$bcc_port inet n - n - - smtpd
	-o smtpd_milters= -o cleanup_service_name=cleanup-bcc
cleanup-bcc unix n - n - 0 cleanup -o always_bcc=journal@intake.example"
	ok "tdc-milter, all journaled and delivered" rig_milter || exit 1
	rig_postfix \
	    "transport_maps=inline:{intake.example=smtp:[127.0.0.1]:$sink_port}" \
	    "smtp_tls_security_level=encrypt" \
	    "smtp_tls_session_cache_database=btree:$RIG/data/sessions" \
	    "initial_destination_concurrency=20" || exit 1
	for size in ${BENCH_SIZES:-10000 100000}; do
		echo "$(bench_messages "$size") messages of $size bytes," \
		    "10 sessions, originals and copies:"
		for round in $(seq "$rounds"); do
			for way in $(bench_turn "$round" ours bcc again); do
				bench_bcc_way "$way" "$size"
			done
		done
		bench_bcc_best "$size"
		ratio "tdc-milter, tdc-forwarder / always_bcc, smtp(8)" \
		    "ours-$size" "best-$size" "0.60"
	done
	rig_stop postfix
	rig_stop milter
}
