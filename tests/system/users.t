#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# users - tdc-milter and tdc-forwarder as two users: mail flows, and neither can
# write what is the other's, but for what the steps of the spool need
. "$(dirname "$0")/../rig/rig.sh"

rig_up users
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name space of its own here, so no users"
	exit 0
fi

# The users and groups of contrib/sysusers.d, which tests/tree/contrib.t and the
# booted tests make by systemd.
{
	grep -v '^tdc' /etc/passwd
	echo "tdc:x:64910:64910::/:/bin/sh"
	echo "tdc-milter:x:64911:64911::/:/bin/sh"
} >"$RIG/passwd"
{
	grep -v '^tdc' /etc/group
	cat <<-END
		tdc:x:64910:
		tdc-milter:x:64911:tdc
		tdcstatus:x:64912:tdc,tdc-milter
		tdclog:x:64913:tdc,tdc-milter
	END
} >"$RIG/group"
mount --bind "$RIG/passwd" /etc/passwd
mount --bind "$RIG/group" /etc/group

rig_ca
rig_dns
rig_intake intake -q
rig_postfix

socket=$RIG/socket/milter.sock
spool=$RIG/spool
install -d -o tdc -g postfix -m 750 "$RIG/socket"
install -d -o tdc -g tdc -m 750 "$RIG/lib"
install -d -o tdc -g tdclog -m 3770 "$RIG/log"
postconf -c "$RIG/postfix" -e "smtpd_milters = { unix:$socket, default_action=accept }"
rig_cool
postfix -c "$RIG/postfix" reload 2>/dev/null

# A table that only root may write, and a key that only the forwarder may read.
echo "corp.example DEFAULT" >"$RIG/recipient_policy"
postmap -c "$RIG/postfix" "hash:$RIG/recipient_policy"
cp "$RIG/ca.pem" "$RIG/lib/key"
chown tdc "$RIG/lib/key"
chmod 600 "$RIG/lib/key"
rig_conf <<-END
	user = tdc
	milter_socket = unix:$socket
	milter_socket_mode = 0660
	milter_socket_group = postfix
	policy_maps = check_recipient hash:$RIG/recipient_policy
	maillog_file = $RIG/tdc.log
	mail_logs_file = $RIG/log/mail_logs
	history_database = $RIG/lib/history.db
	undelivered = keep
	queue_lifetime = 1h
	retry_delay = 1s
	retry_limit = 1000
END
chown tdc:tdclog "$RIG/tdc.log"
chmod 660 "$RIG/tdc.log"

# as USER COMMAND... - as an intruder in the daemon of that user, whose groups are
# all that its unit gives it
as()
{
	as_user=$1
	shift
	setpriv --reuid="$as_user" --regid="$as_user" --init-groups \
	    --no-new-privs "$@"
}

may()			# USER WHAT SHELL
{
	ok "$1 may $2" eval "as $1 sh -c '$3' >/dev/null 2>&1"
}

may_not()		# USER WHAT SHELL
{
	ok "$1 may not $2" eval "! as $1 sh -c '$3' >/dev/null 2>&1"
}

program_as()		# USER NAME PROGRAM: as systemd does, with User= and so on
{
	as_lines=$(grep -c "$3 .* started" "$RIG/tdc.log")
	rig_start "$2" setpriv --reuid="$1" --regid="$(id -g "$1")" \
	    --groups="$(id -G "$1" | tr ' ' ,),$(id -g postfix)" sh -c 'umask 007; exec "$@"' sh "$TDC_BUILD/$3" -f -c "$RIG/tdc.cf"
	rig_wait "[ \$(grep -c '$3 .* started' $RIG/tdc.log) -gt $as_lines ] ||
	    ! rig_alive $2" 20 && rig_alive "$2"
}

owners()		# of what is in the spool directory
{
	(cd "$spool" && find . -mindepth 1 -maxdepth 1 -printf '%m %u %g %P\n' |
		sort -k 4)
}

# ---- as it was: one user ----

install -d -o tdc -g tdcstatus -m 710 "$spool"
ok "one user: the milter starts" rig_milter || exit 1
ok "one user: the forwarder starts" rig_forwarder
rig_send a@client.example user@corp.example
ok "one user: a copy is delivered" rig_wait '[ "$(rig_count intake)" = 1 ]' 20
is "$(owners)" "640 tdc tdcstatus counters
700 tdc tdc failed
600 tdc tdc lock
600 tdc tdc milter.lock
640 tdc tdcstatus programs
700 tdc tdc ready
640 tdc tdcstatus sites" "one user: all is its own"
rig_stop intake
rig_send a@client.example user@corp.example
ok "one user: a copy waits" rig_wait '[ "$(rig_counter soft_bounced)" -gt 0 ]' 20
rig_stop milter
rig_stop forwarder

# ---- two users, as the package sets it up ----

chown tdc-milter "$RIG/socket"
chmod 660 "$RIG/log/mail_logs"
sed -n '/^two_users()/,/^}/p' debian/tdc-postfix.postinst >"$RIG/two_users"
. "$RIG/two_users"
two_users "$spool"
is $? 0 "a spool is made one of two users"
ok "the milter starts as root" rig_milter || exit 1
is "$(awk '/^Uid/ { print $2, $3, $4 }' "/proc/$(rig_pid milter)/status")" \
    "64911 64911 64911" "and is tdc-milter, as the spool says"
ok "the forwarder starts" rig_forwarder
is "$(awk '/^Uid/ { print $2, $3, $4 }' "/proc/$(rig_pid forwarder)/status")" \
    "64910 64910 64910" "and is tdc"
rig_send a@client.example user@corp.example
rig_send a@client.example user@corp.example
ok "copies wait" rig_wait '[ "$(rig_waiting)" = 3 ]' 20
is "$(find "$spool/ready" -type f -printf '%u %g %m\n' | sort | uniq -c |
	sed 's/^ *//')" "1 tdc tdc 600
2 tdc-milter tdc-milter 660" "those of before are tdc's, the new ones tdc-milter's"
is "$(owners)" "664 tdc tdc-milter counters
700 tdc tdc failed
600 tdc tdc lock
660 tdc tdc-milter milter.lock
664 tdc tdc-milter programs
1770 tdc tdc-milter ready
640 tdc tdcstatus sites" "what each may write is told by owners and modes"
ok "attempts fail" rig_wait '[ "$(rig_counter soft_bounced)" -ge 4 ]' 20
like "$(tdcctl queue)" '\(.*Connection refused\)$' "tdcctl queue says why"
like "$(tdcctl status)" "Milter: *running, pid $(rig_pid milter)" \
    "tdcctl status sees the milter"
like "$(tdcctl status)" "Forwarder: *running, pid $(rig_pid forwarder)" \
    "and the forwarder"
check=$(tdcctl check 2>&1)
like "$check" "tdc.cf: OK" "tdcctl check finds nothing that stops copies" ||
	diag "$check"

# ---- inside: the milter is taken over ----

tdcctl suspend ALL >/dev/null	# so names stay as they are
sleep 1
kept=$spool/failed/00000000000000ff.1
cp "$(find "$spool/ready" -type f -user tdc)" "$kept"
chown tdc:tdc "$kept"
chmod 600 "$kept"
theirs=$(find "$spool/ready" -type f -user tdc -printf '%f\n')
ours=$(find "$spool/ready" -type f -user tdc-milter -printf '%f\n' | head -n 1)

milter_tries()
{
	may_not tdc-milter "list the spool" "ls $spool"
	may_not tdc-milter "make a file in it" ": >$spool/x"
	may_not tdc-milter "make a directory in it" "mkdir $spool/x"
	may_not tdc-milter "put another ready/ in its place" "mv $spool/ready $spool/x"
	for file in counters programs milter.lock lock sites; do
		may_not tdc-milter "remove $file" "rm -f $spool/$file"
	done
	for file in lock sites; do
		may_not tdc-milter "write $file" ": >>$spool/$file"
	done
	may_not tdc-milter "be the forwarder" "flock -n $spool/lock true"
	may_not tdc-milter "suspend an intake" "echo >$spool/suspended"
	may_not tdc-milter "ask for a flush" "echo >$spool/flush"
	may_not tdc-milter "list failed/" "ls $spool/failed"
	may_not tdc-milter "read a copy in there" "cat $kept"
	may_not tdc-milter "remove it" "rm -f $kept"
	may_not tdc-milter "hide its own there" "mv $spool/ready/$ours $spool/failed/"
	may_not tdc-milter "read the copy of another" "cat $spool/ready/$theirs"
	may_not tdc-milter "remove it" "rm -f $spool/ready/$theirs"
	may_not tdc-milter "rename it" "mv $spool/ready/$theirs $spool/ready/x"
	may_not tdc-milter "write into it" ": >>$spool/ready/$theirs"
	may_not tdc-milter "read the forwarder's key" "cat $RIG/lib/key"
	may_not tdc-milter "read the history" "cat $RIG/lib/history.db"
	may_not tdc-milter "write the history" ": >>$RIG/lib/history.db"
	may_not tdc-milter "write a table" ": >>$RIG/recipient_policy.db"
	may_not tdc-milter "put another log in the place of one" \
	    "mv $RIG/log/mail_logs $RIG/log/x"
	may_not tdc-milter "end the forwarder" "kill -0 $(rig_pid forwarder)"
	may_not tdc-milter "become tdc" "setpriv --reuid=tdc true"
}
milter_tries
is "$(find "$spool" -name x; ls "$spool/ready/$theirs" "$kept")" \
    "$(printf '%s\n' "$kept" "$spool/ready/$theirs")" "and all is where it was"

# What the steps need, and SECURITY names.
may tdc-milter "list ready/" "ls $spool/ready"
may tdc-milter "read a copy that it has made, until it is sent" "cat $spool/ready/$ours"
may tdc-milter "make files in ready/, and remove them" \
    ": >$spool/ready/x && rm $spool/ready/x"
may tdc-milter "write the log" ": >>$RIG/log/mail_logs"
for file in counters programs milter.lock; do
	may tdc-milter "write $file" ": >>$spool/$file"
done

# ---- inside: the forwarder is ----

may_not tdc "list the milter's socket" "ls $RIG/socket"
may_not tdc "remove it" "rm -f $socket"
may_not tdc "listen in its place" "mv $socket $socket.old"
may_not tdc "make a file beside it" ": >$RIG/socket/x"
may_not tdc "talk to the milter" "socat -u OPEN:/dev/null UNIX-CONNECT:$socket"
may_not tdc "write a table" ": >>$RIG/recipient_policy.db"
may_not tdc "write the configuration" ": >>$RIG/tdc.cf"
may_not tdc "end the milter" "kill -0 $(rig_pid milter)"
may_not tdc "become tdc-milter" "setpriv --reuid=tdc-milter true"
may_not tdc "give a file to tdc-milter" ": >$RIG/lib/x && chown tdc-milter $RIG/lib/x"
rm -f "$RIG/lib/x"
ok "the socket is there" test -S "$socket"
may tdc "read a copy" "cat $spool/ready/$ours"
may tdc "rename it" \
    "mv $spool/ready/$ours $spool/ready/x && mv $spool/ready/x $spool/ready/$ours"
may tdc "read its key" "cat $RIG/lib/key"

# Others are where they were.
for user in nobody postfix; do
	may_not $user "read a copy" "cat $spool/ready/$ours"
	may_not $user "read the counters" "cat $spool/counters"
	may_not $user "read the key" "cat $RIG/lib/key"
done
ok "a member of tdcstatus sees the counters" eval "setpriv --reuid=daemon \
    --regid=daemon --groups=tdcstatus cat $spool/counters >/dev/null"
ok "and cannot write them" eval "! setpriv --reuid=daemon --regid=daemon \
    --groups=tdcstatus sh -c ': >>$spool/counters' 2>/dev/null"
rm -f "$kept"

# ---- what is in the way, put there by either ----

as tdc-milter sh -c "cd $spool/ready && ln -s /etc/passwd 00000000000000f0.0 &&
	mkfifo 00000000000000f1.0 && mkdir 00000000000000f2.0 &&
	mkdir -m 0 00000000000000f3.0 && : >00000000000000f4.0 &&
	umask 777 && : >00000000000000f5.0"
is $? 0 "tdc-milter puts what is no copy into ready/"
rig_intake intake -q
tdcctl resume ALL >/dev/null
ok "the copies are delivered all the same" \
    rig_wait '[ "$(rig_counter delivered)" = 4 ]' 30
rig_send a@client.example user@corp.example
ok "and so is the next" rig_wait '[ "$(rig_counter delivered)" = 5 ]' 30
ok "the forwarder runs on" rig_alive forwarder
is "$(cat /etc/passwd | cksum)" "$(cksum <"$RIG/passwd")" "nothing was written elsewhere"
rm -rf "$spool"/ready/00000000000000f?.* "$spool"/failed/*

before=$(rig_count intake)
as tdc sh -c ": >$spool/counters; echo junk >$spool/programs;
	echo junk >$spool/milter.lock"
rig_send a@client.example user@corp.example
is "$rig_sent" 0 "tdc cuts the counters short: a message is taken"
ok "with a copy" rig_wait '[ "$(rig_count intake)" -gt "$before" ]' 30
rig_stop forwarder		# it would make what is missing again
as tdc sh -c "rm $spool/counters; mkdir $spool/counters"
rig_send a@client.example user@corp.example
is "$rig_sent" 0 "tdc puts a directory in their place: a message is taken"
is "$(rig_waiting)" 1 "with a copy"
as tdc sh -c "mv $spool/ready $spool/elsewhere && ln -s /tmp $spool/ready"
sleep 2.5			# it is looked for once a second
rig_send a@client.example user@corp.example
is "$rig_sent" 0 "tdc takes ready/ away: a message is taken"
is "$(find "$spool/elsewhere" -type f -printf '%u %m\n' | sort | uniq -c |
	sed 's/^ *//')" "2 tdc-milter 660" "and its copy is one that tdc may read"
is "$(find /tmp -maxdepth 1 -user tdc-milter)" "" "and nothing is written where a link leads"
as tdc sh -c "rm $spool/ready; mv -T $spool/elsewhere $spool/ready; rmdir $spool/counters"
rig_stop milter
rm -f "$spool"/counters*
two_users "$spool"

# ---- an operator's steps leave the owners as they are ----

ok "the milter starts by itself, as tdc-milter" program_as tdc-milter milter tdc-milter ||
	diag "$(tail -n 3 "$RIG/err/milter")"
ok "and the forwarder as tdc" program_as tdc forwarder tdc-forwarder
ok "what waited is delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 30
rig_stop intake
for i in 1 2 3 4; do
	rig_send a@client.example user@corp.example
done
ok "copies wait" rig_wait '[ "$(rig_waiting)" = 4 ]' 20
mids=$(find "$spool/ready" -type f -printf '%f\n' | sed 's/[.].*//' | sort |
	while read -r mid; do printf '%d\n' "0x$mid"; done)
first=$(echo "$mids" | head -n 1)
ok "an intake is suspended" eval 'tdcctl suspend intake.example >/dev/null'
is "$(tdcctl delete "$first")" "1 deleted" "a copy is deleted"
ok "and resumed" eval 'tdcctl resume intake.example >/dev/null'
ok "a flush is asked for" eval 'tdcctl flush >/dev/null'
sed -i 's/^retry_limit.*/retry_limit = 1/' "$RIG/tdc.cf"
tdcctl reload >"$RIG/reload" 2>&1
is $? 0 "both reload" || diag "$(cat "$RIG/reload")"
ok "copies are given up, and kept" \
    rig_wait '[ "$(find "$spool/failed" -type f | wc -l)" = 3 ]' 40 ||
    diag "$(tdcctl queue; ls -l "$spool/ready" "$spool/failed")"
is "$(find "$spool/failed" -type f -printf '%u %m\n' | sort -u)" "tdc-milter 660" \
    "they are the files that they were"
may_not tdc-milter "read one of its own there" "cat $spool/failed/*"
rig_intake intake -q
before=$(rig_count intake)
is "$(tdcctl requeue ALL)" "3 requeued" "they are requeued"
ok "and delivered" rig_wait '[ "$(rig_count intake)" = $((before + 3)) ]' 30
is "$(owners | grep -v ' suspended$\|[.]damaged$')" "664 tdc tdc-milter counters
700 tdc tdc failed
600 tdc tdc lock
660 tdc tdc-milter milter.lock
664 tdc tdc-milter programs
1770 tdc tdc-milter ready
640 tdc tdcstatus sites" "all owners and modes are as before"
is "$(stat -c '%a %U %G' "$spool/suspended")" "640 tdc tdcstatus" "and of suspensions"
rig_start monitor "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" monitor
ok "tdcctl monitor hears both" \
    rig_wait '[ "$(grep -c monitored "$RIG/err/monitor.out")" = 2 ]' 20
rig_stop monitor
before=$(rig_counter delivered)

# ---- kill -9 ----

for name in milter forwarder; do
	user=tdc
	[ $name = forwarder ] || user=tdc-milter
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
	    -x "ADDR=192.0.2.10 NAME=client.example" -f a@client.example \
	    -t user@corp.example -n 200 -p 4 -m 20 >"$RIG/sent" &
	sender=$!
	sleep 0.3
	rig_stop $name KILL
	ok "tdc-$name is killed at work, and starts again" \
	    program_as $user $name tdc-$name
	wait "$sender"
	is "$(awk '$2 != 250' "$RIG/sent" | head -n 3)" "" \
	    "no message was refused meanwhile"
done
ok "what was enqueued is delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 60
ok "each copy" [ "$(($(rig_count intake)))" -ge "$(rig_counter enqueued)" ]
is "$(find "$spool/ready" "$spool/failed" -mindepth 1)" "" "nothing is left in the spool"

# ---- back to one user, and what an older unit starts ----

rig_stop milter
chown tdc "$RIG/socket"		# as the tmpfiles.d of such a version has it
ok "the milter starts as tdc, too" program_as tdc milter tdc-milter
rig_send a@client.example user@corp.example
ok "and its copy is delivered" rig_wait '[ "$(rig_waiting)" = 0 ]' 20
is "$(rig_counter hard_bounced)" 3 "nothing else was given up"
rig_stop milter
ok "nobody else can start it" eval '! setpriv --reuid=nobody --regid=nogroup \
    --clear-groups "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf" 2>/dev/null'

rig_by_hand=some		# counters were lost on the way
done_testing
