/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_events_programs - how programs begin, go on and end, as the lines of
 * log_events.h, which includes them
 */
EVENT(open_door, LOG_WARNING, LOG_TDC,
    "Warning: %s",
    "reason",
    "Others have more access than they should, and what to do about it; at a "
    "start.")
EVENT(started, LOG_INFO, LOG_TDC,
    "%s %s started",
    "name version",
    "The program is ready.")
EVENT(reloaded, LOG_INFO, LOG_TDC,
    "configuration reloaded",
    "",
    "SIGHUP or SIGUSR1: the new configuration is in force.")
EVENT(restart_needed, LOG_WARNING, LOG_TDC,
    "Warning: %s: %s changed, which takes a restart",
    "place parameter",
    "The rest of the new configuration is in force.")
EVENT(reload_failed, LOG_WARNING, LOG_TDC,
    "Warning: configuration not reloaded: %s",
    "reason",
    "The new configuration is bad; the old one stays in force.")
EVENT(sandbox_lacks, LOG_INFO, LOG_TDC,
    "sandbox: %s",
    "reason",
    "At the start: what of sandbox = yes is not in force, since the kernel or "
    "this build does not have it.  The program runs without that.")
EVENT(stopped, LOG_INFO, LOG_TDC,
    "%s stopped",
    "name",
    "The program ended in order.")
EVENT(log_lost, LOG_WARNING, LOG_TDC,
    "Warning: %llu lines are missing here: the log did not take them",
    "lines",
    "The log daemon or the disk of a log file hung, or was full, for so long "
    "that there was no room to keep more lines; mail did not wait.")
EVENT(log_alone, LOG_WARNING, LOG_TDC,
    "Warning: no thread for the log: %s: logging waits for the disk",
    "reason",
    "The process may have no more threads; each reload tries again.")
EVENT(fatal, LOG_CRIT, LOG_TDC,
    "fatal: %s",
    "reason",
    "The program cannot start or go on, and ends; the line goes to standard "
    "error, too, and to syslog while there is no configuration that says "
    "otherwise; with -n to standard error alone.")
