# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_forwarder - how fast a queue drains; sourced by bench.sh
#
# tdc-forwarder and Postfix smtp(8) deliver the same number of messages of
# the same size, over as many connections, to the same TLS sink.  Time runs
# from the start of the forwarder, or from the release of Postfix's queue,
# until the sink has the last message; where messages are files of a spool, until
# the last one has left it, since what is sent faster than it is removed cannot go
# on for long.  tests/bench/pipeline does nothing but send, from memory, as many
# octets as a report has: what OpenSSL and the sink allow.  The second of its figures is for sending the very files of such a
# spool and removing them: what is left of that where a message is a file.
connections=20
report=930		# octets that a report has around the message

bench_sink()		# MESSAGES: start the sink; its port in $sink_port
{
	rm -f "$RIG/err/sink.out"
	rig_start sink "$TDC_BUILD/tests/intake/intake" -q -N "$1" \
	    -l "127.0.0.1:${sink_port:-0}" -n mx.intake.example \
	    -C "$RIG/cert.pem" -K "$RIG/cert.key"
	rig_wait "grep -q listening $RIG/err/sink.out 2>/dev/null" 10 || exit 1
	sink_port=$(sed -n '1s/.*://p' "$RIG/err/sink.out")
}

bench_reached()		# NAME STARTED: wait for the last message; note it
{
	rig_wait "grep -q reached $RIG/err/sink.out" 300 || {
		echo "bench: $1: the sink never got all" >&2
		exit 1
	}
	note "$1" $(($(sed -n 's/^reached //p' "$RIG/err/sink.out") - $2))
	rig_stop sink
}

# bench_emptied NAME STARTED - the same, until the last name has gone from
# ready/, which is when that directory was changed last
bench_emptied()
{
	rig_wait "grep -q reached $RIG/err/sink.out &&
	    [ \$(rig_waiting) -eq 0 ]" 300 || {
		echo "bench: $1: not all was sent and removed" >&2
		exit 1
	}
	note "$1" $(($(date -r "$RIG/spool/ready" +%s%3N) - $2))
	rig_stop sink
}

# shellcheck disable=SC2120
bench_conf()		# [PORT [LINE...]]: a forwarder for the sink, or for PORT
{
	bench_port=${1:-$sink_port}
	[ $# -eq 0 ] || shift
	rig_conf <<-EOF
		intake_route = [127.0.0.1]:$bench_port
		tls_policy = encrypt
		min_connections = ${at_least:-$connections}
		max_connections = $connections
		maillog_file = /dev/null
		mail_logs_file =
		queue_lifetime = 1h
		$(printf '%s\n' "$@")
	EOF
}

bench_ours()		# NAME MESSAGES SIZE
{
	mkdir -p "$RIG/spool"
	"$TDC_BUILD/tests/tools/fill" -n "$2" -s "$3" "$RIG/spool" || exit 1
	bench_sink "$2"
	started=$(now)
	rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
	bench_emptied "$1" "$started"
	rig_stop forwarder
	rm -rf "$RIG/spool"
}

bench_pipeline()	# NAME MESSAGES SIZE
{
	bench_sink "$2"
	started=$(now)
	"$TDC_BUILD/tests/bench/pipeline" -S "127.0.0.1:$sink_port" -n "$2" \
	    -s $(($3 + report)) -p "$connections" >/dev/null || exit 1
	bench_reached "$1" "$started"
}

bench_files()		# NAME MESSAGES SIZE: the same, one file a message
{
	mkdir -p "$RIG/spool"
	"$TDC_BUILD/tests/tools/fill" -n "$2" -s $(($3 + report - 450)) \
	    "$RIG/spool" || exit 1
	bench_sink "$2"
	started=$(now)
	"$TDC_BUILD/tests/bench/pipeline" -S "127.0.0.1:$sink_port" \
	    -d "$RIG/spool/ready" -p "$connections" >/dev/null || exit 1
	bench_emptied "$1" "$started"
	rm -rf "$RIG/spool"
}

# bench_queue - a Postfix with a queue of its own, which delivers to the sink,
# or to PORT
# shellcheck disable=SC2120
bench_queue()		# [PORT]
{
	unset smtp_port
	rm -rf "$RIG/queue" "$RIG/data"
	RIG_MASTER="tlsproxy unix - - n - 0 tlsproxy
pickup unix n - n 60 1 pickup"
	rig_postfix "smtpd_milters=" \
	    "default_transport=smtp:[127.0.0.1]:${1:-$sink_port}" \
	    "smtp_tls_security_level=encrypt" \
	    "smtp_tls_session_cache_database=btree:$RIG/data/sessions" \
	    "smtp_destination_concurrency_limit=$connections" \
	    "initial_destination_concurrency=$connections" \
	    "smtp_destination_recipient_limit=1" || exit 1
}

bench_smtp()		# NAME MESSAGES SIZE: Postfix's queue, held, then let go
{
	postconf -e defer_transports=smtp
	postfix reload 2>>"$RIG/err/postfix"
	smtp-source -d -s 10 -m "$2" -l "$3" -f sender@client.example \
	    -t journal@intake.example "127.0.0.1:$smtp_port" || exit 1
	rig_wait "[ \$(find $RIG/queue/incoming $RIG/queue/active -type f |
	    wc -l) -eq 0 ]" 120
	bench_sink "$2"
	postconf -e defer_transports=
	postfix reload 2>>"$RIG/err/postfix"
	started=$(now)
	postqueue -f
	bench_reached "$1" "$started"
}

bench_smtp_both()	# NAME MESSAGES SIZE: without and with reuse
{
	postconf -e smtp_tls_connection_reuse=no
	bench_smtp "$1" "$2" "$3"
	postconf -e smtp_tls_connection_reuse=yes
	bench_smtp "$1-reuse" "$2" "$3"
}

bench_size()		# MESSAGES SIZE WANTED: ours beside what the sink takes
{
	echo "$1 copies of $2 bytes to the same sink:"
	for round in $(seq "$rounds"); do
		bench_conf "$sink_port" "$many"
		bench_ours "ours-$2" "$1" "$2"
		bench_conf "$sink_port" "flight_messages = 1" "$many"
		bench_ours "ours1-$2" "$1" "$2"
		bench_pipeline "pipeline-$2" "$1" "$2"
		bench_files "files-$2" "$1" "$2"
	done
	ratio "plain pipelined OpenSSL client / tdc-forwarder" \
	    "pipeline-$2" "ours-$2" "$3"
	ratio "  with flight_messages = 1" "pipeline-$2" "ours1-$2"
	ratio "the same client, one file a message / tdc-forwarder" \
	    "files-$2" "ours-$2"
	ratio "  with flight_messages = 1" "files-$2" "ours1-$2"
}

many="max_messages_per_connection = 1000"

bench_forwarder()
{
	copies=${BENCH_COPIES:-20000}
	rig_ca
	bench_sink 1
	rig_stop sink
	bench_queue
	bench_size "$copies" 10000 0.55
	bench_size 8000 100000 0.65
	bench_size 160 5000000 0.8
	echo "the $copies of 10000 bytes by Postfix smtp(8):"
	for round in $(seq "${BENCH_SMTP_ROUNDS:-1}"); do
		bench_smtp_both smtp "$copies" 10000
	done
	ratio "Postfix smtp(8) / tdc-forwarder" smtp ours-10000 "40"
	ratio "Postfix smtp(8), connections reused / tdc-forwarder" \
	    smtp-reuse ours-10000 "15"
	ratio "  with flight_messages = 1" smtp-reuse ours1-10000
	rig_stop postfix
}
