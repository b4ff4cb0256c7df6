# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# booted - a Debian of its own, with systemd as process 1; sourced, in POSIX sh
#
#	. "$(dirname "$0")/../rig/booted.sh"
#	boot_new service		-- an empty Debian with Postfix, not booted
#	boot_up
#	in_it systemctl start tdc-milter
#	boot_down
#	boot_done
#
# It is made by mmdebstrap once, kept below the build directory, and copied for
# each test; systemd-nspawn boots it, as root, also on a machine whose own
# process 1 is another.  It has a network with nothing but loopback.  The
# packages to be tried are in /packages, the test's programs in /tools.
#
# RIG	the directory of this test, removed at the end unless TDC_KEEP is set
# root	the file system, seen from here

if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
for boot_tool in systemd-nspawn mmdebstrap nsenter; do
	if ! command -v $boot_tool >/dev/null; then
		echo "1..0 # SKIP no $boot_tool: make package-deps"
		exit 0
	fi
done

boot_top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$boot_top" || exit 1
set -u
umask 022
. tests/rig/tap.sh
TDC_BUILD=$PWD/$(basename "${TDC_BUILD:-build}")
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
# which is the tests', outside; the Postfix that is installed inside has its own
unset MAIL_CONFIG
boot_kept=$TDC_BUILD/booted

# What a gateway has, and what the tests ask with.  The libraries are those that
# the package wants: inside there is no apt to fetch them.
boot_packages="systemd systemd-sysv dbus postfix rsyslog logrotate procps
	iproute2 ca-certificates dnsmasq-base libmilter1.0.1 libunbound8
	libjansson4 libidn2-0 libunistring2 libcurl4 libdb5.3 liblmdb0 libcdb1
	libpcre2-8-0 libsqlite3-0 libxml2 libgssapi-krb5-2 libssl3 libseccomp2"

# shellcheck disable=SC1091
boot_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")

# boot_tar - the file system as an archive; its name goes with what is in it
boot_tar()
{
	# shellcheck disable=SC2086
	boot_sum=$(echo "$boot_suite" $boot_packages | sha256sum | cut -c 1-12)
	echo "$boot_kept/root-$boot_sum.tar"
}

# boot_make - the archive, from where apt of this machine has its packages, and
# by its way to get there
boot_make()
{
	rm -f "$boot_kept"/root-*.tar
	apt-config dump Acquire >"$boot_kept/apt.conf"
	# shellcheck disable=SC2086
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
	    'Created-By: Packages' 'Origin: Debian' |
		mmdebstrap --variant=apt --format=tar --aptopt="$boot_kept/apt.conf" \
		    --include="$(echo $boot_packages | tr ' ' ',')" \
		    --dpkgopt='path-exclude=/usr/share/locale/*' \
		    --dpkgopt='path-exclude=/usr/share/doc/*' \
		    --customize-hook='rm -f "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap' \
		    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
		    "$boot_suite" "$boot_file.new" - >"$boot_kept/mmdebstrap.log" 2>&1 &&
		mv "$boot_file.new" "$boot_file"
}

# boot_made - unless it is there; of tests side by side one makes it, and the
# others wait for that
boot_made()
{
	boot_file=$(boot_tar)
	mkdir -p "$boot_kept"
	(
		flock 9
		[ -e "$boot_file" ] || boot_make
	) 9>"$boot_kept/lock"
}

boot_new()		# NAME
{
	boot_name=tdc-$1
	if ! boot_made; then
		tail -n 5 "$boot_kept/mmdebstrap.log" | sed 's/^/# /'
		echo "Bail out!  no Debian could be made: $boot_kept/mmdebstrap.log"
		exit 1
	fi
	RIG=$(mktemp -d "$boot_kept/$1.XXXXXX")
	chmod 755 "$RIG"
	root=$RIG/root
	trap boot_end EXIT
	trap 'exit 1' HUP INT TERM
	mkdir "$root"
	tar -x -C "$root" -f "$(boot_tar)" --exclude='./dev/*'
	echo "gateway.example" >"$root/etc/hostname"
	echo "127.0.0.1 gateway.example gateway localhost" >"$root/etc/hosts"
	# nothing there waits for a console, a network or a disk
	for boot_unit in console-getty getty@tty1 systemd-networkd-wait-online \
	    e2scrub_reap apt-daily.timer apt-daily-upgrade.timer; do
		ln -sf /dev/null "$root/etc/systemd/system/${boot_unit%.timer}.${boot_unit#*.}" \
		    2>/dev/null || :
	done
	mkdir "$root/packages" "$root/tools"
}

# boot_groups - this Debian's own place in each hierarchy of control groups;
# its systemd takes the place it is in for the top
boot_groups()
{
	for boot_group in /sys/fs/cgroup /sys/fs/cgroup/*; do
		[ -w "$boot_group/cgroup.procs" ] || continue
		echo "$boot_group/$boot_name.$$"
	done
}

boot_enter()		# COMMAND...: as a process of those groups
{
	for boot_group in $(boot_groups); do
		mkdir -p "$boot_group" 2>/dev/null || continue
		for boot_file in cpuset.cpus cpuset.mems; do
			[ ! -e "$boot_group/$boot_file" ] ||
				cat "$boot_group/../$boot_file" \
				    >"$boot_group/$boot_file" 2>/dev/null
		done
	done
	# shellcheck disable=SC2016
	exec sh -c 'for group in $1; do
			echo $$ >"$group/cgroup.procs"
		done 2>/dev/null
		shift
		exec "$@"' sh "$(boot_groups)" "$@"
}

boot_leave()		# those groups are empty, and go
{
	for boot_group in $(boot_groups); do
		find "$boot_group" -depth -type d -exec rmdir {} + 2>/dev/null
	done
}

boot_up()		# boot it, and wait until it is up
{
	boot_enter systemd-nspawn --quiet --directory="$root" --machine="$boot_name" \
	    --register=no --keep-unit --private-network --link-journal=no \
	    --resolv-conf=off --timezone=off --console=pipe \
	    --bind-ro="$TDC_BUILD/tests:/tools" --boot \
	    </dev/null >"$RIG/console" 2>&1 &
	boot_pid=$!
	boot_leader=
	wait_for '[ -n "$(boot_child)" ]' 20 || return 1
	boot_leader=$(boot_child)
	wait_for 'in_it systemctl is-system-running 2>/dev/null |
	    grep -Eq "running|degraded"' 90
}

boot_child()		# the process that is 1 inside
{
	for boot_child in $(cat "/proc/$boot_pid/task/$boot_pid/children" \
	    2>/dev/null); do
		[ "$(cat "/proc/$boot_child/comm" 2>/dev/null)" != systemd ] ||
			echo "$boot_child"
	done
}

in_it()			# COMMAND...: run inside
{
	nsenter --target "$boot_leader" --mount --uts --ipc --net --pid --cgroup \
	    --root -- env -i -C / HOME=/root LC_ALL=C.UTF-8 \
	    PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
	    SYSTEMD_PAGER= SYSTEMD_COLORS=0 "$@"
}

boot_down()		# as at the end of the day; or, with KILL, as at a power loss
{
	if [ "${1:-}" = KILL ]; then
		kill -KILL "$boot_leader" 2>/dev/null
	else
		in_it systemctl poweroff --no-block 2>/dev/null ||
			kill -s RTMIN+4 "$boot_leader" 2>/dev/null
	fi
	if ! wait_for '! kill -0 $boot_pid 2>/dev/null' 90; then
		diag "it does not go down"
		kill -KILL "$boot_leader" "$boot_pid" 2>/dev/null
	fi
	wait "$boot_pid" 2>/dev/null
	boot_pid=
	boot_leave
}

boot_end()
{
	boot_status=$?
	trap - EXIT
	trap '' HUP INT TERM
	[ -z "${boot_pid:-}" ] || boot_down KILL
	if [ "$rig_failed" -gt 0 ] || [ "$boot_status" -ne 0 ]; then
		tail -n 5 "$RIG/console" 2>/dev/null | sed 's/^/# console: /' >&2
		grep -ah 'TDC\|tdc' "$root/var/log/syslog" 2>/dev/null |
			tail -n 20 | sed 's/^/# /' >&2
	fi
	if [ -n "${TDC_KEEP:-}" ]; then
		echo "# kept: $RIG" >&2
	else
		rm -rf --one-file-system "$RIG"
	fi
	exit "$boot_status"
}

boot_done()
{
	[ -z "${boot_pid:-}" ] || boot_down
	echo "1..$rig_tests"
	[ "$rig_failed" -eq 0 ]
	exit
}

# boot_must - no test makes sense without
boot_must()
{
	boot_up && return
	tail -n 5 "$RIG/console" | sed 's/^/# console: /'
	echo "Bail out!  it does not boot"
	exit 1
}

wait_for()		# CONDITION SECONDS: poll until it holds
{
	boot_until=$(($(date +%s%3N) + $2 * 1000))
	until eval "$1"; do
		[ "$(date +%s%3N)" -lt "$boot_until" ] || return 1
		sleep 0.1
	done
}

property()		# UNIT NAME: as systemd has it
{
	in_it systemctl show --value -p "$2" "$1"
}

# ---- what a gateway is made for ----

# boot_world - the intake, its name, and a Postfix that takes mail for
# corp.example into one mailbox; before it is booted
boot_world()
{
	boot_certs
	mkdir -p "$root/etc/world" "$root/var/world"
	cp "$RIG"/*.pem "$RIG"/*.key "$root/etc/world"
	cat >"$root/etc/systemd/system/world-dns.service" <<-'EOF'
		[Service]
		ExecStart=/usr/sbin/dnsmasq --keep-in-foreground --no-resolv \
		    --no-hosts --bind-interfaces --listen-address=127.0.0.1 \
		    --user=root --local=/#/ --pid-file \
		    --mx-host=intake.example,mx.intake.example,10 \
		    --host-record=mx.intake.example,127.0.0.2 \
		    --host-record=gateway.example,127.0.0.1
		[Install]
		WantedBy=multi-user.target
	EOF
	cat >"$root/etc/systemd/system/world-intake.service" <<-'EOF'
		[Service]
		ExecStart=/tools/intake/intake -l 127.0.0.2:25 -q \
		    -n mx.intake.example -C /etc/world/cert.pem \
		    -K /etc/world/cert.key -s /var/world/stats -d /var/world
		[Install]
		WantedBy=multi-user.target
	EOF
	echo "nameserver 127.0.0.1" >"$root/etc/resolv.conf"
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	for boot_unit in dns intake; do
		ln -s "../world-$boot_unit.service" \
		    "$root/etc/systemd/system/multi-user.target.wants/"
	done
	chroot "$root" useradd --create-home reader
	chroot "$root" postconf -e myhostname=gateway.example \
	    mydestination=corp.example inet_interfaces=127.0.0.1 \
	    inet_protocols=ipv4 local_recipient_maps= luser_relay=reader \
	    alias_maps= mailbox_size_limit=0 message_size_limit=0 \
	    smtpd_authorized_xclient_hosts=127.0.0.0/8 \
	    smtpd_client_connection_count_limit=0
	# such files are waited for while they are new
	touch -d '1 hour ago' "$root/etc/postfix/main.cf"
}

boot_certs()		# ca.pem, and cert.pem and cert.key of the intake
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$RIG/ca.key" -out "$RIG/ca.pem" -days 30 \
	    -subj "/CN=private test CA" 2>/dev/null
	boot_cert cert subjectAltName=DNS:mx.intake.example
}

boot_cert()		# FILE EXTENSION: FILE.pem and FILE.key, by that CA
{
	echo "$2" >"$RIG/$1.ext"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$RIG/$1.key" -out "$RIG/$1.csr" \
	    -subj "/CN=private test server" 2>/dev/null
	openssl x509 -req -in "$RIG/$1.csr" -CA "$RIG/ca.pem" \
	    -CAkey "$RIG/ca.key" -CAcreateserial -days 30 \
	    -extfile "$RIG/$1.ext" -out "$RIG/$1.pem" 2>/dev/null
}

# boot_milter - Postfix has ours, as a line of main.cf; without postfix-enable,
# which only newer versions have
boot_milter()
{
	in_it postconf -e \
	    'smtpd_milters = { unix:tdc/milter.sock, default_action=accept }'
	touch -d '1 hour ago' "$root/etc/postfix/main.cf"
	in_it systemctl reload postfix
}

# mail - messages to Postfix, from outside; options of tests/tools/send, which
# has a line for each in $RIG/sent
mail()
{
	in_it /tools/tools/send -S 127.0.0.1:25 -f a@client.example \
	    -t user@corp.example -x "ADDR=192.0.2.1 NAME=client.example" "$@" \
	    >"$RIG/sent"
}

delivered()		# how many messages the intake has
{
	find "$root/var/world" -name '[0-9]*.eml' | wc -l
}

waiting()		# how many copies do
{
	find "$root/var/spool/tdc/ready" -type f | wc -l
}

originals()		# how many the mailbox has
{
	grep -c '^From ' "$root/var/mail/reader" 2>/dev/null || :
}
