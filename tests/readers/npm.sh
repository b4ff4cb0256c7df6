#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# npm - the readers that npm has, below build/readers/: sh tests/readers/npm.sh
#
# The versions are those of package-lock.json, with the digests of what is
# fetched.  With all of it there nothing is done.
set -eu

cd "$(dirname "$0")/../.."
readers=build/readers
if [ -d "$readers/node_modules" ] && cmp -s tests/readers/package-lock.json \
    "$readers/package-lock.json"; then
	exit 0
fi
rm -rf "$readers"
mkdir -p "$readers.new"
cp tests/readers/package.json tests/readers/package-lock.json "$readers.new"
(cd "$readers.new" && npm ci --ignore-scripts --no-audit --no-fund \
    --loglevel=error)
mv "$readers.new" "$readers"
