#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# powercut-xfs - the power of a disk with XFS fails, at any of hundreds of
# moments
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/powercut.sh

cut_up powercut-xfs xfs 300M
cut_record
cut_replay 200 10
cut_well
done_testing
