# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_forwarder - how fast a queue drains; sourced by bench.sh
#
# tdc-forwarder and Postfix smtp(8) deliver the same number of messages of
# the same size, over as many connections, to the same TLS sink.  Time runs
# from the start of the forwarder, or from the release of Postfix's queue,
# until the sink has the last message.

bench_sink()		# MESSAGES: start the sink; its port in $sink_port
{
	rm -f "$RIG/err/sink.out"
	rig_start sink "$TDC_BUILD/tests/intake" -q -N "$1" \
	    -l "127.0.0.1:${sink_port:-0}" -n mx.intake.example \
	    -C "$RIG/cert.pem" -K "$RIG/cert.key"
	rig_wait "grep -q listening $RIG/err/sink.out 2>/dev/null" 10 || exit 1
	sink_port=$(sed -n '1s/.*://p' "$RIG/err/sink.out")
}

bench_reached()		# NAME STARTED: wait for the last message; note it
{
	rig_wait "grep -q reached $RIG/err/sink.out" 120 || {
		echo "bench: $1: the sink never got all" >&2
		exit 1
	}
	note "$1" $(($(sed -n 's/^reached //p' "$RIG/err/sink.out") - $2))
	rig_stop sink
}

bench_ours()		# NAME MESSAGES SIZE
{
	mkdir -p "$RIG/spool"
	"$TDC_BUILD/tests/fill" -n "$2" -s "$3" "$RIG/spool" || exit 1
	bench_sink "$2"
	started=$(now)
	rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
	bench_reached "$1" "$started"
	rig_stop forwarder
	rm -rf "$RIG/spool"
}

bench_smtp()		# NAME MESSAGES SIZE: Postfix's queue, held, then let go
{
	postconf -e defer_transports=smtp
	postfix reload 2>>"$RIG/err/postfix"
	smtp-source -d -s 10 -m "$2" -l "$3" -f sender@client.example \
	    -t journal@intake.example "127.0.0.1:$smtp_port" || exit 1
	rig_wait "[ \$(find $RIG/queue/incoming $RIG/queue/active -type f |
	    wc -l) -eq 0 ]" 60
	bench_sink "$2"
	postconf -e defer_transports=
	postfix reload 2>>"$RIG/err/postfix"
	started=$(now)
	postqueue -f
	bench_reached "$1" "$started"
}

bench_forwarder()
{
	copies=${BENCH_COPIES:-5000}
	connections=20
	rig_ca
	bench_sink 1
	rig_stop sink
	rig_conf <<-EOF
		intake_route = [127.0.0.1]:$sink_port
		tls_policy = encrypt
		min_connections = $connections
		max_connections = $connections
		maillog_file = /dev/null
		mail_logs_file =
		queue_lifetime = 1h
	EOF
	unset smtp_port
	rm -rf "$RIG/queue" "$RIG/data"
	RIG_MASTER="tlsproxy unix - - n - 0 tlsproxy
pickup unix n - n 60 1 pickup"
	rig_postfix "smtpd_milters=" \
	    "default_transport=smtp:[127.0.0.1]:$sink_port" \
	    "smtp_tls_security_level=encrypt" \
	    "smtp_tls_session_cache_database=btree:$RIG/data/sessions" \
	    "smtp_destination_concurrency_limit=$connections" \
	    "initial_destination_concurrency=$connections" \
	    "smtp_destination_recipient_limit=1" || exit 1
	echo "$copies copies of 10000 bytes to a TLS sink, $connections" \
	    "connections:"
	for round in $(seq "$rounds"); do
		bench_ours ours "$copies" 10000
		postconf -e smtp_tls_connection_reuse=no
		bench_smtp smtp "$copies" 10000
		postconf -e smtp_tls_connection_reuse=yes
		bench_smtp smtp-reuse "$copies" 10000
	done
	ratio "Postfix smtp(8) / tdc-forwarder" smtp ours "10"
	ratio "Postfix smtp(8), connections reused / tdc-forwarder" \
	    smtp-reuse ours
	rig_stop postfix
}
