/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_events_milter - the lines of tdc-milter about sessions of Postfix, and
 * about its own end, as those of log_events.h, which includes it
 */
EVENT(cut_off, LOG_WARNING, LOG_TDC,
    "Warning: tdc-milter ends with %u messages under way, which get no copy",
    "messages",
    "It was told to stop, and Postfix did not show these to their end within "
    "ten seconds.")
EVENT(sessions_cut, LOG_WARNING, LOG_TDC,
    "Warning: tdc-milter ends with %u SMTP sessions open, whose later messages "
    "get no copy",
    "sessions",
    "It was told to stop.  If a client has more to send in a session that is "
    "open, Postfix takes it without a milter; a session that begins later is "
    "served by who is started then.")
EVENT(replaced, LOG_INFO, LOG_TDC,
    "tdc-milter with pid %d has taken over; this one serves %u open SMTP "
    "sessions to their end",
    "successor sessions",
    "After SIGUSR2: new connections of Postfix are the new one's.")
EVENT(not_replaced, LOG_WARNING, LOG_TDC,
    "Warning: no new tdc-milter has taken over: %s",
    "reason",
    "After SIGUSR2: the old one goes on as before.")
EVENT(unclear_path, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: queue-id %s: it cannot be told which mailbox '%s' is",
    "queue_id address",
    "An address of the envelope that Postfix accepted without telling what it "
    "understood; the copy goes to intake_address, if there is one, whatever the "
    "tables say.")
EVENT(no_client, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: Postfix's connection ended before its client was known, messages "
    "of that client get no copy",
    "",
    "libmilter could not read what Postfix said about the client.")
EVENT(refused, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: connection from Postfix closed, its messages get no copy: limit "
    "of %llu descriptors reached",
    "limit",
    "Postfix has more connections to the milter than half of the descriptors "
    "that the milter may have.")
EVENT(no_thread, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: no thread for a connection: %s: it waits for a free one",
    "reason",
    "The milter has as many threads as it may have (TasksMax of its unit, "
    "pids.max, RLIMIT_NPROC).")
EVENT(unserved, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: connection from Postfix closed, its messages get no copy: no "
    "thread was free for %d ms",
    "ms",
    "There were too few threads for Postfix's connections.")
EVENT(libmilter, LOG_WARNING, LOG_TDC | LOG_LIMITED,
    "Warning: libmilter: %s",
    "reason",
    "The library that talks to Postfix reports an error.")
EVENT(session, LOG_DEBUG, LOG_TDC,
    "session %llu: %s",
    "session step",
    "Only with tdc-milter -v: each event of a connection from Postfix, what is "
    "asked of the policy, and for each recipient the row that decides; "
    "nothing of what a message contains.")
