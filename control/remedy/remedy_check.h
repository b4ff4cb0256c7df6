/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remedy_check - what tdcctl check says of the API and of remediation
 *
 *	remedy_check(&conf, &findings);
 *
 * Nothing is said where no API is set.  Nobody is asked over the network: that is
 * what tdc-remediator -n is for, which is run here for this machine alone.
 */
#ifndef CONTROL_REMEDY_CHECK_H
#define CONTROL_REMEDY_CHECK_H

#include "base/conf/conf.h"
#include "control/doctor/finding.h"

void	remedy_check(const struct conf *, struct findings *);

#endif
