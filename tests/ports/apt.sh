# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# apt - packages of another architecture, and sources; sourced
#
#	. tests/ports/apt.sh
#	apt_for i386 build/ports/i386
#	$apt install --download-only libjansson-dev
#
# apt-get with lists, a status and a cache of its own below that directory: for
# it nothing is installed, and this machine's knows nothing of it.

# apt_for ARCHITECTURE DIRECTORY - set $apt, and have its lists
apt_for()
{
	apt_dir=$PWD/$2
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial"
	: >"$apt_dir/status"
	apt="apt-get -q -o APT::Architecture=$1 -o APT::Architectures::=$1
	    -o APT::Sandbox::User=root -o Dir::State::Lists=$apt_dir/lists
	    -o Dir::Cache=$apt_dir/cache -o Dir::State::status=$apt_dir/status"
	# not every suite has every architecture
	$apt update || echo "apt: going on with what there is" >&2
}

# apt_sources DIRECTORY - as apt_for, of this machine, for "source"
apt_sources()
{
	mkdir -p "$1/parts"
	for apt_list in /etc/apt/sources.list.d/debian.sources \
	    /etc/apt/sources.list; do
		[ -e "$apt_list" ] || continue
		sed 's/^Types: .*/Types: deb-src/; s/^deb /deb-src /' \
		    "$apt_list" >"$1/parts/${apt_list##*/}"
	done
	mv -f "$1/parts/sources.list" "$1/parts/debian.list" 2>/dev/null || :
	apt_for "$(dpkg --print-architecture)" "$1"
	apt="$apt -o Dir::Etc::SourceParts=$PWD/$1/parts
	    -o Dir::Etc::SourceList=/dev/null"
	$apt update
}
