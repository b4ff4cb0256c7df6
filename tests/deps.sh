#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deps - install what is needed, by apt and npm:
# sh tests/deps.sh [build | demo | lint | coverage | package | rpm | ports | names]
#
#	build	what building needs
#	demo	... and the demo: no scanner, no test library
#	(none)	... and every test
#	lint	... and make lint, make fuzz
#	coverage ... or make coverage: what every test needs, and gcovr
#	package	what building needs, and what packages and a system of their
#		own under them need
#	rpm	what building needs, and packages for Fedora and RHEL
#	ports	what building needs, and building for other machines
#	names	nothing: print what building needs
#
# Debian 12 packages, asking nothing, only those that are missing; with all of
# them there it takes a moment and touches nothing.  Nothing that is installed
# is removed, nor upgraded unless a missing package cannot do with it.  No
# server is started, enabled or left listening.  Exim, for the tests, is
# unpacked only (tests/rig/exim.sh), and so are Sendmail (tests/rig/sendmail.sh),
# Cyrus and Courier (tests/rig/imapd.sh) and NTLM for GSSAPI
# (tests/rig/ntlmssp.sh); what npm has comes below build/ (tests/readers/npm.sh).
set -eu
cd "$(dirname "$0")/.."

build="gcc libc6-dev make libmilter-dev libssl-dev libcurl4-openssl-dev
	libjansson-dev libunbound-dev libdb5.3-dev liblmdb-dev libcdb-dev
	libpcre2-dev libidn2-dev libunistring-dev libsqlite3-dev libxml2-dev
	libkrb5-dev libseccomp-dev"
demo="perl postfix swaks opendkim opendkim-tools dnsmasq-base openssl procps
	iproute2 util-linux python3 dovecot-core dovecot-imapd dovecot-lmtpd"
run="postfix-lmdb postfix-pcre postfix-cdb libmail-dkim-perl miltertest
	libcmocka-dev mandoc spamassassin spamd spamass-milter clamav-daemon
	clamav-milter rspamd opendmarc dbconfig-no-thanks nsd ldnsutils nginx
	prometheus prometheus-node-exporter python3-prometheus-client systemd
	strace btrfs-progs xfsprogs xz-utils zstd libmime-tools-perl ripmime
	libgmime-3.0-dev chromium chromium-driver zsh curl krb5-kdc
	krb5-admin-server python3-gssapi etcd-server etcd-client haproxy
	ansible-core ansible-lint"
# Who has npm has it with a Node.js of its own.
command -v npm >/dev/null || run="$run nodejs npm"
package="debhelper libdb-dev dpkg-dev dh-apparmor apparmor lintian blhc libcmocka-dev
	mmdebstrap systemd-container logrotate"
rpm="rpm selinux-policy-dev bzip2 libcmocka-dev systemd"
lint="clang-14 clang-tidy-14 cppcheck libclang-rt-14-dev"
coverage="gcovr"
ports="perl musl-tools gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user-static
	libcmocka-dev"

elsewhere=false
case ${1-} in
build)	wanted=$build ;;
demo)	wanted="$build $demo" ;;
'')	wanted="$build $demo $run"
	elsewhere=true ;;
lint)	wanted="$build $demo $run $lint" ;;
coverage) wanted="$build $demo $run $coverage"
	elsewhere=true ;;
package) wanted="$build $package" ;;
rpm)	wanted="$build $rpm" ;;
ports)	wanted="$build $ports" ;;
names)	echo $build
	exit ;;
*)	echo "usage: sh tests/deps.sh" \
	    "[build | demo | lint | coverage | package | rpm | ports | names]" >&2
	exit 64 ;;
esac

# missing - those of the arguments that are not installed
missing()
{
	there=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" \
	    2>/dev/null | sed -n 's/ installed$//p' | sort -u)
	for package in "$@"; do
		printf '%s\n' "$there" | grep -qx "$package" ||
			printf '%s ' "$package"
	done
}

# fetch_others - what no package installs
fetch_others()
{
	$elsewhere || return 0
	sh tests/rig/exim.sh
	sh tests/rig/imapd.sh
	sh tests/rig/sendmail.sh
	sh tests/rig/ntlmssp.sh
	sh tests/readers/npm.sh
}

# shellcheck disable=SC2086
need=$(missing $wanted)
if [ -z "$need" ]; then
	fetch_others
	exit
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "deps: not root; please install: $need" >&2
	exit 1
fi

# While apt works, no package may start its service.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get -q update
case " $need" in
*' postfix '*)
	apt-get -q -y --no-install-recommends --no-upgrade install debconf
	echo "postfix postfix/main_mailer_type select No configuration" |
		debconf-set-selections
	;;
esac
# Postfix cannot be beside another MTA; only a machine of CI's may lose one.
keep=--no-remove
[ -z "${CI:-}" ] || keep=
# shellcheck disable=SC2086
apt-get -q -y -o Dpkg::Use-Pty=0 --no-install-recommends --no-upgrade \
    $keep install $need

# Nor may one that came with these start at the next boot.
for service in postfix opendkim opendmarc rspamd spamd spamass-milter \
    clamav-milter clamav-daemon nsd nginx dovecot prometheus \
    prometheus-node-exporter krb5-kdc krb5-admin-server etcd-server haproxy; do
	case " $need" in
	*" $service "*|*" $service-core "*) ;;
	*) continue ;;
	esac
	[ "$service" != clamav-daemon ] ||
		service="$service clamav-daemon.socket clamav-freshclam"
	[ "$service" != etcd-server ] || service=etcd
	# shellcheck disable=SC2086
	systemctl disable $service 2>/dev/null || true
done

# shellcheck disable=SC2086
need=$(missing $wanted)
if [ -n "$need" ]; then
	echo "deps: apt did not install: $need" >&2
	exit 1
fi
fetch_others
