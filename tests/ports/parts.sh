#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# parts - compile and link without one optional library at a time, warnings being
# errors: sh tests/ports/parts.sh PART...
#
# The first build is of everything; then only what can differ is compiled again,
# so that all of it takes little more than one build.
set -eu
cd "$(dirname "$0")/../.."
dir=build-part
jobs=-j$(nproc)
unset MAKEFLAGS MFLAGS MAKELEVEL
make "$jobs" B=$dir WERROR=1 all
for part in "$@"; do
	echo "parts: without $part"
	find $dir -name '*.d' -exec grep -l 'base/parts\.h' {} + |
		sed 's/d$/o/' | xargs rm -f
	rm -f $dir/*.a $dir/tdc-* $dir/tdcctl
	make "$jobs" B=$dir WERROR=1 "WITH_$part=no" -o $dir/made-with all
done
