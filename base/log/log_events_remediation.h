/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_events_remediation - the lines of tdc-remediator, as those of log_events.h,
 * which includes them
 *
 * The words of the first seven are those of AsyncOS.
 */
EVENT(remediation_begun, LOG_INFO, LOG_PLAIN,
    "Message %llu was initiated for '%s' remedial action by '%s' from source "
    "'%s' in batch '%s'.",
    "mid action by source batch",
    "tdc-remediator, or a person, wants the message with this MID out of "
    "mailboxes: the action, who, on which host, and the batch that it belongs "
    "to.")
EVENT(remediation_done, LOG_INFO, LOG_PLAIN,
    "Message %llu was processed with '%s' remedial action for recipient '%s' in "
    "batch '%s'. Remediation status: Remediated.",
    "mid action recipient batch",
    "The message was in the recipient's mailboxes and is dealt with.")
EVENT(remediation_failed, LOG_INFO, LOG_PLAIN,
    "Message %llu was processed with '%s' remedial action for recipient '%s' in "
    "batch '%s'. Remediation status: Failed. Reason: %s",
    "mid action recipient batch reason",
    "It is not, and it is not tried again.")
EVENT(remediation_profile, LOG_INFO, LOG_PLAIN,
    "MID: %llu Remediation succeeded with `%s` profile for recipient %s. Not "
    "trying further profiles.",
    "mid profile recipient",
    "The profile by which the message was found.")
EVENT(remediation_skipped, LOG_INFO, LOG_PLAIN,
    "MID: %llu Remediation was skipped after attempting with `%s` profile for "
    "recipient %s.",
    "mid profile recipient",
    "By this profile it was not; the next one of the chain follows.")
EVENT(remediation_unmapped, LOG_INFO, LOG_PLAIN,
    "MID: %llu Skipping mailbox remedial action since domain map is not "
    "configured for recipient's %s domain.",
    "mid domain",
    "remediation_domain_map has no profile for the domain.")
EVENT(remediation_unread, LOG_INFO, LOG_PLAIN,
    "MID: %llu Unable to read message(s) from the recipient's (%s) mailbox. "
    "Error: %s",
    "mid recipient reason",
    "The mail server could not be asked, or refuses the profile's login.")
EVENT(remediation_forwarded, LOG_INFO, LOG_TDC,
    "MID %llu forwarded to %s by remediation in batch '%s'",
    "mid address batch",
    "Postfix's sendmail has taken the mail to remediation_forward_to.")
EVENT(remediation_piece, LOG_INFO, LOG_TDC,
    "MID %llu a message in folder '%s' of %s was moved to quarantine, proved by "
    "%s",
    "mid folder mailbox proof",
    "One message that was found, and what proves that it is the journaled one.")
EVENT(remediation_unproved, LOG_INFO, LOG_TDC,
    "MID %llu a message with the same %s in folder '%s' of %s is left alone: %s",
    "mid found_by folder mailbox reason",
    "There is no proof that it is the journaled one; it was found by its "
    "Message-ID or queue id.")
EVENT(remediation_reported, LOG_INFO, LOG_TDC,
    "MID %llu would be remediated for %s: verdict %s (remediation_mode = "
    "report)",
    "mid recipient verdict",
    "What remediation_mode = act would do.")
EVENT(remediation_ignored, LOG_INFO, LOG_TDC,
    "Message-ID '%s' with verdict %s is not remediated: %s",
    "message_id verdict reason",
    "The API named it, and why nothing is done about it.")
EVENT(remediation_withdrawn, LOG_INFO, LOG_TDC,
    "Message-ID '%s' has a verdict no more: %s now",
    "message_id verdict",
    "The verdict was taken back; see remediation_restore.")
EVENT(remediation_restored, LOG_INFO, LOG_TDC,
    "MID %llu restored for recipient '%s' by '%s': %u messages",
    "mid recipient by messages",
    "What was moved out of mailboxes is where it was.")
EVENT(remediation_purged, LOG_INFO, LOG_TDC,
    "MID %llu purged for recipient '%s'",
    "mid recipient",
    "Its remediation_quarantine is over: it cannot be restored any more.")
EVENT(remediation_elsewhere, LOG_INFO, LOG_TDC,
    "MID %llu is left alone for recipient '%s': Secure Email Threat Defense did "
    "'%s' itself",
    "mid recipient action",
    "The API tells that the service has moved the message already, and where "
    "to.")
EVENT(remediation_clock, LOG_WARNING, LOG_TDC,
    "Warning: %u hours are not counted into remediation_quarantine: this host's "
    "clock has jumped, or tdc-remediator did not run",
    "hours",
    "What is in quarantine is purged that much later.")
EVENT(remediation_forgotten, LOG_INFO, LOG_TDC,
    "%u messages older than remediation_lifetime are forgotten",
    "messages",
    "They are not in remediation_database any more, nor what was done about "
    "them.")
EVENT(remediation_paused, LOG_WARNING, LOG_TDC,
    "Warning: all remediation has stopped: %s; if that is right: tdc-remediator "
    "resume",
    "reason",
    "There was more to remediate than one of the remediation_max_ parameters "
    "allows; told again at a start while it lasts.")
EVENT(remediation_resumed, LOG_INFO, LOG_TDC,
    "remediation resumed by '%s'",
    "by",
    "A person let it go on after remediation_paused.")
EVENT(remediation_recipient_paused, LOG_WARNING, LOG_TDC,
    "Warning: remediation has stopped for %s: %s; if that is right: "
    "tdc-remediator resume %s",
    "recipient reason resume",
    "There was more to remediate for one recipient than "
    "remediation_max_recipient allows; for all others it goes on.")
EVENT(remediation_recipient_resumed, LOG_INFO, LOG_TDC,
    "remediation resumed for %s by '%s'",
    "recipient by",
    "A person let it go on after remediation_recipient_paused.")
EVENT(remediation_rests, LOG_WARNING, LOG_TDC,
    "Warning: profile '%s' rests for %s: %s",
    "profile duration reason",
    "Its mail server cannot be reached, or refuses its login; what needs it "
    "waits, so that no account is locked.")
EVENT(remediation_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: remediation: %s",
    "reason",
    "The API, the history, remediation_database, a table or sendmail cannot be "
    "used now; it is tried again.")
EVENT(remediation_idle, LOG_WARNING, LOG_TDC,
    "Warning: verdicts are not asked for: %s",
    "reason",
    "At a start and at a reload: what of the configuration switches polling "
    "off.")
EVENT(cluster_ours, LOG_INFO, LOG_TDC,
    "cluster: this gateway polls the API now",
    "",
    "cluster = etcd: it holds the lease; the others hear from it.")
EVENT(cluster_lost, LOG_INFO, LOG_TDC,
    "cluster: this gateway does not poll the API any more",
    "",
    "It has lost the lease, or could not renew it in time.")
EVENT(cluster_theirs, LOG_INFO, LOG_TDC,
    "cluster: '%s' polls the API",
    "gateway",
    "The gateway that holds the lease.")
EVENT(verdict_unknown, LOG_WARNING, LOG_TDC,
    "Warning: unknown verdict '%s', which is never acted on",
    "verdict",
    "The API says a word that this version does not know; told once for each "
    "word.")
EVENT(api_polled, LOG_DEBUG, LOG_TDC,
    "API %s: %u messages with a verdict in the last %u minutes, %u requests",
    "api messages minutes requests",
    "-v: one poll; the minutes are how far back it asked.")
EVENT(api_skew, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: the API's clock and ours differ by %u seconds",
    "seconds",
    "One of them is wrong; verdicts may be missed.")
