#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doctor - tdcctl check says what a start, a reload and a message will meet: its
# last line is true, and each warning is there when it should be, and else not
. "$(dirname "$0")/../rig/rig.sh"

# In memory it would be warned of.
[ "$(stat -f -c %T "$TDC_BUILD")" != tmpfs ] || RIG_DISK=2G
rig_up doctor
rig_ca
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    host-record=gateway.example,127.0.0.1 \
    txt-record=nodata.example,nothing
# One thing is not of this world: whether its clock is kept right.
if [ -n "$RIG_ALONE" ]; then
	mount -t tmpfs none /run
	: >/run/.containerenv
fi
install -d -o nobody -m 700 "$RIG/spool"
RIG_MASTER="pickup unix n - n 60 1 pickup"
rig_postfix

# cf [LINE...] - a tdc.cf that is good, but for these lines
cf()
{
	printf '%s\n' "$@" >"$RIG/lines"
	for line in 'default_policy = DEFAULT' 'internal_networks = 127.0.0.0/8' \
	    "mail_logs_file ="; do
		grep -q "^${line%% *} " "$RIG/lines" || echo "$line"
	done | cat - "$RIG/lines" | rig_conf
}

# check [OPTION] - what it says is in $said, its last line in $end, and its exit
# status in $code
check()
{
	said=$("$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" check "$@" 2>&1)
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$RIG/,,g")
	end=$(printf '%s\n' "$said" | tail -n 1)
}

# good NAME - no warning at all
good()
{
	check
	is "$code $(printf '%s\n' "$said" | grep -v '^note: ')" "0 tdc.cf: OK" \
	    "no warning: $1"
}

# ending WORDS - the last line with one warning, or with $more than that
more=0
ending()
{
	echo "tdc.cf: $1, $((1 + more)) warning$([ "$more" = 0 ] || echo s)"
}

# warned NAME PATTERN - of that and of nothing else, and copies flow
warned()
{
	check
	is "$code $end" "0 $(ending OK)" "warned: $1"
	like "$said" "^warning: $2" "which says what to do: $1"
}

# stopped NAME PATTERN - likewise, but no copies do
stopped()
{
	check
	is "$code $end" "0 $(ending "no copies")" "stopped: $1"
	like "$said" "^warning: $2" "which says what to do: $1"
}

# noted NAME PATTERN - no warning, but this
noted()
{
	good "$1"
	like "$said" "^note: $2" "but a note: $1"
}

# main NAME=VALUE... - for main.cf, from now on
main()
{
	postconf -e "$@"
	rig_cool
}
ours="{ unix:$RIG/milter.sock, default_action=accept }"

# ---- no Postfix ----

cf
good "all is well"
check --strict
is "$code $end" "0 tdc.cf: OK" "--strict, and all is well"
PATH_WAS=$PATH
if [ -n "$RIG_ALONE" ]; then
	# It is looked for in the usual places, too.
	found=$(command -v postconf)
	mount --bind /dev/null "$found"
	noted "no Postfix" 'postconf\(1\) not found: Postfix is not looked at$'
	umount "$found"
fi
mkdir "$RIG/bin"
printf '#!/bin/sh\nexit 1\n' >"$RIG/bin/postconf"
chmod 755 "$RIG/bin/postconf"
PATH=$RIG/bin:$PATH
noted "a Postfix that fails" 'bin/postconf -x fails: Postfix is not looked at$'
printf '#!/bin/sh\nsleep 60 & wait\n' >"$RIG/bin/postconf"
before=$(date +%s)
noted "a Postfix that hangs" \
    'bin/postconf -x: no answer in 10 seconds: Postfix is not looked at$'
ok "is not waited for" [ $(($(date +%s) - before)) -lt 30 ]
PATH=$PATH_WAS
mv "$MAIL_CONFIG/master.cf" "$MAIL_CONFIG/master"
noted "no master.cf" 'Postfix: postconf -M fails, so the services of master.cf'
main smtpd_milters=
stopped "no master.cf, and no milter" \
    'Postfix: smtpd_milters does not name milter_socket'
mv "$MAIL_CONFIG/master" "$MAIL_CONFIG/master.cf"
main "smtpd_milters=$ours"
good "Postfix is back"

# ---- is it true? ----

# master SERVICE... - lines that begin master.cf, in place of the usual smtpd;
# PORT stands for its address
RIG_USUAL=$(cat "$MAIL_CONFIG/master.cf" | sed 1d)
master()
{
	{
		printf '%s\n' "$@" | sed "s/PORT/127.0.0.1:$smtp_port/"
		printf '%s\n' "$RIG_USUAL"
	} >"$MAIL_CONFIG/master.cf"
}

# flows NAME PATTERN - a message is sent, and becomes a copy or not: check knew
# it before; PATTERN is its warning, or "" when copies flow
flows()
{
	rig_stop milter
	check
	if [ -z "$2" ]; then
		like "$end" "^tdc.cf: OK" "check: $1"
	else
		like "$end" "^tdc.cf: no copies, " "check: $1"
		like "$said" "^warning: $2" "which says why: $1"
	fi
	rig_milter
	rig_waited=$(rig_waiting)
	postfix stop >/dev/null 2>&1
	rig_wait "! rig_listens $smtp_port" 10
	postfix start >/dev/null 2>&1
	rig_wait "rig_listens $smtp_port" 10
	tr -d ' ' <"$RIG/queue/pid/master.pid" >"$RIG/pid/postfix"
	ok "the original goes its way: $1" \
	    rig_send a@client.example user@corp.example
	is "$(($(rig_waiting) - rig_waited))" "$([ -n "$2" ]; echo $?)" \
	    "and it is so: $1"
}

smtpd="PORT inet n - n - - smtpd"
chrooted="PORT inet n - y - - smtpd"
install -d -o nobody -m 755 "$RIG/queue/tdc"
inside="milter_socket = unix:$RIG/queue/tdc/milter.sock"

flows "the usual way" ""
main smtpd_milters=
flows "no milter" 'Postfix: smtpd_milters does not name milter_socket \(unix:milter.sock\): add \{ unix:milter.sock, default_action=accept \} as its last$'
main "smtpd_milters={ unix:$RIG/other.sock, default_action=accept }"
flows "another one" 'Postfix: smtpd_milters does not name milter_socket'
main "smtpd_milters=$ours"
master "$smtpd -o smtpd_milters="
flows "taken back in master.cf" 'Postfix: 127.0.0.1:[0-9]*/inet/smtpd_milters \(master.cf\) does not name milter_socket'
master "$smtpd -o receive_override_options=no_milters"
flows "no_milters" 'Postfix: 127.0.0.1:[0-9]*/inet has receive_override_options=no_milters$'
master "$smtpd -o smtpd_milters=\$tdc -o tdc=unix:$RIG/milter.sock"
flows "by a name, in master.cf" ""
master "$chrooted"
flows "outside of the chroot" 'Postfix: smtpd is chrooted \(127.0.0.1:[0-9]*/inet\), so milter_socket must be below queue: see contrib/debian.txt$'
cf "$inside"
main "smtpd_milters={ unix:$RIG/queue/tdc/milter.sock, default_action=accept }"
flows "a path as it is outside" 'Postfix: smtpd_milters: unix:queue/tdc/milter.sock leads smtpd to .*queue/tdc/milter.sock, as 127.0.0.1:[0-9]*/inet is chrooted: write unix:tdc/milter.sock$'
for path in tdc/milter.sock /tdc/milter.sock //tdc//milter.sock; do
	main "smtpd_milters={ unix:$path, default_action=accept }"
	flows "in the chroot: $path" ""
done
master "$smtpd"
flows "a path as it is in the chroot" 'Postfix: smtpd_milters: unix://tdc//milter.sock leads smtpd to /tdc/milter.sock, as 127.0.0.1:[0-9]*/inet is not chrooted: write unix:tdc/milter.sock$'
ln -s "$RIG/queue/tdc" "$RIG/link"
main "smtpd_milters={ unix:$RIG/link/milter.sock, default_action=accept }"
flows "by a link" ""

# Who may connect.
main "smtpd_milters={ unix:tdc/milter.sock, default_action=accept }"
cf "$inside" "milter_socket_mode = 0660"
flows "the socket of a group" 'milter_socket: smtpd, which is user postfix, may not connect: the socket will have the group of its user and mode 0660: set milter_socket_group = postfix and milter_socket_mode = 0660$'
cf "$inside" "milter_socket_mode = 0660" "milter_socket_group = postfix"
flows "the socket of Postfix's group" ""
chmod 700 "$RIG/queue/tdc"
flows "a directory that is closed" 'milter_socket: as user postfix: queue/tdc: Permission denied: smtpd must get into that directory: chgrp postfix and chmod g\+x$'
chmod 755 "$RIG/queue/tdc"
rig_stop milter
cf "$inside" "milter_socket_mode = 0600"
rig_milter
cf "$inside"
stopped "a socket of an earlier configuration" \
    'milter_socket: as user postfix: queue/tdc/milter.sock: Permission denied: tdc-milter runs with other parameters: restart it$'
rig_stop milter

port=$(rig_port)
cf "milter_socket = inet:$port"
main "smtpd_milters={ inet:127.0.0.1:$port, default_action=accept }"
flows "inet" ""
main "smtpd_milters={ inet:127.0.0.1:9, default_action=accept }"
flows "another port" "Postfix: smtpd_milters does not name milter_socket \\(inet:$port\\): add \\{ inet:127.0.0.1:$port, default_action=accept \\}"

# What is not Postfix's fault.
cf "default_policy = NO"
main "smtpd_milters=$ours"
flows "no policy" 'nothing is journaled: default_policy = NO, and policy_maps is empty$'
cf "default_policy = NO" \
    'policy_maps = check_recipient inline:{ a@x=DUNNO, b@x=NO }'
flows "a policy that is all NO" 'nothing is journaled: default_policy = NO, and no table has anything but NO and DUNNO$'
printf '/^X-Spam/ NO\n/^/ NO\n' >"$RIG/marks"
cf "unclean_header_checks = pcre:$RIG/marks"
flows "no message is clean" 'nothing is journaled: unclean_header_checks: pcre:marks matches every header field$'
printf '/^Subject/ DUNNO\n/^X-Spam/ NO\n' >"$RIG/marks"
flows "some are" ""
cf "internal_networks = 0.0.0.0/1 128.0.0.0/1"
flows "all are internal" 'internal_networks has all of IPv4, so no message counts as inbound'
cf "min_free_space = 100T"
flows "no room" 'spool_directory spool: [0-9]+M are free, and min_free_space is 104857600M: make room$'
cf
chown root "$RIG/spool/ready"
flows "ready/ is not the user's" 'spool_directory: as user nobody: spool/ready: Permission denied: chown -R nobody spool$'
chown nobody "$RIG/spool/ready"
rig_stop milter
if [ -n "$RIG_ALONE" ]; then
	mount --bind "$RIG/spool" "$RIG/spool"
	mount -o remount,ro,bind "$RIG/spool"
	stopped "a file system that is read-only" \
	    'spool_directory spool: its file system is read-only: mount it to be written$'
	umount "$RIG/spool"
	mount -t tmpfs -o size=30M,nr_inodes=4,mode=700,uid=65534 none \
	    "$RIG/spool"
	main message_size_limit=1000000
	warned "a file system in memory" 'spool_directory spool: its file system \(tmpfs\) is in memory, and copies are lost when this host goes down: use a disk$'
	more=1
	touch "$RIG/spool/1" "$RIG/spool/2" "$RIG/spool/3"
	stopped "no inode" 'spool_directory spool: the file system has no inode free'
	rm "$RIG/spool/1"
	main message_size_limit=104857600
	warned "no room for the largest message" \
	    'spool_directory spool: (29|30)M are free above min_free_space, less than the largest message has that Postfix accepts \(100M\): make room$'
	main message_size_limit=0
	more=0
	warned "no largest message" '.* is in memory'
	more=1
	cf "max_message_size = 50M"
	warned "a largest one of ours" '.*accepts \(50M\)'
	more=0
	cf "max_message_size = 20M"
	warned "for which there is room" '.* is in memory'
	umount "$RIG/spool"
	main message_size_limit=104857600
	cf
	mkdir "$RIG/over"
	mount -t tmpfs none "$RIG/over"
	mkdir "$RIG/over/work"
	install -d -o nobody -m 700 "$RIG/over/upper"
	if mount -t overlay -o "lowerdir=$RIG/spool,upperdir=$RIG/over/upper,workdir=$RIG/over/work" \
	    none "$RIG/spool" 2>/dev/null; then
		noted "a layer over another file system" 'spool_directory spool: its file system \(overlay\) may be that of a container, with which copies would be lost: mount a volume there$'
		umount "$RIG/spool"
	fi
	umount "$RIG/over"
	good "a disk"
fi
flows "all is well again" ""
rig_stop milter

# ---- a spool that is not there yet ----

mv "$RIG/spool" "$RIG/old"
warned "only root can make the spool" 'spool_directory spool does not exist yet, and only root can make it: install -d -o nobody -m 700 spool$'
install -d -o nobody "$RIG/place"
cf "spool_directory = $RIG/place/spool"
noted "the user can" 'spool_directory place/spool does not exist yet: it is made at the first start$'
cf "spool_directory = $RIG/no/where"
stopped "nobody can" 'spool_directory no/where does not exist yet, nor does no, so it cannot be made: mkdir -p no$'
mv "$RIG/old" "$RIG/spool"

# ---- the history ----

cf "history_database = $RIG/place/history.db"
good "a place for the history"
cf "history_database = $RIG/no/history.db"
noted "no place for it yet" 'history_database: no does not exist yet: tdc-forwarder makes it if it starts as root, or: install -d -o nobody -m 750 no$'
install -d -m 700 "$RIG/roots"
cf "history_database = $RIG/roots/history.db"
warned "one that is not the user's" 'history_database: as user nobody: roots: Permission denied: chown nobody roots$'
if [ -n "$RIG_ALONE" ]; then
	mount -t tmpfs -o size=1M,mode=700,uid=65534 none "$RIG/place"
	cf "history_database = $RIG/place/history.db"
	more=1
	warned "no room for it" 'history_database place/history.db: 1M are free, and without room nothing is written down: make room$'
	warned "in memory" 'history_database place/history.db: its file system \(tmpfs\) is in memory, and the history is lost when this host goes down: use a disk$'
	mount -o remount,size=100M "$RIG/place"
	more=0
	warned "room for it, in memory" 'history_database .* is in memory'
	umount "$RIG/place"
	mount -t tmpfs -o size=100M,mode=755,uid=65534 none "$RIG/place"
	install -d -o nobody -m 700 "$RIG/place/spool"
	cf "spool_directory = $RIG/place/spool" "min_free_space = 50M" \
	    "history_database = $RIG/place/history.db" \
	    "max_message_size = 1M"
	more=2
	warned "one disk for both" 'history_database place/history.db grows on the file system of spool_directory, where 50M are free above min_free_space: make room, or move it to another$'
	more=1
	cf "spool_directory = $RIG/place/spool" "min_free_space = 10M" \
	    "history_database = $RIG/place/history.db" \
	    "max_message_size = 1M"
	warned "with room for both" 'history_database .* is in memory'
	more=0
	umount "$RIG/place"
fi

cf "milter_socket = unix:$RIG/later/milter.sock"
main "smtpd_milters={ unix:$RIG/later/milter.sock, default_action=accept }"
stopped "no directory for the socket" ".*milter_socket: 'unix:later/milter.sock' has no directory yet"
main "smtpd_milters=$ours"
cf

# ---- on what terms ----

main "smtpd_milters=unix:$RIG/milter.sock"
warned "no default_action" 'Postfix: smtpd_milters: while tdc-milter is stopped mail is not accepted \(default_action is tempfail\): write \{ unix:milter.sock, default_action=accept \}$'
main milter_default_action=accept
good "for all milters"
main "smtpd_milters={ unix:$RIG/milter.sock, default_action=reject }"
warned "another default_action" '.*\(default_action is reject\)'
main milter_default_action=tempfail
main "smtpd_milters={ unix:$RIG/milter.sock, default_action=tempfail }"
cf "milter_failure_action = tempfail"
good "a site that must not miss any message"
cf
main "smtpd_milters=$ours, { inet:127.0.0.1:9, default_action=accept }"
warned "not the last" 'Postfix: smtpd_milters: inet:127.0.0.1:9 comes after tdc-milter: copies do not have what it changes, and what it refuses is journaled: put tdc-milter last$'
main "smtpd_milters=inet:127.0.0.1:9, $ours"
noted "the last" 'Postfix: smtpd_milters: inet:127.0.0.1:9 comes before tdc-milter: mail that it only marks as unclean, by a header field, is journaled: if it does so, name that field in unclean_header_checks$'
cf "unclean_header_checks = pcre:$RIG/marks"
check
is "$end" "tdc.cf: OK" "a field that marks mail"
unlike "$said" '^note: Postfix' "is known"
cf
main "smtpd_milters=$ours"
main milter_protocol=4
warned "an old protocol" 'Postfix: milter_protocol = 4: a copy may differ'
main milter_protocol=6
main "smtpd_milters={ unix:$RIG/milter.sock, default_action=accept, protocol=2 }"
warned "for this milter" 'Postfix: milter_protocol = 2: '
main "smtpd_milters=$ours" "smtpd_milter_maps=static:DISABLE"
noted "milters by client" 'Postfix: smtpd_milter_maps may have other milters'
main smtpd_milter_maps=

# What remediation forwards, by sendmail(1).
forwards()		# [LINE...]
{
	cf "api_region = us" "remediation_action = forward" \
	    "remediation_forward_to = user@corp.example" \
	    "remediation_user =" "remediation_sendmail = /bin/true" \
	    "history_database = $RIG/place/history.db" "$@"
}

# submitted NAME COPIES - a mail by sendmail(1) becomes so many
submitted()
{
	rig_milter
	postfix stop >/dev/null 2>&1
	rig_wait "! rig_listens $smtp_port" 10
	postfix start >/dev/null 2>&1
	rig_wait "rig_listens $smtp_port" 10
	tr -d ' ' <"$RIG/queue/pid/master.pid" >"$RIG/pid/postfix"
	rig_waited=$(rig_waiting)
	rig_had=$(rig_inbox user)
	printf 'Subject: forwarded\n\nhere\n' |
	    sendmail -f '' user@corp.example
	ok "a forward arrives: $1" \
	    rig_wait '[ "$(rig_inbox user)" -gt "$rig_had" ]' 20
	is "$(($(rig_waiting) - rig_waited))" "$2" "copies of it: $1"
	rig_stop milter
}
forwards
good "no milter sees what is forwarded"
submitted "no milter" 0
main "non_smtpd_milters=\$smtpd_milters"
noted "they are in internal_networks" 'Postfix: non_smtpd_milters names tdc-milter: what remediation forwards is not journaled only because 127.0.0.1 is in internal_networks$'
submitted "internal" 0
forwards "directions = all"
warned "forwards that make copies" 'Postfix: non_smtpd_milters names tdc-milter, and directions = all: what remediation forwards to user@corp.example is journaled, and may be found malicious and forwarded again: take tdc-milter out of non_smtpd_milters$'
submitted "directions = all" 1
forwards "internal_networks = 192.0.2.99"
more=1
warned "forwards from without" 'Postfix: non_smtpd_milters names tdc-milter, and 127.0.0.1 is not in internal_networks: '
more=0
submitted "not internal" 1
postconf -P "cleanup/unix/non_smtpd_milters="
check
unlike "$said" non_smtpd_milters "taken back in master.cf"
submitted "taken back" 0
postconf -PX cleanup/unix/non_smtpd_milters
postconf -P "pickup/unix/receive_override_options=no_milters"
check
unlike "$said" non_smtpd_milters "no_milters"
submitted "no_milters" 0
postconf -PX pickup/unix/receive_override_options
cf "directions = all"
check
unlike "$said" non_smtpd_milters "no word of it where nothing is forwarded"
main non_smtpd_milters=
cf

# Several services.
master "$smtpd" "submission inet n - n - - smtpd
  -o smtpd_milters="
noted "submission without us" \
    'Postfix: what submission/inet \(master.cf\) takes has no copy: submission/inet/smtpd_milters \(master.cf\) does not name milter_socket'
master "$smtpd" "smtp inet n - n - - smtpd
  -o smtpd_milters="
warned "the port of all others without us" \
    'Postfix: what smtp/inet \(master.cf\) takes has no copy: smtp/inet/smtpd_milters \(master.cf\) does not name milter_socket'
cf "trusted_relays = 127.0.0.1"
noted "unless it may come back from a content filter" \
    'Postfix: what smtp/inet \(master.cf\) takes has no copy: '
cf
master "smtp inet n - n - 1 postscreen" "smtpd pass - - n - - smtpd
  -o { smtpd_milters = }"
stopped "after postscreen" 'Postfix: smtpd/pass/smtpd_milters \(master.cf\) does not name'
master "smtp inet n - n - 1 postscreen"
stopped "no smtpd" 'Postfix: master.cf has no smtpd, so no mail comes in'
master "PORT inet n - - - - smtpd"
good "an smtpd that is not chrooted by default"
main compatibility_level=0
stopped "an smtpd that is" 'Postfix: smtpd is chrooted'
main compatibility_level=3.6
master "$smtpd"
good "master.cf as it was"

# ---- what runs ----

rig_milter
rig_forwarder
good "programs of this version"
unlike "$said" '^note: .*tdc-' "with tdc.cf as it is"
milter="tdc-milter \\(process $(rig_pid milter)\\)"
forwarder="tdc-forwarder \\(process $(rig_pid forwarder)\\)"
sleep 0.05		# the clock of files goes in ticks
cf "retry_delay = 2s"
noted "another tdc.cf" "tdc.cf was changed since $milter read it: tdcctl reload puts it in force\$"
like "$said" "^note: tdc.cf was changed since $forwarder read it: " "of each program"
tdcctl reload >/dev/null
good "a reload"
unlike "$said" '^note: .*tdc-' "after which it is in force"
cp "$RIG/tdc.cf" "$RIG/kept.cf"
echo nonsense >>"$RIG/tdc.cf"
tdcctl reload >/dev/null 2>&1
sleep 0.05
cp "$RIG/kept.cf" "$RIG/tdc.cf"
noted "a reload was refused, and tdc.cf mended" "tdc.cf was changed since $milter read it: "
touch -d '1 hour ago' "$RIG/tdc.cf"
more=1
warned "a reload was refused" "$milter has refused its last reload, and an older configuration is in force: see its log, and tdcctl reload\$"
warned "by each program" "$forwarder has refused its last reload, "
more=0
tdcctl reload >/dev/null
good "a reload that was not refused"

# told AS IS - change what they tell of themselves
told()
{
	sed "s/ $1 / $2 /" "$RIG/spool/programs" >"$RIG/programs"
	cat "$RIG/programs" >"$RIG/spool/programs"
}
version=$("$TDC_BUILD/tdcctl" version | sed -n '1s/.* //p')
old=$(echo "$version" | tr 0-9 9)
told "$version" "$old"
more=1
warned "another version" "$milter is version $old, and this is $version: restart it\$"
warned "of each program" "$forwarder is version $old, and this is $version: restart it\$"
more=0
told "$old" "$version"
good "this version"
: >"$RIG/spool/programs"
warned "a program that does not tell" "$forwarder does not tell its version, as old ones do not, and this is $version: restart it\$"
rig_stop forwarder
mkdir "$RIG/sbin"
cp "$TDC_BUILD/tdc-forwarder" "$RIG/sbin/tdc-forwarder"
rig_stop milter
rig_milter
rig_start forwarder "$RIG/sbin/tdc-forwarder" -f -c "$RIG/tdc.cf"
rig_wait "grep -q 'tdc-forwarder\[$(rig_pid forwarder)\].* started' $RIG/tdc.log" 10
good "a program that was installed elsewhere"
rm "$RIG/sbin/tdc-forwarder"
forwarder="tdc-forwarder \\(process $(rig_pid forwarder)\\)"
milter="tdc-milter \\(process $(rig_pid milter)\\)"
warned "its file is replaced" "$forwarder runs from a file that has been replaced: restart it\$"
rig_stop forwarder
rig_forwarder
forwarder="tdc-forwarder \\(process $(rig_pid forwarder)\\)"
good "it was restarted"

# How many files they may open: few NUMBER PROGRAM - from a new start
few()
{
	rig_stop "$2"
	usual=$(prlimit --pid $$ --nofile -o SOFT --noheadings | tr -d " ")
	prlimit --pid $$ --nofile="$1":
	"rig_$2"
	prlimit --pid $$ --nofile="$usual":
}
few 103 forwarder
warned "few files for the forwarder" "tdc-forwarder \\(process $(rig_pid forwarder)\\) may have 103 files open, and max_connections = 20 takes up to 104: set LimitNOFILE to that, and restart it\$"
few 104 forwarder
good "enough"
few 60 milter
main default_process_limit=30
good "enough for the milter"
main default_process_limit=31
warned "few for the milter" "tdc-milter \\(process $(rig_pid milter)\\) may have 60 files open, half of them connections, and there may be 31 smtpd processes \\(master.cf\\), of which some would get no copies: set LimitNOFILE to 62, and restart it\$"
master "PORT inet n - n - 30 smtpd"
good "fewer of that service"
master "PORT inet n - n - 0 smtpd"
good "how many is not known"
master "$smtpd"
main default_process_limit=100
rig_stop milter
rig_stop forwarder

# ---- systemd ----

if [ -n "$RIG_ALONE" ]; then
	mkdir -p /run/systemd/system
	# systemctl SCRIPT - what it does
	systemctl()
	{
		printf '#!/bin/sh\n%s\n' "$1" >"$RIG/bin/systemctl"
		chmod 755 "$RIG/bin/systemctl"
	}
	rm "$RIG/bin/postconf"
	PATH=$RIG/bin:$PATH
	systemctl 'printf "Id=tdc-milter.service\nNeedDaemonReload=no\n\nId=tdc-forwarder.service\nNeedDaemonReload=no\n"'
	good "units that systemd has read"
	systemctl 'printf "Id=tdc-milter.service\nNeedDaemonReload=no\n\nNeedDaemonReload=yes\nId=tdc-forwarder.service\n"'
	warned "one that it has not" 'tdc-forwarder.service was changed since systemd read it: systemctl daemon-reload, then systemctl restart tdc-forwarder.service$'
	systemctl 'exit 1'
	noted "a systemctl that fails" 'bin/systemctl show fails: units are not looked at$'
	PATH=$PATH_WAS
	rmdir /run/systemd/system
	good "no systemd"
fi

# ---- networks ----

main "mynetworks=127.0.0.0/8 192.0.2.0/24"
warned "a network that is internal for Postfix alone" \
    'Postfix: mynetworks has 192.0.2.0/24, internal_networks has not: outgoing mail from there is journaled: add it to internal_networks$'
cf "internal_networks = 127.0.0.0/8 192.0.2.0/25 192.0.2.128/25"
good "for both, in two parts"
cf
printf '# ours\n192.0.2.0/24, [2001:db8::]/32\n127.0.0.0/8\n' >"$RIG/nets"
main "mynetworks=\$own" "own=127.0.0.1, !198.51.100.1 $RIG/nets"
check
is "$(printf '%s\n' "$said" | sed -n 's/warning: .*mynetworks has \(.*\), internal.*/\1/p')" \
"192.0.2.0/24
[2001:db8::]/32" "a file of networks"
main "mynetworks=127.0.0.0/8 hash:$RIG/nets" own=
noted "a table of networks" 'Postfix: mynetworks has hash:nets, which is not looked at'
main mynetworks=127.0.0.0/8

# ---- the name, the certificate ----

cf "helo_name = gateway"
warned "a name without a dot" ".*tdc.cf:[0-9]+: helo_name: 'gateway' has no dot, and intakes may refuse it: set it to the full name"
cf "helo_name = nobody.example"
warned "a name that DNS does not know" ".*tdc.cf:[0-9]+: helo_name: 'nobody.example' has no address in DNS \\(NXDomain\\), and intakes may refuse it"
cf "helo_name = nodata.example"
warned "a name without an address" ".*'nodata.example' has no address in DNS \\(NoData\\)"
cf "helo_name = [127.0.0.1]"
good "an address"
cf "helo_name = nobody.example" "dns_servers = 127.0.0.1@9"
good "nobody knows when DNS does not answer"

# certificate DAYS [NAME] - ours, with so many left
certificate()
{
	rig_selfsigned client gateway.example -days "$1"
	chown nobody "$RIG/client.key"
	cf "tls_cert_file = $RIG/client.pem" "tls_key_file = $RIG/client.key"
}
certificate 15
good "a certificate with fifteen days left"
certificate 13
warned "thirteen" ".*tdc.cf:[0-9]+: tls_cert_file: client.pem expires on $(date -u -d '13 days' +%Y-%m-%d): renew it, and reload"
openssl x509 -in "$RIG/client.pem" -signkey "$RIG/client.key" -days -1 \
    -out "$RIG/client.pem" 2>"$RIG/err/openssl" ||
	openssl req -x509 -key "$RIG/client.key" -subj /CN=x -days -1 \
	    -out "$RIG/client.pem" 2>>"$RIG/err/openssl"
warned "none" '.*tdc.cf:[0-9]+: tls_cert_file: client.pem expired on '
rig_selfsigned old "an old CA" -days 3
certificate 90
cat "$RIG/old.pem" >>"$RIG/client.pem"
warned "of the one that vouches for it" '.*tls_cert_file: client.pem expires on'
cf

# ---- logs ----

# reloaded - what the log says of a reload
reloaded()
{
	rig_lines=$(wc -l <"$1")
	kill -HUP "$(rig_pid forwarder)"
	rig_wait "tail -n +$((rig_lines + 1)) $1 | grep -q 'configuration '" 10
	tail -n "+$((rig_lines + 1))" "$1" | sed -n 's/.*TDC: .*\(configuration [a-z ]*\).*/\1/p'
}

cf "mail_logs_file = $RIG/no/log"
stopped "no directory for a log" ".*tdc.cf:[0-9]+: mail_logs_file: .*open no/log: No such file or directory: make its directory, or start by the service unit if that does$"
for program in tdc-milter tdc-forwarder; do
	said=$("$TDC_BUILD/$program" -f -c "$RIG/tdc.cf" 2>&1)
	is "$? ${said##*: open }" "73 $RIG/no/log: No such file or directory" \
	    "$program does not start then"
done
mkfifo "$RIG/fifo"
cf "mail_logs_file = $RIG/fifo"
check
like "$code $said" '^7[38] tdcctl: .*mail_logs_file: fifo is neither a file nor a device$' \
    "a log that is a fifo"
ln -s "$RIG/mail_logs" "$RIG/alias"
cf "mail_logs_file = $RIG/alias"
check
like "$code $said" '^7[38] tdcctl: .*alias is a link, which root does not follow$' \
    "a log that is a link"
echo "a line of another program" >"$RIG/shared"
chmod 640 "$RIG/shared"
cf "maillog_file = $RIG/shared"
warned "a log that is root's" \
    '.*as user nobody: .*tdc.cf:[0-9]+: maillog_file: open shared: Permission denied, so a start or a reload as that user is refused, and a log that was moved away still gets the lines: let it write there$'
rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
rig_wait "grep -q started $RIG/shared" 10
is "$(reloaded "$RIG/shared")" "configuration not reloaded" "and so it is"
chown nobody "$RIG/shared"
is "$(reloaded "$RIG/shared")" "configuration reloaded" "it is read again"
noted "a log that is the user's, in a directory that is not" \
    'when the log is moved away, whoever does so has to make a new one, such as logrotate with "create": as user nobody: .*maillog_file: open shared: Permission denied$'
mv "$RIG/shared" "$RIG/shared.1"
is "$(reloaded "$RIG/shared.1")" "configuration not reloaded" \
    "but not when it was moved away"
rig_stop forwarder
install -d -o nobody "$RIG/logs"
cf "maillog_file = $RIG/logs/log"
good "a directory of the user's"
unlike "$said" '^note: when' "without a note"
ok "and nothing was made" [ ! -e "$RIG/logs/log" ]
cf "maillog_file = /dev/stdout"
good "a stream"
cf

# ---- whoever asks ----

main "mynetworks=127.0.0.0/8 192.0.2.0/24"
check --strict
is "$code $end" "1 tdc.cf: OK, 1 warning" "--strict makes a warning a failure"
check --struct
is "$code $(echo "$said" | head -n 1)" \
    "64 tdcctl: check: unknown option, or one of --nagios without it" \
    "what is no option is told"
chmod 755 "$RIG/spool"
as()			# USER GROUP
{
	said=$(setpriv --reuid="$1" --regid="$2" --clear-groups \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" check 2>&1)
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$RIG/,,g")
}
chmod 700 "$RIG/spool"
as daemon daemon
is "$code $(printf '%s\n' "$said" | cut -c1-65)" \
"0 warning: Postfix: mynetworks has 192.0.2.0/24, internal_networks 
note: spool, logs and the way to the socket are not looked at: be
tdc.cf: OK, 1 warning" "an ordinary user learns what it can"
as nobody nogroup
is "$code $(printf '%s\n' "$said" | grep -v '^note: [ws]' | cut -c1-65)" \
"0 warning: Postfix: mynetworks has 192.0.2.0/24, internal_networks 
tdc.cf: OK, 1 warning" "and the user of the programs all but the way to the socket"
main mynetworks=127.0.0.0/8
cf "user = postfix"
check
like "$said" "^warning: user: postfix is Postfix's own user" \
    "the programs need a user of their own"
done_testing
