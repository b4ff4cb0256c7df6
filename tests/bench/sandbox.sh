# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_sandbox - what it costs that the kernel looks at every system call and
# every path of ours; sourced by bench.sh
#
# Two services of one Postfix differ in their tdc-milter alone, and that in
# sandbox = no; all is journaled.  Then the same copies go to the same sink, by a
# tdc-forwarder with and without.

bench_sandbox_milter()
{
	port_in=$(rig_port)
	port_out=$((port_in + 1))
	RIG_MASTER=$(bench_service "$port_in" "$RIG/milter.sock"
		bench_service "$port_out" "$RIG/milter2.sock")
	rig_conf <<-EOF
		default_policy = DEFAULT
		mail_logs_file =
	EOF
	ok "tdc-milter in its sandbox" rig_milter || exit 1
	sed "s,$RIG/spool\$,&2,; s,milter\.sock,milter2.sock," "$RIG/tdc.cf" \
	    >"$RIG/tdc2.cf"
	echo "sandbox = no" >>"$RIG/tdc2.cf"
	rig_start milter2 "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc2.cf"
	rig_wait "[ -S $RIG/milter2.sock ]" 10 || exit 1
	rig_postfix || exit 1
	bench_load warm "$port_out" 200 1000
	messages=$(bench_messages 10000)
	for round in $(seq "$rounds"); do
		for way in $(bench_turn "$round" in out); do
			eval "port=\$port_$way"
			bench_load "milter-$way" "$port" "$messages" 10000
			bench_settle
		done
	done
	ratio "tdc-milter in its sandbox / with sandbox = no" \
	    milter-in milter-out "1.03"
	rig_stop postfix
	rig_stop milter
	rig_stop milter2
}

bench_sandbox_forwarder()
{
	# so many that the start, which sets it up, counts for little
	copies=$((${BENCH_COPIES:-20000} * 3))
	rig_ca
	bench_sink 1
	rig_stop sink
	for round in $(seq "$rounds"); do
		for way in $(bench_turn "$round" in out); do
			case $way in
			in) sandbox=yes ;;
			out) sandbox=no ;;
			esac
			bench_conf "$sink_port" "$many" "sandbox = $sandbox"
			bench_ours "forwarder-$way" "$copies" 10000
		done
	done
	ratio "tdc-forwarder in its sandbox / with sandbox = no" \
	    forwarder-in forwarder-out "1.03"
}

bench_sandbox()
{
	echo "what the sandbox costs, 10000 bytes a message:"
	bench_sandbox_milter
	bench_sandbox_forwarder
}
