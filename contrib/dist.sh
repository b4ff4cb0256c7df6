#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dist - the tarball of a release: for make
#
#	sh contrib/dist.sh VERSION DIRECTORY [COMMIT]
#
# DIRECTORY/tdc-VERSION.tar.gz has every file of the commit (by default the one
# that is checked out), below tdc-VERSION/, and nothing else.  Whoever makes it
# from the same commit gets the same bytes: names are in order, owners are
# root, times are the commit's, modes do not depend on the umask.  "git
# get-tar-commit-id" tells the commit.  It is for git alone; what it makes
# builds without.
set -eu

version=${1:?} directory=${2:?} commit=${3:-HEAD}
cd "$(dirname "$0")/.."
umask 022

say()
{
	echo "dist: $*" >&2
	exit 1
}

git rev-parse --git-dir >/dev/null 2>&1 ||
	say "this is not a git checkout; what is here may be a tarball already"
git rev-parse --quiet --verify "$commit^{commit}" >/dev/null ||
	say "no commit '$commit'"
# What is not committed would be missing without a word.
if [ "$commit" = HEAD ] && [ -n "$(git status --porcelain)" ]; then
	git status --short >&2
	say "commit this first: the tarball has what is committed"
fi
named=$(git show "$commit:Makefile" | sed -n 's/^VERSION *:= *//p')
[ "$named" = "$version" ] ||
	say "the Makefile of $commit has version $named, not $version"

mkdir -p "$directory"
name=tdc-$version
git -c tar.umask=022 archive --format=tar --prefix="$name/" "$commit" |
	gzip -9n >"$directory/$name.tar.gz.new"
mv "$directory/$name.tar.gz.new" "$directory/$name.tar.gz"
(cd "$directory" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
cat "$directory/$name.tar.gz.sha256"
