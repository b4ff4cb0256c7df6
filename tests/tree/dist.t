#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dist - the tarball of a release has every file, is the same for everyone who
# makes it, can be signed and verified, and builds without git
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
unset MAKEFLAGS MFLAGS MAKELEVEL GIT_DIR GIT_WORK_TREE
if ! git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
	echo "1..0 # SKIP no git, or no checkout of our own"
	exit 0
fi
RIG=$(mktemp -d "$PWD/${TDC_BUILD:-build}/dist.XXXXXX")
trap 'rm -rf "$RIG"' EXIT
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
name=tdc-$version

# A clone, since what is being worked on here may not be committed.
ours=$(git rev-parse HEAD)
git clone -q --no-hardlinks . "$RIG/clone" 2>"$RIG/err"
git -C "$RIG/clone" checkout -q "$ours" 2>>"$RIG/err"

# dist DIRECTORY [ARGUMENT...] - what is said; the exit status in $code
dist()
{
	directory=$1
	shift
	said=$(cd "$RIG/clone" && sh contrib/dist.sh "$version" "$directory" "$@" 2>&1)
	code=$?
}

# identified - git, for a commit in the clone
identified()
{
	git -C "$RIG/clone" -c user.name=x -c user.email=x@x.example "$@"
}

# The script of now, and the version of now: both may be newer than HEAD.
cp Makefile "$RIG/clone/Makefile"
cp contrib/dist.sh "$RIG/clone/contrib/dist.sh"
identified add -A
identified commit -q --allow-empty -m now 2>>"$RIG/err"

dist "$RIG/one"
is "$code" 0 "a tarball is made" || diag "$said $(cat "$RIG/err")"
ok "and says its sum" eval '(cd "$RIG/one" && sha256sum --quiet -c "$name.tar.gz.sha256")'
like "$said" "^[0-9a-f]{64}  $name\.tar\.gz$" "which is what it prints"
is "$(tar -tzf "$RIG/one/$name.tar.gz" | grep -v '/$' | sort)" \
    "$(git -C "$RIG/clone" ls-files | sed "s,^,$name/,;" | sort)" \
    "every file is in it, and nothing else"
is "$(tar -tvzf "$RIG/one/$name.tar.gz" | awk '{ print $2 }' | sort -u)" \
    "root/root" "nobody's name is in it"
is "$(tar -tvzf "$RIG/one/$name.tar.gz" | awk '{ print $1 }' | sort -u | xargs)" \
    "-rw-r--r-- -rwxr-xr-x drwxr-xr-x" "nor anybody's umask"
is "$(gzip -dc "$RIG/one/$name.tar.gz" | git get-tar-commit-id)" \
    "$(git -C "$RIG/clone" rev-parse HEAD)" "it tells its commit"

# Somebody else, later and elsewhere.
git clone -q "$RIG/clone" "$RIG/elsewhere" 2>>"$RIG/err"
git -C "$RIG/elsewhere" config tar.umask 077
(cd "$RIG/elsewhere" && umask 077 && touch -d '2 hours' Makefile &&
	TZ=Pacific/Auckland LC_ALL=C.UTF-8 \
	sh contrib/dist.sh "$version" "$RIG/two" >/dev/null 2>&1)
ok "whoever makes it gets the same bytes" \
    cmp "$RIG/one/$name.tar.gz" "$RIG/two/$name.tar.gz"

# ---- what is no release ----

echo x >"$RIG/clone/new.txt"
dist "$RIG/three"
is "$code $(echo "$said" | tail -n 1)" \
    "1 dist: commit this first: the tarball has what is committed" \
    "what is not committed is told"
like "$said" '^\?\? new\.txt$' "and which it is"
ok "and nothing is made" [ ! -e "$RIG/three" ]
dist "$RIG/three" HEAD~0
is "$code" 0 "a commit that is named is taken as it is"
rm "$RIG/clone/new.txt"
dist "$RIG/three" none
is "$code $said" "1 dist: no commit 'none'" "one that is not there"
version=9.9.9
dist "$RIG/three"
version=${name#tdc-}
is "$code $said" \
    "1 dist: the Makefile of HEAD has version $version, not 9.9.9" \
    "another version"

# ---- signed, as HACKING says ----

if command -v ssh-keygen >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -C release@tdc.example -f "$RIG/key"
	ssh-keygen -Y sign -n file -f "$RIG/key" "$RIG/one/$name.tar.gz" \
	    2>>"$RIG/err"
	echo "release@tdc.example $(cat "$RIG/key.pub")" >"$RIG/allowed_signers"
	verified()
	{
		ssh-keygen -Y verify -n file -f "$RIG/allowed_signers" \
		    -I release@tdc.example -s "$RIG/one/$name.tar.gz.sig" \
		    <"$1" >/dev/null 2>&1
	}
	ok "a signature is verified" verified "$RIG/one/$name.tar.gz"
	{ cat "$RIG/one/$name.tar.gz"; echo; } >"$RIG/changed"
	ok "and not for other bytes" eval '! verified "$RIG/changed"'
else
	diag "no ssh-keygen: not signed"
fi

# ---- unpacked, without git ----

mkdir "$RIG/unpacked"
tar -xzf "$RIG/one/$name.tar.gz" -C "$RIG/unpacked"
cd "$RIG/unpacked/$name" || exit 1
GIT_CEILING_DIRECTORIES=$RIG
export GIT_CEILING_DIRECTORIES
said=$(sh contrib/dist.sh "$version" "$RIG/four" 2>&1)
is "$? $said" \
    "1 dist: this is not a git checkout; what is here may be a tarball already" \
    "a tarball makes no tarball"
mkdir "$RIG/bin"
printf '#!/bin/sh\necho "git $*" >>"%s/asked"\nexit 1\n' "$RIG" >"$RIG/bin/git"
chmod 755 "$RIG/bin/git"
PATH=$RIG/bin:$PATH
is "$(make -n all 2>"$RIG/err" | grep -c ' -o [^ ]*/tdc-milter ')" 1 \
    "make knows what to do" || diag "$(cat "$RIG/err")"
ok "and does it" eval 'make -s build/base/err.o build/journal/footer.o >/dev/null'
ok "it can be installed" eval 'make -n install DESTDIR=/none >/dev/null'
ok "git is not asked" [ ! -e "$RIG/asked" ]

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
