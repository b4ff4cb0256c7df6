/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_options - the parameters: a field of struct conf and one row for each
 *
 *	TIME(retry_delay, "60s", 0, DAYS(1),
 *	  "How long after a failure a copy is tried again."),
 *
 * A new parameter is a field here, a row in conf_options.c, and its use.  The
 * reader, "tdcctl config", a reload and the list in tdc.cf(5) walk the rows.
 */
#ifndef BASE_CONF_OPTIONS_H
#define BASE_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_failure_action { CONF_ACCEPT, CONF_TEMPFAIL };
enum conf_log_format { CONF_LOG_TEXT, CONF_LOG_JSON };
enum conf_log_skipped { CONF_LOG_NONE, CONF_LOG_DECIDED, CONF_LOG_ALL };
enum conf_directions { CONF_INBOUND, CONF_EVERY_DIRECTION };
enum conf_journal_reports { CONF_SKIP, CONF_JOURNAL };
enum conf_journal_format { CONF_REPORT, CONF_BCC };
enum conf_spool_sync { CONF_SYNC_NO, CONF_SYNC_YES, CONF_SYNC_STRICT };
enum conf_undelivered { CONF_DISCARD, CONF_KEEP };
enum conf_remediation_mode { CONF_REMEDIATE_REPORT, CONF_REMEDIATE_ACT };
enum conf_remediation_action { CONF_REMEDIATE_FORWARD, CONF_REMEDIATE_DELETE,
	CONF_REMEDIATE_BOTH };
enum conf_remediation_scope { CONF_SCOPE_ALL, CONF_SCOPE_RETRO };
enum conf_cluster { CONF_CLUSTER_NONE, CONF_CLUSTER_ETCD };
#define CONF_TLS_NAMES "nexthop, dot-nexthop"
enum conf_tls_policy { CONF_TLS_ENCRYPT, CONF_TLS_VERIFY, CONF_TLS_SECURE,
	CONF_TLS_DANE, CONF_TLS_DANE_ONLY };

/* Times in milliseconds, sizes in bytes.  Texts are never NULL; "" is empty.
 * All borrowed, valid until conf_drop(). */
struct conf {
	/* policy */
	const char	*intake_address;
	const char	*default_policy;
	const char	*policy_maps;
	const char	*recipient_delimiter;
	bool		 parent_domain_matches_subdomains;
	const char	*internal_networks;
	const char	*trusted_relays;
	int		 directions;		/* enum conf_directions */
	bool		 skip_authenticated;
	const char	*skip_daemon_names;
	int		 journal_reports;	/* enum conf_journal_reports */
	const char	*unclean_header_checks;
	int64_t		 max_message_size;	/* 0: no limit */
	/* milter */
	const char	*milter_socket;
	unsigned	 milter_socket_mode;
	const char	*milter_socket_group;
	int		 milter_failure_action;	/* enum conf_failure_action */
	int		 log_skipped;		/* enum conf_log_skipped */
	/* journal */
	int		 journal_format;	/* enum conf_journal_format */
	const char	*journal_from;
	const char	*journal_sender;
	const char	*journal_null_sender;
	const char	*remote_ip_header;
	/* spool */
	const char	*spool_directory;
	int		 spool_sync;		/* enum conf_spool_sync */
	int64_t		 min_free_space;
	int64_t		 spool_timeout;
	int64_t		 queue_lifetime;
	unsigned	 retry_limit;
	int64_t		 retry_delay;
	int		 undelivered;		/* enum conf_undelivered */
	const char	*alternate_intake_address;	/* "": none */
	int64_t		 kept_lifetime;
	/* delivery */
	const char	*intake_route;
	const char	*intake_login_file;	/* "": none */
	unsigned	 min_connections;
	unsigned	 max_connections;
	unsigned	 max_messages_per_connection;
	unsigned	 flight_messages;	/* 0: auto */
	int64_t		 connect_timeout;
	int64_t		 command_timeout;
	int64_t		 idle_timeout;
	const char	*source_address;
	const char	*helo_name;		/* default: conf_ask_postfix() */
	const char	*smtp_debug_peers;
	int		 tls_policy;		/* enum conf_tls_policy */
	char		*tls_names;
	bool		 mta_sts;
	const char	*tls_min_version;	/* TLSv1.2 or TLSv1.3 */
	const char	*tls_ca_file;
	const char	*tls_ca_path;
	const char	*tls_cert_file;
	const char	*tls_key_file;
	const char	*dns_servers;
	const char	*dns_trust_anchor_file;
	/* process */
	const char	*user;
	const char	*milter_user;		/* "": see conf_milter_user() */
	bool		 sandbox;
	const char	*syslog_facility;
	const char	*syslog_name;		/* "": the program's own */
	const char	*maillog_file;		/* "": syslog */
	const char	*mail_logs_file;	/* "": none */
	int		 log_format;		/* enum conf_log_format */
	const char	*intake_name;
	/* alerts */
	const char	*alert_command;		/* "": none */
	int64_t		 alert_interval;
	int64_t		 alert_intake_down;
	/* history */
	const char	*history_database;	/* "": none */
	int64_t		 history_lifetime;
	/* API */
	const char	*api_region;		/* "": api_url */
	const char	*api_url;
	const char	*api_credentials_file;	/* "": none */
	bool		 api_polling;
	int64_t		 api_poll_interval;
	int64_t		 api_lookback;
	unsigned	 api_daily_requests;
	/* remediation */
	int		 remediation_mode;	/* enum conf_remediation_mode */
	int		 remediation_action;	/* enum conf_remediation_action */
	const char	*remediation_forward_to; /* "": none */
	const char	*remediation_verdicts;
	int		 remediation_scope;	/* enum conf_remediation_scope */
	const char	*remediation_profiles;	/* "": none */
	const char	*remediation_domain_map;
	const char	*mailbox_maps;
	bool		 remediation_postfix_aliases;
	unsigned	 remediation_attempts;
	int64_t		 remediation_timeout;
	int64_t		 remediation_quarantine; /* 0: purge at once */
	int64_t		 remediation_lifetime;
	bool		 remediation_restore;
	const char	*remediation_notify;	/* "": nobody */
	const char	*remediation_sender;	/* "": the null sender */
	int64_t		 remediation_max_age;
	const char	*remediation_gateways;	/* "": helo_name */
	unsigned	 remediation_max_poll;
	unsigned	 remediation_max_hour;
	unsigned	 remediation_max_recipient;
	unsigned	 remediation_max_share;	/* percent */
	const char	*remediation_database;
	const char	*remediation_user;
	const char	*remediation_sendmail;	/* "": Postfix's sendmail_path */
	/* cluster */
	int		 cluster;		/* enum conf_cluster */
	const char	*cluster_urls;
	const char	*cluster_prefix;
	const char	*cluster_credentials_file; /* "": none */
	const char	*cluster_ca_file;	/* "": the system's */
	int64_t		 cluster_lease;

	const char	*user_parameter;	/* where user is from:
						   conf_run_as_milter() and its
						   kin */
	const char	*log_user;		/* whose log files are, and the
						   spool: user, of all programs */
	const char	*other_user;		/* who may be started as such, too;
						   NULL: nobody */
	struct conf_private *private;
};

enum conf_type {
	CONF_TEXT,		/* const char * */
	CONF_PATH,		/* const char *; absolute, since daemons stand
				   in / and their operator does not */
	CONF_ADDRESS,		/* const char *; local@domain, or the word of
				   choices */
	CONF_BOOL,		/* bool: yes, no */
	CONF_COUNT,		/* unsigned; 0: the word of choices */
	CONF_MODE,		/* unsigned, octal */
	CONF_TIME,		/* int64_t ms; "2s", "500ms", "5m", "1h", "1d" */
	CONF_SIZE,		/* int64_t bytes; "10M", "1G", "64k" */
	CONF_CHOICE,		/* int: index into choices */
};

struct conf_option {
	const char	*name;
	enum conf_type	 type;
	size_t		 place;		/* offset in struct conf */
	const char	*initial;	/* the default, as a user would write
					   it */
	int64_t		 min, max;	/* COUNT, TIME (ms), SIZE; a PATH or
					   ADDRESS may be empty if min is 0 */
	const char	*choices;	/* CHOICE: words separated by one blank;
					   COUNT: one word, or NULL */
	const char	*meaning;	/* one sentence */
	bool		 restart;	/* a reload does not put it in force */
	bool		 host;		/* TEXT, ADDRESS: empty, it follows from
					   the host's name */
};

extern const struct conf_option conf_options[];	/* ends with name NULL */

#endif
