#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deps - install what building and testing need: sh tests/deps.sh [lint]
#
# Debian 12 packages by apt, asking nothing, only those that are missing;
# with all of them there it takes a moment and touches nothing.  No server is
# started, enabled or left listening by it.  Exim is unpacked only (exim.sh).
set -eu
cd "$(dirname "$0")/.."

build="gcc libc6-dev make pkg-config libmilter-dev libssl-dev libcurl4-openssl-dev
	libjansson-dev libunbound-dev libdb5.3-dev liblmdb-dev libcdb-dev
	libpcre2-dev libidn2-dev libunistring-dev"
run="perl postfix postfix-lmdb postfix-pcre postfix-cdb swaks opendkim
	opendkim-tools libmail-dkim-perl dnsmasq-base miltertest openssl
	procps iproute2 util-linux libcmocka-dev mandoc spamassassin spamd
	spamass-milter clamav-daemon clamav-milter rspamd opendmarc
	dbconfig-no-thanks nsd ldnsutils nginx btrfs-progs"
lint="clang-14 clang-tidy-14 cppcheck libclang-rt-14-dev"

wanted="$build $run"
[ "${1:-}" != lint ] || wanted="$wanted $lint"

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

# shellcheck disable=SC2086
need=$(missing $wanted)
if [ -z "$need" ]; then
	[ "${1:-}" = lint ] || sh tests/exim.sh
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
	apt-get -q -y --no-install-recommends install debconf
	echo "postfix postfix/main_mailer_type select No configuration" |
		debconf-set-selections
	;;
esac
# shellcheck disable=SC2086
apt-get -q -y -o Dpkg::Use-Pty=0 --no-install-recommends install $need

# Nor may one that came with these start at the next boot.
for service in postfix opendkim opendmarc rspamd spamd spamass-milter \
    clamav-milter clamav-daemon nsd nginx; do
	case " $need" in
	*" $service "*) ;;
	*) continue ;;
	esac
	[ "$service" != clamav-daemon ] ||
		service="$service clamav-daemon.socket clamav-freshclam"
	# shellcheck disable=SC2086
	systemctl disable $service 2>/dev/null || true
done

# shellcheck disable=SC2086
need=$(missing $wanted)
if [ -n "$need" ]; then
	echo "deps: apt did not install: $need" >&2
	exit 1
fi
[ "${1:-}" = lint ] || sh tests/exim.sh
