/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameters of tdc.cf: one row is one parameter. */
#include "base/conf/conf_options.h"

#define AT(field) offsetof(struct conf, field)
#define SECONDS(n) ((int64_t)(n) * 1000)
#define DAYS(n) SECONDS((n) * INT64_C(86400))
#define LARGEST INT64_C(1000000000000000)

/* The meaning is the last; columns that few rows have follow it. */
#define ROW(what, kind, value, ...) { .name = #what, .type = kind, \
    .place = AT(what), .initial = value, .meaning = __VA_ARGS__ }
#define TEXT(what, value, ...) ROW(what, CONF_TEXT, value, __VA_ARGS__)
#define PATH(what, value, ...) ROW(what, CONF_PATH, value, __VA_ARGS__)
#define ADDRESS(what, value, ...) ROW(what, CONF_ADDRESS, value, __VA_ARGS__)
#define BOOL(what, value, ...) ROW(what, CONF_BOOL, value, __VA_ARGS__)
#define COUNT(what, value, least, most, ...) \
    ROW(what, CONF_COUNT, value, __VA_ARGS__, .min = least, .max = most)
#define COUNT_OR(what, value, word, least, most, ...) \
    COUNT(what, value, least, most, __VA_ARGS__, .choices = word)
#define MODE(what, value, ...) ROW(what, CONF_MODE, value, __VA_ARGS__)
#define TIME(what, value, least, most, ...) \
    ROW(what, CONF_TIME, value, __VA_ARGS__, .min = least, .max = most)
#define SIZE(what, value, ...) \
    ROW(what, CONF_SIZE, value, __VA_ARGS__, .max = LARGEST)
#define CHOICE(what, value, words, ...) \
    ROW(what, CONF_CHOICE, value, __VA_ARGS__, .choices = words)

const struct conf_option conf_options[] = {
 /* policy */
 ADDRESS(intake_address, "",
   "The message intake address that DEFAULT stands for."),
 TEXT(default_policy, "NO",
   "What applies to a recipient that no table of policy_maps knows: NO, "
   "DEFAULT or an intake address."),
 TEXT(policy_maps, "",
   "The checks, in order, that decide for each recipient; the first answer "
   "that is not DUNNO wins."),
 TEXT(recipient_delimiter, "",
   "Characters that separate a user name from its extension, as in Postfix."),
 BOOL(parent_domain_matches_subdomains, "yes",
   "Whether the key example.com also stands for its subdomains; if not, "
   ".example.com does."),
 TEXT(internal_networks, "127.0.0.0/8 [::1]/128",
   "Clients whose mail is not inbound, and so is not journaled (with "
   "directions = inbound)."),
 TEXT(trusted_relays, "",
   "Our own content filters and other relays: the client is taken from the "
   "newest Received: field that names none of them."),
 CHOICE(directions, "inbound", "inbound all",
   "Which mail the policy is asked about: what comes from outside, or also what "
   "clients in internal_networks and those that authenticated send: see "
   "Outgoing and internal mail."),
 BOOL(skip_authenticated, "yes",
   "Whether mail of clients that authenticated is left alone (with "
   "directions = inbound)."),
 TEXT(skip_daemon_names, "",
   "Values of the macro {daemon_name} (milter_macro_daemon_name in "
   "master.cf) whose mail is left alone."),
 CHOICE(journal_reports, "journal", "skip journal",
   "What becomes of messages that claim to be journal reports "
   "(X-MS-Journal-Report).  With skip any sender can write that field and so "
   "get past the scan."),
 TEXT(unclean_header_checks, "",
   "Tables of patterns on header fields (pcre, regexp) in the form of "
   "header_checks(5); a field with the value NO makes a message unclean: it "
   "is not journaled."),
 SIZE(max_message_size, "0",
   "Larger messages are not journaled; 0 is no limit."),
 /* milter */
 TEXT(milter_socket, "unix:/run/tdc/milter.sock",
   "Where Postfix finds tdc-milter: unix:PATH or inet:PORT@HOST; without @HOST "
   "only from this host.", .restart = true),
 MODE(milter_socket_mode, "0660",
   "The mode of a unix socket.", .restart = true),
 TEXT(milter_socket_group, "",
   "The group of a unix socket; empty leaves the group of the user.",
   .restart = true),
 CHOICE(milter_failure_action, "accept", "accept tempfail",
   "What becomes of the original when its copy cannot be made."),
 CHOICE(log_skipped, "decided", "no decided yes",
   "Which messages that are not journaled get a line, with the reason: none; "
   "all but those that no row of a table asks for or decides against; or all."),
 /* journal */
 CHOICE(journal_format, "journal", "journal bcc",
   "What the intake gets: a journal report with the message attached, or the "
   "plain message below X-CSE- header fields that hold the envelope."),
 ADDRESS(journal_from, "",
   "The address in the Sender: field of reports; empty is tdc@ and "
   "helo_name.", .host = true),
 ADDRESS(journal_sender, "",
   "The envelope sender of reports; empty is the null reverse-path."),
 ADDRESS(journal_null_sender, "<>",
   "What a report names as the sender of a message that has none (a bounce): "
   "<>, which is the truth, or an address for readers that take no report "
   "without one.", .min = 1, .choices = "<>"),
 TEXT(remote_ip_header, "X-IronPort-RemoteIP",
   "The header field that tells the intake the client's address; empty adds "
   "none."),
 /* spool */
 PATH(spool_directory, "/var/spool/tdc",
   "Where copies wait.", .min = 1, .restart = true),
 CHOICE(spool_sync, "yes", "no yes strict",
   "Whether a copy is on disk before Postfix gets its answer; strict also "
   "syncs the directory where that of the file commits its name: see When a "
   "copy is lost in tdc(7)."),
 SIZE(min_free_space, "100M",
   "No copy is made when the spool's file system has less room."),
 TIME(spool_timeout, "3s", 1, SECONDS(300),
   "How long an original may be held up, in all, by the disk that its copy is "
   "written to; then it is accepted without one."),
 TIME(queue_lifetime, "120s", 1, DAYS(30),
   "How long a copy may wait before it is given up, counted from its "
   "acceptance."),
 COUNT(retry_limit, "1", 0, 10000,
   "How often a copy is tried again after a soft or a network failure."),
 TIME(retry_delay, "60s", 0, DAYS(1),
   "How long after a failure a copy is tried again."),
 CHOICE(undelivered, "discard", "discard keep",
   "What becomes of copies that are given up: discard, or keep in failed/."),
 ADDRESS(alternate_intake_address, "",
   "Where a copy goes, once, that its own intake did not get: refused, too "
   "old, or tried too often; empty leaves it to undelivered at once."),
 TIME(kept_lifetime, "7d", 1, DAYS(3650),
   "How long copies stay in failed/."),
 /* delivery */
 TEXT(intake_route, "",
   "[host]:port to deliver to, instead of the MX of the intake domain; brackets "
   "and port may be left out: it is a host always, found in /etc/hosts or by its "
   "address records, and no MX is looked up."),
 PATH(intake_login_file, "",
   "File of users and passwords for intakes that want a login (SMTP AUTH, "
   "inside TLS); it must not be readable by others."),
 COUNT(min_connections, "3", 1, 500,
   "How many connections are open while two or more copies wait; a single "
   "copy needs one."),
 COUNT(max_connections, "20", 1, 500,
   "How many connections may be open."),
 COUNT(max_messages_per_connection, "10", 1, 1000000000,
   "How many messages are sent on one connection, unless the intake takes "
   "fewer; 10 is what the intake's vendor documents."),
 COUNT_OR(flight_messages, "auto", "auto", 1, 32,
   "How many messages share one round trip when many wait, where the intake "
   "takes that; as many may be sent twice when a connection breaks; auto is "
   "one at first, and up to 10 with an intake that answers them all in order."),
 TIME(connect_timeout, "30s", 1, DAYS(1),
   "How long to wait for a connection, for each address; at most 5s while "
   "another host is left."),
 TIME(command_timeout, "60s", 1, DAYS(1),
   "How long to wait for the answer to a command, or for the peer to read."),
 TIME(idle_timeout, "2s", 0, DAYS(1),
   "How long a connection stays open when nothing waits."),
 TEXT(source_address, "",
   "Addresses to connect from, one of IPv4, one of IPv6 or both; a family "
   "without one uses what the system chooses."),
 TEXT(helo_name, "",
   "The name in EHLO and in reports; empty is Postfix's myhostname, and when "
   "that has no dot or there is no Postfix, this host's name, in full if "
   "/etc/hosts or DNS knows it; intakes may refuse one without a dot, or one "
   "that DNS does not know.", .host = true),
 TEXT(smtp_debug_peers, "",
   "Intakes whose SMTP dialogue is logged, as Postfix's debug_peer_list: "
   "intake domains, host names, addresses and networks."),
 CHOICE(tls_policy, "verify", "encrypt verify secure dane dane-only",
   "What is required of the intake's certificate: encrypt, nothing; verify, a "
   "trusted chain and the name of the MX host; secure, a trusted chain and the "
   "intake domain or a name below it; dane, what DNSSEC says of it, or else as "
   "with verify; dane-only, what DNSSEC says of it, or no delivery (see "
   "tdc-forwarder(8))."),
 TEXT(tls_names, CONF_TLS_NAMES,
   "Of which names the intake's certificate must have one, with tls_policy = "
   "secure: nexthop, the intake domain; dot-nexthop, any name below it; "
   "hostname, the MX host, which is only as good as DNS; any other is a name "
   "itself, or with a dot before it any name below it.  For an intake whose "
   "mail hosts have another domain: theirs."),
 BOOL(mta_sts, "yes",
   "Whether the MTA-STS policy that the intake domain publishes is obeyed "
   "(with tls_policy = encrypt, verify and dane)."),
 TEXT(tls_min_version, "TLSv1.2",
   "The oldest TLS version: TLSv1.2 or TLSv1.3."),
 PATH(tls_ca_file, "",
   "File of trusted certificates (PEM); empty, with an empty tls_ca_path, "
   "is the system's store."),
 PATH(tls_ca_path, "",
   "Directory of trusted certificates with hashed names."),
 PATH(tls_cert_file, "",
   "Client certificate chain (PEM)."),
 PATH(tls_key_file, "",
   "Key of the client certificate, without a passphrase; empty looks in "
   "tls_cert_file."),
 TEXT(dns_servers, "",
   "Name servers to ask, as address or address@port; empty reads "
   "/etc/resolv.conf."),
 PATH(dns_trust_anchor_file, "",
   "File of DNSSEC trust anchors, to validate all answers by; empty is none, "
   "but with tls_policy = dane or dane-only the root's, as the system has "
   "them."),
 /* process */
 TEXT(user, "tdc",
   "The user that the programs become when started as root; empty stays "
   "root.", .restart = true),
 TEXT(milter_user, "",
   "The user that tdc-milter becomes, where it is another; empty: the one with "
   "the name of the group that may write ready/ in spool_directory, if a group "
   "may, else that of user; see Two users in tdc-milter(8).", .restart = true),
 BOOL(sandbox, "yes",
   "Whether the daemons give up, once they are that user, what they will not "
   "need: most system calls, all programs but those that are configured, and "
   "files elsewhere; see Sandbox.", .restart = true),
 TEXT(syslog_facility, "mail",
   "The facility of maillog lines."),
 TEXT(syslog_name, "",
   "The ident of maillog lines; empty is the program's name."),
 PATH(maillog_file, "",
   "File for maillog lines instead of syslog, as Postfix's own parameter of "
   "this name; /dev/stdout with -f."),
 PATH(mail_logs_file, "",
   "File for the lines in the form of AsyncOS' mail_logs, or as log_format "
   "says."),
 CHOICE(log_format, "text", "text json",
   "The form of mail_logs_file: that of AsyncOS, or one object of JSON a line, "
   "for programs that collect logs (tdc-log(7)); the maillog is text."),
 TEXT(intake_name, "Cisco Secure Email Threat Defense",
   "What log lines call the intake."),
 /* alerts */
 TEXT(alert_command, "",
   "Program, and its arguments, that is run when something is wrong; empty runs "
   "none; see Alert command."),
 TIME(alert_interval, "15m", 1, DAYS(30),
   "How often alert_command is run for the same event of the same intake, "
   "table, recipient or profile."),
 TIME(alert_intake_down, "5m", 0, DAYS(30),
   "How long an intake, or the API, must be down before alert_command is run "
   "for it."),
 /* history */
 PATH(history_database, "/var/lib/tdc/history.db",
   "Database (SQLite) of what became of every copy, for tdcctl history; empty "
   "keeps none.", .restart = true),
 TIME(history_lifetime, "90d", 1, DAYS(3650),
   "How long a copy stays in history_database.", .restart = true),
 /* API */
 TEXT(api_region, "",
   "The region of the API of Secure Email Threat Defense that tells verdicts: "
   "us, de, au, in or ae."),
 TEXT(api_url, "",
   "The API's address (https://...), in place of api_region."),
 PATH(api_credentials_file, "",
   "File with the API's client_id, password and api_key, a line each; it must "
   "not be readable by others."),
 BOOL(api_polling, "no",
   "Whether tdc-remediator asks the API for verdicts; the gateway has one "
   "answer to that, never a policy."),
 TIME(api_poll_interval, "5m", SECONDS(60), DAYS(1),
   "How often the API is asked."),
 TIME(api_lookback, "7d", DAYS(1), DAYS(30),
   "How much later than its message a verdict may come and still be seen; so "
   "far back the API is asked four times a day."),
 COUNT(api_daily_requests, "8000", 1, 1000000,
   "How many requests to the API one day (UTC) may have; divide what your "
   "account allows by the number of gateways."),
 /* remediation */
 CHOICE(remediation_mode, "report", "report act",
   "Whether mail with a bad verdict is only reported, or remediated."),
 CHOICE(remediation_action, "delete", "forward delete forward-and-delete",
   "What remediation does with a message in a mailbox: send it to "
   "remediation_forward_to, take it out of the mailbox, or first the one and "
   "then the other."),
 ADDRESS(remediation_forward_to, "",
   "Who gets messages that are forwarded, as attachments."),
 TEXT(remediation_verdicts, "bec scam phishing malicious",
   "The verdicts that are acted on: bec, scam, phishing and malicious, or some "
   "of them."),
 CHOICE(remediation_scope, "all", "all retro",
   "Which of these verdicts are acted on: all, or those that came after the "
   "first analysis (retrospective verdicts)."),
 PATH(remediation_profiles, "",
   "File of the account profiles: how to reach mailboxes; it must not be "
   "readable by others."),
 TEXT(remediation_domain_map, "",
   "Lookup tables from a recipient's domain to a profile, or to a chain of "
   "profiles, such as hash:/etc/tdc/remediation_domains, inline:{...} or "
   "static:NAME."),
 TEXT(mailbox_maps, "",
   "Lookup tables from an address (or @domain) to the mailboxes that its mail "
   "is in, separated by blanks or commas; an address that is not found is its "
   "own mailbox."),
 BOOL(remediation_postfix_aliases, "yes",
   "Whether Postfix's virtual_alias_maps are asked before mailbox_maps."),
 COUNT(remediation_attempts, "3", 3, 5,
   "How often a message is tried for one recipient before its remediation has "
   "failed."),
 TIME(remediation_timeout, "30s", SECONDS(30), SECONDS(60),
   "How long to wait for each answer of a mail server or the API."),
 TIME(remediation_quarantine, "30d", 0, DAYS(3650),
   "How long a deleted message can be put back before it is purged; 0 purges "
   "it at once."),
 TIME(remediation_lifetime, "400d", DAYS(100), DAYS(3650),
   "How long remediation_database keeps what was done about a message."),
 BOOL(remediation_restore, "no",
   "Whether deleted messages are put back when their verdict is withdrawn."),
 ADDRESS(remediation_notify, "",
   "Who gets a mail when a remediation has failed, or when all of them, or "
   "those for a recipient, have stopped; empty is nobody."),
 ADDRESS(remediation_sender, "",
   "The envelope sender of mail that tdc-remediator sends; empty is the null "
   "reverse-path."),
 TIME(remediation_max_age, "30d", SECONDS(3600), DAYS(90),
   "How old a message may be that is acted on; older ones the API is not asked "
   "for."),
 TEXT(remediation_gateways, "",
   "Names of the gateways in the Received: fields that prove that a message "
   "went through them (\"by NAME\"); empty is helo_name and Postfix's "
   "myhostname."),
 COUNT(remediation_max_poll, "100", 1, 1000000,
   "How many remediations one poll may ask for; more stop all of them, until "
   "tdc-remediator resume."),
 COUNT(remediation_max_hour, "500", 1, 1000000,
   "How many remediations may be begun in an hour; more stop all of them."),
 COUNT(remediation_max_recipient, "20", 1, 1000000,
   "How many remediations may be begun for one recipient in an hour; more stop "
   "those for that recipient, until tdc-remediator resume."),
 COUNT(remediation_max_share, "1", 1, 100,
   "Which part of the messages that were journaled in the last day may be "
   "remediated in a day, in percent, and never less than 10 messages; more "
   "stop all remediations."),
 PATH(remediation_database, "/var/lib/tdc-remediate/state.db",
   "Database (SQLite) of what was remediated, how, and what can be undone.",
   .min = 1, .restart = true),
 TEXT(remediation_user, "tdc-remediate",
   "The user that tdc-remediator becomes when started as root; it must be in "
   "the group of user, to read history_database.", .restart = true),
 PATH(remediation_sendmail, "",
   "The sendmail program that takes mail to forward; empty is Postfix's "
   "sendmail_path."),
 /* cluster */
 CHOICE(cluster, "none", "none etcd",
   "Whether gateways share the polling: none, each asks the API for itself; "
   "etcd, the one that holds the lease there asks for all."),
 TEXT(cluster_urls, "",
   "The members of the etcd cluster (https://...), separated by blanks."),
 TEXT(cluster_prefix, "/tdc/",
   "What all keys in etcd begin with."),
 PATH(cluster_credentials_file, "",
   "File with the user and password for etcd, a line each; it must not be "
   "readable by others."),
 PATH(cluster_ca_file, "",
   "File of certificates (PEM) that etcd's are checked with; empty is the "
   "system's store."),
 TIME(cluster_lease, "60s", SECONDS(10), SECONDS(3600),
   "How long the lease on polling lasts when its holder is silent; then "
   "another gateway takes it."),
 { .name = NULL }
};
