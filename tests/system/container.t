#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# container - the programs as contrib/container runs them, without an engine:
# each alone in a pid name space, a root that cannot be written, the numeric
# user, no capability; the spool is what they share
. "$(dirname "$0")/../rig/rig.sh"

rig_up container
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name spaces of our own"
	exit 0
fi
rig_ca
rig_dns
rig_intake intake
uid=$(sed -n 's/^USER \([0-9]*\):.*/\1/p' contrib/container/Containerfile)

# ---- what the image is ----

# Its root is made in a mount name space that ends with it: with this machine's
# libraries and our programs in it, and the directories of the Containerfile.
mkdir "$RIG/etc" "$RIG/etc/tdc" "$RIG/bin" "$RIG/root"
cp -r /etc/ld.so.cache /etc/nsswitch.conf "$RIG/etc"
echo "tdc:x:$uid:$uid::/var/spool/tdc:/usr/sbin/nologin" >"$RIG/etc/passwd"
echo "tdc:x:$uid:" >"$RIG/etc/group"
echo "127.0.0.1 localhost" >"$RIG/etc/hosts"
for program in tdc-milter tdc-forwarder tdcctl; do
	cp "$TDC_BUILD/$program" "$RIG/bin"
done
cp contrib/container/tdc-healthy "$RIG/bin"
install -d -o "$uid" -g "$uid" -m 700 "$RIG/spool"
install -d -o "$uid" -g "$uid" -m 750 "$RIG/history"
cp "$RIG/ca.pem" "$RIG/etc/tdc"
sed -e 's/^#intake_address = .*/intake_address = journal@intake.example/' \
    -e 's/^#policy_maps/policy_maps/' -e 's/^#\(	check_recipient\)/\1/' \
    -e 's/^#mail_logs_file/mail_logs_file/' \
    -e 's/^#log_format/log_format/' \
    contrib/container/tdc.cf >"$RIG/etc/tdc/tdc.cf"
cat >>"$RIG/etc/tdc/tdc.cf" <<-EOT
	internal_networks =
	helo_name = gateway.example
	min_free_space = 0
	dns_servers = 127.0.0.1@$dns_port
	tls_ca_file = /etc/tdc/ca.pem
	intake_route = [mx.intake.example]:$intake_port
EOT
echo 'user@corp.example DEFAULT' >"$RIG/etc/tdc/recipient_policy"
cat >"$RIG/inside" <<'EOT'
	# inside RIG UID COMMAND...: make the root, go there, be that user
	set -eu
	world=$1 uid=$2
	shift 2
	root=$world/root
	mount -t tmpfs tdc-root "$root"
	cd "$root"
	mkdir -p usr etc proc dev opt/tdc var/spool/tdc var/lib/tdc tmp
	for link in bin sbin lib lib64; do
		[ ! -L "/$link" ] || cp -P "/$link" "$link"
	done
	for node in null:3 zero:5 random:8 urandom:9; do
		mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
	done
	ln -s /proc/self/fd/1 dev/stdout
	ln -s /proc/self/fd/2 dev/stderr
	mount -t proc proc proc
	mount --bind -o ro /usr usr
	mount --bind -o ro "$world/etc" etc
	mount --bind -o ro "$world/bin" opt/tdc
	mount --bind "$world/spool" var/spool/tdc
	mount --bind "$world/history" var/lib/tdc
	mount -o remount,ro "$root"
	exec chroot "$root" env -i PATH=/opt/tdc:/usr/bin:/usr/sbin \
	    setpriv --reuid "$uid" --regid "$uid" --clear-groups \
	    --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
EOT

# inside COMMAND... - in a container that ends with it
inside()
{
	unshare --pid --mount --fork --kill-child \
	    sh "$RIG/inside" "$RIG" "$uid" "$@"
}

# begin NAME PROGRAM - a container that stays; its standard output, which is a
# pipe as an engine makes it, goes to NAME.log, its standard error to NAME.json
begin()			# NAME PROGRAM [STARTS BEFORE]
{
	[ -p "$RIG/$1.pipe" ] || mkfifo "$RIG/$1.pipe"
	cat <"$RIG/$1.pipe" >>"$RIG/$1.log" &
	unshare --pid --mount --fork --kill-child sh "$RIG/inside" "$RIG" \
	    "$uid" "$2" -f </dev/null >"$RIG/$1.pipe" 2>>"$RIG/$1.json" &
	unshared=$!
	rig_wait "pgrep -P $unshared -x $2 >$RIG/$1.pid" 10
	mv "$RIG/$1.pid" "$RIG/pid/$1"
	rig_wait "[ \$(grep -c 'started\$' $RIG/$1.log) -gt ${3:-0} ]" 10
}

# The rig asks by this name.
tdcctl()
{
	inside tdcctl "$@"
}

rig_postfix "smtpd_milters = { inet:127.0.0.1:8890, default_action=accept }"

# ---- they run ----

ok "tdc-milter starts, and says so on standard output" begin milter tdc-milter
ok "and so does tdc-forwarder" begin forwarder tdc-forwarder
for name in milter forwarder; do
	status=/proc/$(rig_pid $name)/status
	is "$(sed -n 's/^NSpid:.*	\([0-9]*\)$/\1/p' "$status")" 1 \
	    "$name: is the first process of its name space"
	is "$(sed -n 's/^Uid:	\([0-9]*\)	.*/\1/p' "$status")" "$uid" \
	    "$name: as the numeric user"
	is "$(sed -n 's/^Cap\(Eff\|Prm\|Bnd\):	0*$/\1/p' "$status" | xargs)" \
	    "Prm Eff Bnd" "$name: without a capability"
done
is "$(inside touch /etc/tdc/x /x /tmp/x 2>&1 | grep -c 'Read-only file system')" 3 \
    "the root cannot be written"

ok "a message is taken" rig_send sender@client.example user@corp.example
ok "and its copy arrives" rig_wait '[ "$(rig_count intake)" = 1 ]' 20
ok "standard output of the one has the line" rig_wait \
    'grep -q "TDC: MID .* enqueued for forwarding" "$RIG/milter.log"' 5
ok "and that of the other" rig_wait \
    'grep -q "TDC: MID .* successfully delivered" "$RIG/forwarder.log"' 5
ok "standard error has JSON" rig_wait \
    'grep -q "^{.*\"mid\":.*}$" "$RIG/forwarder.json"' 5
ok "there is a history" rig_wait '[ -s "$RIG/history/history.db" ]' 5

# ---- a third container looks ----

is "$(tdcctl status | grep -cE '^(Milter|Forwarder):.* running')" 2 \
    "status sees both" || diag "$(tdcctl status | head)"
said=$(inside tdc-healthy)
like "$? $said" '^0 TDC OK' "all is healthy"
like "$(tdcctl check 2>&1)" '^/etc/tdc/tdc.cf: OK' "and the configuration is good"
is "$(tdcctl check 2>&1 | grep ^warning | grep -vE 'no address in DNS|the clock' |
    cut -d : -f 1,4-)" \
"warning: milter_socket: 'inet:8890@0.0.0.0' lets other hosts in, who may have \
anything copied: use a unix socket, or 127.0.0.1" \
    "with the warning that the network is for Postfix alone"

# ---- a table that changes, a reload ----

ok "nobody else has copies" rig_send sender@client.example bob@corp.example
echo 'bob@corp.example DEFAULT' >"$RIG/etc/tdc/new"
mv "$RIG/etc/tdc/new" "$RIG/etc/tdc/recipient_policy"
ok "a table that an editor replaces is noticed" rig_wait \
    'rig_send sender@client.example bob@corp.example
	[ "$(rig_count intake)" -ge 2 ]' 20
for name in milter forwarder; do
	kill -HUP "$(rig_pid $name)"
	ok "$name: SIGHUP is a reload" rig_wait \
	    'grep -q "TDC: configuration reloaded$" "$RIG/$name.log"' 10
done

# ---- they end ----

rig_wait '[ "$(rig_waiting)" = 0 ]' 10
rig_stop forwarder
like "$(tail -n 1 "$RIG/forwarder.log")" 'TDC: tdc-forwarder .*stopped$' \
    "SIGTERM stops it in order, though it is process 1"
said=$(inside tdc-healthy)
like "$? $said" '^1 TDC CRITICAL' "that is not healthy"
before=$(rig_count intake)
ok "a message is taken" rig_send sender@client.example bob@corp.example
is "$(rig_waiting)" 1 "and its copy waits"
ok "another container takes over" begin forwarder tdc-forwarder 1
ok "and sends it" rig_wait '[ "$(rig_count intake)" = $((before + 1)) ]' 20
kill -KILL "$(rig_pid milter)"
rig_wait '! rig_running "$(rig_pid milter)"' 5
rm "$RIG/pid/milter"
ok "mail passes without the milter" rig_send sender@client.example bob@corp.example
ok "another one takes over" begin milter tdc-milter 1
ok "and makes copies" rig_wait \
    'rig_send sender@client.example bob@corp.example
	[ "$(rig_count intake)" -gt $((before + 1)) ]' 20
is "$(grep -ihE 'read-only|permission denied|not permitted' "$RIG"/*.log)" "" \
    "nothing was missing"
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
done_testing
