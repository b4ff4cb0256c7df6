#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# threads - the milter may have no more of them: originals are accepted all
# the same, and soon; copies are made as far as threads are left, what has none
# is counted, and it is told; and when there are threads again all is as before
. "$(dirname "$0")/../rig/rig.sh"

rig_up threads
rig_ca
rig_dns
rig_intake intake -q
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	spool_sync = no
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
sent=0

# allow LIMIT - so many threads for the milter's user, or all; 1: no more than
# there are
allow()
{
	rig_most=$1
	[ "$1" != all ] || rig_most=$(prlimit --nproc --output HARD --noheadings | tr -d " ")
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    prlimit --pid "$(rig_pid milter)" --nproc="$rig_most:"
}

threads()
{
	find "/proc/$(rig_pid milter)/task" -mindepth 1 -maxdepth 1 | wc -l
}

fds()
{
	find "/proc/$(rig_pid milter)/fd" -mindepth 1 | wc -l
}

# give NAME N SIDE-BY-SIDE - a connection for each; all accepted, none slow
give()
{
	rig_give -n "$2" -p "$3" -m 1 -t user@corp.example >"$RIG/said"
	is $? 0 "$1: all are accepted"
	sent=$((sent + $2))
	slowest=$(awk '{ print $4 - $3 }' "$RIG/said" | sort -n | tail -n 1)
	diag "$1: slowest $slowest ms, $(threads) threads"
	ok "$1: none waits for long" [ "$slowest" -lt 8000 ]
}

copied()		# NAME: all that was sent has a copy or was refused
{
	ok "$1" rig_wait '[ $(($(rig_counter delivered) +
	    $(rig_counter connections_refused))) -ge "$sent" ]' 20
}

# strangers N - so many who send half a packet, and so keep a worker each
strangers()
{
	rig_start strangers perl -MIO::Socket::UNIX -e '
		my @held;
		for (1 .. $ARGV[1]) {
			my $s = IO::Socket::UNIX->new(Peer => $ARGV[0])
			    or die "stranger: $!";
			syswrite $s, "\0\0";
			push @held, $s;
		}
		print "there\n";
		close STDOUT;
		sleep' "$RIG/milter.sock" "$1"
	rig_wait 'grep -q there "$RIG/err/strangers.out"' 10
}

refused()
{
	rig_counter connections_refused
}

give "all is well" 40 20
copied "all is well: each has a copy"
is "$(refused)" 0 "all is well: no connection is refused"
rig_stop milter
ok "milter starts, with the fewest threads" rig_milter
begin=$(fds)
allow 1
give "no more threads" 100 30
copied "no more threads: each has a copy, or its connection was closed"
is "$(refused)" 0 "no more threads: those that are there make all the copies"
like "$(rig_log | grep Warning)" 'Warning: no thread for a connection: Resource temporarily unavailable: ' \
    "no more threads: it is told"

allow all
give "threads again" 40 20
copied "threads again: each has a copy"
is "$(refused)" 0 "threads again: no connection is refused"

# Sessions that are there already, in the middle of a message.
rig_start crowd perl tests/helpers/talk.pl "$smtp_port" 5 "$RIG/go"
rig_wait 'grep -qs half "$RIG/err/crowd.out"' 20
allow 1
strangers 100
give "strangers keep all threads" 10 10
ok "strangers keep all threads: who finds none is shown out" \
    [ "$(refused)" -ge 10 ]
like "$(rig_log | grep Warning)" 'Warning: connection from Postfix closed, .* no thread was free for 700 ms' \
    "strangers keep all threads: it is told"
: >"$RIG/go"
rig_wait '! rig_alive crowd' 60
rm -f "$RIG/pid/crowd"
is "$(sed -n 2p "$RIG/err/crowd.out")" "all 250" \
    "strangers keep all threads: messages that had begun are accepted"
waited=$(sed -n 3p "$RIG/err/crowd.out")
diag "the slowest waited for $waited s"
ok "strangers keep all threads: soon" [ "${waited%.*}" -lt 8 ]
sent=$((sent + 5))

rig_stop strangers
ok "strangers leave: no descriptor is left behind" \
    rig_wait '[ "$(fds)" -le "$begin" ]' 20
allow all
before=$(refused)
give "threads once more" 40 20
is "$(refused)" "$before" "threads once more: no connection is refused"
copied "threads once more: each has a copy"
unlike "$(cat "$RIG/maillog")" 'milter .*timed out' \
    "nobody waited for an answer in vain"
ok "every original arrives" rig_wait '[ "$(rig_inbox user)" -ge $((sent - 5)) ]' 20
done_testing
