/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_events - every line that the programs can write
 *
 * EVENT(name, level, flags, format, fields, meaning)
 *
 * fields: what the arguments are called in JSON (log_json.h), in their order;
 * names as in tdcctl history --json where it has them.
 *
 * LOG_TDC: AsyncOS has "TDC: " before it; LOG_PLAIN: it has not.  LOG_LIMITED:
 * at most one of its kind and reason in ten seconds is written, and its end
 * tells how many were left out; for what a peer can cause more than once a
 * message, and for what goes on being wrong.  Never for the line that tells
 * that a message or a copy is lost or deferred.
 *
 * NAME in a meaning is intake_name.  Never append words after a full stop, which
 * Elastic's parser takes for a description.  No guard: included for each use.
 */
EVENT(enqueued, LOG_INFO, LOG_TDC,
    "MID %llu with Message-ID '%s' enqueued for forwarding to %s to the "
    "message intake address %s",
    "mid message_id intake_name intake",
    "The copy is durable in the spool; what follows is the forwarder's.")
EVENT(origin, LOG_INFO, LOG_TDC,
    "MID %llu queue-id %s from <%s> to %s policy %s size %llu",
    "mid queue_id sender recipients policy size",
    "Links the MID to Postfix's queue id; one entry after \"to\" for each "
    "recipient that led to this intake address.")
EVENT(connected, LOG_INFO, LOG_TDC,
    "New SMTP DCID %llu interface %s address %s port %u",
    "dcid interface address port",
    "A connection to the intake is open.")
EVENT(trust, LOG_INFO, LOG_PLAIN,
    "DCID %llu TLS trust: %s",
    "dcid trust",
    "What the intake had to prove, and why: \"encrypt only\", \"verify\" or "
    "\"secure\" and a name, \"dane\", the TLSA record that matched and its host; "
    "after a comma what else decided.")
EVENT(tls, LOG_INFO, LOG_PLAIN,
    "DCID %llu TLS success protocol %s cipher %s",
    "dcid protocol cipher",
    "The connection is encrypted, and its certificate was checked as the "
    "line before says.")
EVENT(tls_failed, LOG_INFO, LOG_PLAIN,
    "DCID %llu TLS failed: %s",
    "dcid reason",
    "No TLS, or not the TLS that tls_policy asks for; nothing was sent.")
EVENT(login, LOG_INFO, LOG_PLAIN,
    "DCID %llu AUTH success login %s",
    "dcid login",
    "The intake took the login of this line of intake_login_file.")
EVENT(said, LOG_INFO, LOG_PLAIN,
    "DCID %llu > %s",
    "dcid line",
    "Said to an intake of smtp_debug_peers, or with -v to any: a command, or "
    "in brackets what is none.")
EVENT(heard, LOG_INFO, LOG_PLAIN,
    "DCID %llu < %s",
    "dcid line",
    "A line of what such an intake answered, or in brackets why no more "
    "came.")
EVENT(start, LOG_INFO, LOG_TDC,
    "Delivery start DCID %llu MID %llu",
    "dcid mid",
    "The message is being sent on this connection.")
EVENT(delivered, LOG_INFO, LOG_TDC,
    "MID %llu successfully delivered for scanning with %s.",
    "mid intake_name",
    "The intake took the message (a 2xx reply to its last byte).")
EVENT(response, LOG_INFO, LOG_PLAIN,
    "MID %llu RID [0] Response '%s'",
    "mid reply",
    "What the intake said when it took the message.")
EVENT(finished, LOG_INFO, LOG_PLAIN,
    "Message finished MID %llu %s",
    "mid result",
    "Nothing more will be done for this copy: it is \"done\", or \"aborted\" "
    "because it was given up.")
EVENT(closed, LOG_INFO, LOG_PLAIN,
    "DCID %llu close",
    "dcid",
    "The connection is closed.")
EVENT(connection_error, LOG_INFO, LOG_TDC,
    "Connection Error: DCID %llu domain: the.tdc.queue IP: %s port: %u "
    "details: %s interface: %s reason: %s",
    "dcid address port details interface reason",
    "Connecting, reading or writing failed; each copy that lost an attempt by "
    "it has a line of its own, delayed or last_attempt.")
EVENT(session_limit, LOG_INFO, LOG_TDC | LOG_LIMITED,
    "DCID %llu took %u messages for %s, and no more on one connection: %s",
    "dcid messages domain reply",
    "The intake limits the messages of a connection, and refused the next for "
    "the moment or hung up; that copy is sent on a new connection and has lost "
    "no attempt, and for a minute connections keep to that number.")
EVENT(name_refused, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: the intake of %s refuses our name '%s': %s; set helo_name to a "
    "full name of this host that DNS knows",
    "domain helo_name reply",
    "The name in EHLO is refused, so no copy can be delivered; copies wait and "
    "are tried again.")
EVENT(login_refused, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: the intake %s does not let us in with our login (%s): %s; see "
    "intake_login_file",
    "domain login reply",
    "The intake refuses the user or the password (of this line of the file), "
    "offers no AUTH that we know, or wants a login where none is configured, so "
    "no copy can be delivered; copies wait and are tried again.")
EVENT(delayed, LOG_INFO, LOG_TDC,
    "Delayed: DCID %llu MID %llu to RID 0 - %s - %s ('%s', [%s])",
    "dcid mid status meaning code reply",
    "The attempt failed in a way that is worth a retry: the reply that the "
    "intake gave, or what happened in place of one ('000'); DCID is 0 when "
    "there was no connection yet.")
EVENT(last_attempt, LOG_INFO, LOG_TDC,
    "MID %llu last attempt failed: DCID %llu to %s: %s",
    "mid dcid domain reply",
    "How the last attempt failed, for a copy that is given up for another "
    "reason than a reply; one of the lines \"delivery failed\" follows, and "
    "the intake domain stands after \"to\".")
EVENT(hard_reply, LOG_INFO, LOG_TDC,
    "Hard bounced - %s - %s ('%s', [%s])",
    "status meaning code reply",
    "The attempt failed for good, and why.")
EVENT(expired, LOG_INFO, LOG_TDC,
    "MID %llu was not sent in time: attempts failed %u, waiting for %s",
    "mid attempts domain",
    "Before \"Expired.\", for a copy that grew too old while it waited: for its "
    "retry, for an intake that was down or busy, or for tdc-forwarder.")
EVENT(given_up_tls, LOG_INFO, LOG_TDC,
    "MID %llu delivery failed to %s:TLS Error.",
    "mid intake_name",
    "Given up: no TLS that tls_policy accepts.")
EVENT(given_up_hard, LOG_INFO, LOG_TDC,
    "MID %llu delivery failed to %s: Hard Bounced.",
    "mid intake_name",
    "Given up: refused for good, or the intake domain takes no mail.")
EVENT(given_up_soft, LOG_INFO, LOG_TDC,
    "MID %llu delivery failed to %s: Retries Exhausted.",
    "mid intake_name",
    "Given up: the intake answered \"try again later\" more often than "
    "retry_limit.")
EVENT(given_up_network, LOG_INFO, LOG_TDC,
    "MID %llu delivery failed to %s: Connection Error.",
    "mid intake_name",
    "Given up: the network failed more often than retry_limit.")
EVENT(given_up_age, LOG_INFO, LOG_TDC,
    "MID %llu delivery failed to %s: Expired.",
    "mid intake_name",
    "Given up: older than queue_lifetime.")
EVENT(diverted, LOG_INFO, LOG_TDC,
    "MID %llu goes to the alternate message intake address %s, since %s did not "
    "get it",
    "mid intake domain",
    "The copy was given up, as the line before says; it is not finished, for "
    "alternate_intake_address is to have it.")
EVENT(bounced, LOG_INFO, LOG_PLAIN,
    "Bounced: DCID %llu MID %llu to RID 0 - Bounced by destination server "
    "with response: %s - %s ('%s', [%s])",
    "dcid mid status meaning code reply",
    "The reply or the error that ended a hard bounced copy.")
EVENT(dns_hard, LOG_INFO, LOG_PLAIN,
    "DNS Error %s - %s",
    "domain reason",
    "The intake domain does not exist or takes no mail (MX follows its name), "
    "or the host of intake_route has no address (A).")
EVENT(dns_soft, LOG_INFO, LOG_PLAIN,
    "DNS Temporary Failure %s - %s",
    "domain reason",
    "A name could not be looked up now: the intake domain's MX, the addresses "
    "of intake_route (A), or the TLSA records of a host.")
EVENT(dns_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: DNS: %s",
    "reason",
    "No name server could be asked, or not those that should be: no thread, no "
    "memory, no /etc/resolv.conf; copies wait, and it is tried again.")
EVENT(name_servers, LOG_INFO, LOG_TDC,
    "name servers are now %s",
    "servers",
    "/etc/resolv.conf has changed and is in force.")
EVENT(skipped, LOG_INFO, LOG_TDC,
    "MID 0 queue-id %s not journaled: %s",
    "queue_id reason",
    "The message is not for journaling, and why (see log_skipped).")
EVENT(left_out, LOG_INFO, LOG_TDC,
    "queue-id %s not journaled for some recipients: %s",
    "queue_id reason",
    "The copies of this message are for its other recipients, and why (see "
    "log_skipped).")
EVENT(failure_open, LOG_WARNING, LOG_TDC,
    "Warning: queue-id %s accepted without a copy: %s",
    "queue_id reason",
    "Something in the connector failed, and the original was accepted without "
    "a copy.")
EVENT(failure_tempfail, LOG_WARNING, LOG_TDC,
    "Warning: queue-id %s deferred: %s",
    "queue_id reason",
    "The same with milter_failure_action = tempfail.")
#include "base/log/log_events_milter.h"
EVENT(table_changed, LOG_INFO, LOG_TDC,
    "table %s changed, entries now %zu",
    "table entries",
    "A policy table changed on disk and is in force.")
EVENT(table_broken, LOG_WARNING, LOG_TDC,
    "Warning: table %s: %s, the old one stays in force",
    "table reason",
    "A changed policy table cannot be read.")
EVENT(check_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: %s",
    "reason",
    "A check could not be asked, or a table could not answer for one key: the "
    "copy goes to intake_address then; when that is empty, default_policy "
    "decides, and where it asks for no copy the message has a line failure_open "
    "or failure_tempfail, too.")
EVENT(field_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: %s",
    "reason",
    "A table of unclean_header_checks could not answer for one header field, "
    "which does not make its message unclean.")
EVENT(client_lost, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: trusted relay %s names no client that can be read, and is taken "
    "for it: 'Received: %s'",
    "client received",
    "The newest Received field that should tell the client of a message from "
    "trusted_relays does not, and what is below it may be the sender's own; so "
    "the message is journaled, whatever internal_networks says.")
EVENT(queue_damaged, LOG_WARNING, LOG_TDC,
    "Warning: spool file %s: %s, moved to failed",
    "file reason",
    "A file in ready/ is not a whole copy; it is never sent.")
EVENT(queue_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: %s",
    "reason",
    "The spool cannot be read or written, or a delivery cannot even be tried; "
    "the forwarder goes on trying.")
EVENT(queue_replaced, LOG_WARNING, LOG_TDC,
    "Warning: %s",
    "reason",
    "A directory of the spool was removed or replaced, and the new one is in "
    "use.")
EVENT(counters_trouble, LOG_WARNING, LOG_TDC,
    "Warning: %s",
    "reason",
    "The file of the counters is damaged or cannot be used: why, and how "
    "counting goes on; copies are sent all the same.")
EVENT(history_trouble, LOG_WARNING, LOG_TDC,
    "Warning: history: %s",
    "reason",
    "history_database cannot be used: why, and what comes of it; copies are "
    "sent all the same, and what becomes of them waits in the file of the same "
    "name with .new behind it.")
EVENT(inotify_lost, LOG_WARNING, LOG_TDC,
    "Warning: no inotify: %s; the spool is read every second instead",
    "reason",
    "The system does not report new copies: they are sent up to a second "
    "later; inotify is tried again every half minute.")
EVENT(inotify_back, LOG_INFO, LOG_TDC,
    "inotify is there again",
    "",
    "After inotify_lost.")
EVENT(flushed, LOG_INFO, LOG_TDC,
    "flush of %s: %zu retries due as soon as there is a connection",
    "domain copies",
    "An operator asked that waiting copies be tried at once: tdcctl flush; "
    "where no connection is open, one is tried, which costs no copy an "
    "attempt.")
EVENT(suspended, LOG_INFO, LOG_TDC,
    "delivery to %s is suspended until %s by uid %u: %s",
    "intake until uid reason",
    "An operator wants no copies sent there for a time: tdcctl suspend; until "
    "when, and why; told again at each start of tdc-forwarder.")
EVENT(resumed, LOG_INFO, LOG_TDC,
    "delivery to %s is resumed",
    "intake",
    "An operator, or the time that was given, has ended a suspension; copies are "
    "sent at once.")
EVENT(suspend_trouble, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: %s: it suspends nothing more, and no copy is given up for its age: "
    "tdcctl resume ALL",
    "reason",
    "The file in the spool that tells which intakes are suspended cannot be "
    "read; what was known of it stays in force.")
EVENT(left_behind, LOG_WARNING, LOG_TDC,
    "Warning: copies that are done cannot leave the spool, and may be sent "
    "again (%zu): %s",
    "copies mids",
    "The forwarder stops; these were delivered or given up, but their files "
    "can neither be removed nor emptied, nor kept as undelivered = keep asks.")
EVENT(deleted, LOG_INFO, LOG_TDC,
    "MID %llu deleted by uid %u",
    "mid uid",
    "An operator deleted the copy: tdcctl delete.")
EVENT(deleted_taken, LOG_INFO, LOG_TDC,
    "MID %llu was deleted while it was sent, and the intake took it: '%s'",
    "mid reply",
    "The deletion came too late; the copy counts as deleted all the same, and "
    "not as delivered.")
EVENT(deleted_refused, LOG_INFO, LOG_TDC,
    "MID %llu was deleted while it was sent, and the intake did not take it",
    "mid",
    "It is not tried again; the copy counts as deleted.")
EVENT(requeued, LOG_INFO, LOG_TDC,
    "MID %llu requeued by uid %u",
    "mid uid",
    "An operator lets a kept copy wait again: tdcctl requeue.")
#include "base/log/log_events_remediation.h"
EVENT(alerted, LOG_INFO, LOG_TDC,
    "alert_command was run for %s: %s",
    "alert result",
    "Of which event, what its exit status was, and what it said.")
EVENT(alert_failed, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: alert_command failed for %s: %s",
    "alert reason",
    "It could not be run, did not end in time, or had another exit status than "
    "0; it is not run again for that.")
EVENT(test_sent, LOG_INFO, LOG_TDC,
    "test message %s to %s: %s",
    "message_id intake result",
    "An operator tried an intake: tdcctl send-test; that is no copy, has no "
    "MID, and is in no counter.")
#include "base/log/log_events_programs.h"
