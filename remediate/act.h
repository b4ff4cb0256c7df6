/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * act - do what is due, step by step
 *
 *	act_turn(rem);			-- all that is due; STATE_ACTS is held
 *
 * For each recipient: the profiles that remediation_domain_map has for its
 * domain, one after the other until the message is found by one; for each owner
 * of the address (owners.h) every message with the Message-ID is looked at, or,
 * where that is none to look for or nothing is proved by it, every one with the
 * queue id; and only those that are proved (proof.h) are touched.  First the
 * message is forwarded, once for all its recipients, then each is moved away, then
 * it is looked for once more.
 *
 * Each step stands in the state before it is taken and after it is done, so
 * after a crash at most one is repeated: a mail that is forwarded twice has the
 * same Message-ID, and of a message that was about to be moved the mail store is
 * asked whether it was (pieces_settle()).
 *
 * What fails is tried again, later and later, remediation_attempts times; a
 * profile whose server is away, or refuses us, rests, which costs those that wait
 * for it no attempt.
 *
 * A message that is not there, in any mailbox, may not be there yet: it may wait
 * for days in the queue of a mail server behind this gateway.  After so many
 * searches the remediation has failed, and people are told; but it is due again,
 * after ever longer pauses, up to PROOF_ARRIVAL (proof.h) after it was accepted,
 * and when it is found then it is done after all.
 */
#ifndef REMEDIATE_ACT_H
#define REMEDIATE_ACT_H

#include "remediate/remediator.h"

/* How many messages that may be it are looked at in one mailbox, and how large one
 * may be that is forwarded. */
enum { ACT_CANDIDATES = 10000, ACT_ROUNDS = 3 };
#define ACT_RAW_MAX ((size_t)100 << 20)

/* act_turn - all that is due, unless everything, or its recipient, is paused.
 * act_action - one that is due, whatever is paused. */
void	act_turn(struct remediator *);
void	act_action(struct remediator *, int64_t id);

/* act_delay - how long after this many attempts the next one comes, ms. */
int64_t	act_delay(unsigned attempts);
/* act_pause - how long after this many searches it is looked for again, ms. */
int64_t	act_pause(unsigned searches);

#endif
