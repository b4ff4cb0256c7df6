#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# monitor - a user who is in the group of the spool directory sees the status,
# and no message, envelope or address
. "$(dirname "$0")/../rig/rig.sh"

rig_up monitor
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name space of its own here, so no groups"
	exit 0
fi
rig_ca
rig_dns
rig_intake intake -q
rig_postfix

# The daemons' user is a member of one group, and not of the other.
status=64901 other=64902
{
	cat /etc/group
	echo "tdcstatus:x:$status:nobody"
	echo "tdcother:x:$other:"
} >"$RIG/group"
mount --bind "$RIG/group" /etc/group

# as GROUP ARGUMENT... - tdcctl as another user, in that group; $code and $said
as()
{
	as_group=$1
	shift
	said=$(setpriv --reuid=daemon --regid=daemon --groups="$as_group" \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@" 2>&1)
	code=$?
}

value()			# NAME: of the JSON in $said
{
	echo "$said" | sed -n "s/^ *\"$1\": \([^,]*\),*\$/\1/p" | head -n 1
}

told="counters programs sites suspended"
modes()			# of the files that are told, and of all else
{
	# shellcheck disable=SC2086
	(cd "$RIG/spool" && stat -c '%a %g %n' $told)
}

# the copy that waits still does when all this has been asked
printf '%s\n' "default_policy = DEFAULT" "retry_delay = 60s" | rig_conf
install -d -o nobody -g "$status" -m 710 "$RIG/spool"
rig_milter
rig_forwarder
rig_send secret-a@client.example secret-b@corp.example
ok "a copy is delivered" rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20
rig_stop intake
rig_send secret-a@client.example secret-b@corp.example
ok "another one waits" rig_wait '[ "$(rig_counter soft_bounced)" = 1 ]' 20

tdcctl suspend elsewhere.example --reason "as planned" >/dev/null

# ---- what the group sees ----

is "$(modes)" "640 $status counters
640 $status programs
640 $status sites
640 $status suspended" "the status is the group's to read"
is "$(find "$RIG/spool" -mindepth 1 ! -name counters ! -name programs \
    ! -name sites ! -name suspended \( -group "$status" -o -perm /077 \))" "" "nothing else is"
as "$status" status
is "$code" 0 "status, as a user of that group"
like "$said" "^Milter: *running, pid $(rig_pid milter)\$" "the milter runs"
like "$said" "^Forwarder: *running, pid $(rig_pid forwarder)\$" \
    "the forwarder runs"
like "$said" "^  Version *[0-9.]+\$" "with its version"
like "$said" "^Suspended: *elsewhere.example until it is resumed: as planned\$" \
    "what is suspended"
like "$said" "^  Copies waiting *1\$" "how many copies wait"
like "$said" "^  Copies kept in failed/ *not visible" "not how many are kept"
like "$said" "^  delivered *1\$" "and every counter"
unlike "$said" "secret|journal@" "no address"
as "$status" status --json
is "$code" 0 "as JSON"
ok "which is valid" sh -c 'echo "$1" | perl -MJSON::PP -0ne "decode_json(\$_)"' - "$said"
is "$(value waiting) $(value failed) $(value damaged) $(value host_down)" \
    "1 null null true" "the same numbers"
ok "and the age of the oldest copy" [ "$(value oldest_age)" -lt 60 ]
is "$(value forwarder_pid)" "$(rig_pid forwarder)" "and programs"
as "$status" tophosts
like "$code $said" "^ 1\*  the.tdc.queue  *1  *0  *1  *1  *0\$" "tophosts"
as "$status" hoststatus intake.example
is "$code" 0 "hoststatus"
like "$said" "^Host up/down: *down" "the host is down"
like "$said" "^ *Active Recipients  *1\$" "the copy that waits for it"
unlike "$said" "Attempted" "not what only the spool shows"
like "$said" "^Oldest Message *not visible" "and says so"
as "$status" hoststatus the.tdc.queue
like "$said" "^ *Active Recipients  *1\$" "hoststatus of all"

as "$status" top -n 1
like "$code $said" "^Copies:  *1 waiting, \? kept;" "top"
like "$said" "^ *1  *[0-9.]+ s  *[01]  *-  *-  *0  down  *intake.example\$" \
    "what the forwarder tells of each domain"
unlike "$said" "secret|journal@|refused" "and not what only the spool shows"
as "$status" report
is "$code" 0 "report"
like "$said" "^ *down  *1  *[0-9.]+ s  *[01]  *1  *1  *0   intake.example\$" \
    "Delivery Status"
unlike "$said" "secret|kept" "nothing of a copy"

# ---- what it does not ----

for call in queue "queue --json" "queue --shape" "show 1" "delete ALL" "requeue ALL" flush \
    reload; do
	# shellcheck disable=SC2086
	as "$status" $call
	like "$code $said" "^(66|77) tdcctl: " "$call is refused"
	unlike "$said" "secret|journal@" "$call: no address"
done
peek()			# COMMAND...: as that user
{
	setpriv --reuid=daemon --regid=daemon --groups="$status" "$@" \
	    >/dev/null 2>&1
}
for path in "$RIG/spool" "$RIG/spool/ready" "$RIG/spool/failed"; do
	ok "${path#"$RIG"/} cannot be listed" sh -c '! "$@"' - \
	    setpriv --reuid=daemon --regid=daemon --groups="$status" \
	    ls "$path" 2>/dev/null
done
for file in "$RIG/spool/ready/"*; do
	ok "a copy cannot be read" eval '! peek cat "$file"'
done
for file in lock milter.lock; do
	ok "$file cannot even be opened, and so not be held" \
	    eval '! peek cat "$RIG/spool/$file"'
done
for file in $told; do
	ok "$file can be read" peek cat "$RIG/spool/$file"
	ok "and not written" eval '! peek sh -c ": >>\"$RIG/spool/$file\""'
	is "$(strings "$RIG/spool/$file" | grep -c 'secret\|journal@')" 0 \
	    "$file holds no address"
done

# ---- who is not in it ----

as "$other" status
like "$code $said" \
    "^66 tdcctl: spool_directory .*: permission denied: run tdcctl as root or user nobody, or as a member of its group " \
    "another user is told who may look"

# ---- what is made again ----

rig_by_hand=some	# what was counted is forgotten
rm "$RIG/spool/counters" "$RIG/spool/sites"
ok "files that were lost are the group's again" rig_wait \
    'modes 2>/dev/null | grep -c "^640 $status" | grep -q 4' 10
rig_stop forwarder KILL
as "$status" status
like "$said" '^Forwarder: *not running' "a forwarder that was killed is gone"
like "$said" '^  Copies waiting *not visible' "and who counts the copies"
as "$status" status --json
is "$(value forwarder) $(value waiting)" "null null" "as JSON"
as "$status" tophosts
like "$said" "^ 1.  the.tdc.queue  *-  " "tophosts"

# A pid that came again is somebody else.
pid=$(rig_pid milter)
rig_stop milter KILL
sleep 1000 &
perl -e 'open(my $f, "+<", shift) or die; read($f, my $text, 4096);
    $text =~ s/^$ARGV[0] (.*?) *$/substr("$ARGV[1] $1" . " " x 128, 0, 127)/em
	or die; seek($f, 0, 0); print $f $text' \
    "$RIG/spool/programs" "$pid" $!
as "$status" status
like "$said" '^Milter: *not running' "a pid that came again is not the milter"
kill $!

# ---- closed again, or open to everybody ----

for mode in 700 755; do
	chmod $mode "$RIG/spool"
	rig_milter
	rig_forwarder
	is "$(modes | cut -d' ' -f1 | sort -u)" 600 "a directory of mode $mode: they are closed"
	as "$status" status
	is "$code" 66 "for members, too"
	rig_stop forwarder
	rig_stop milter
done
unlike "$(rig_log)" "Warning: give" "nothing is warned of so far"

# ---- a group that the daemons' user is not in ----

chgrp "$other" "$RIG/spool"
chmod 710 "$RIG/spool"
: >"$RIG/tdc.log"
rig_milter
rig_forwarder
ok "the log says what to do" rig_wait \
    'rig_log | grep -c "^TDC: Warning: give counters to group $other, .*Operation not permitted: add this program.s user to it" | grep -q 2' 10
is "$(modes | cut -d' ' -f1 | sort -u)" 600 "the files stay closed"
as "$other" status
is "$code" 66 "and members see nothing"
is "$(rig_counter delivered)" 1 "root sees all"
umount /etc/group
done_testing
