/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail by sendmail(1), which is how tdc-remediator forwards what it finds: seen
 * by tdc-milter it would be journaled, judged, and found again. */
#include "base/net.h"
#include "control/doctor/doctor.h"
#include "control/doctor/milterlist.h"
#include "control/doctor/sockname.h"

/* is_named - does cleanup(8) use milter_socket?  Without a master.cf, chrooted
 * or not is not known. */
static bool
is_named(const struct conf *conf, const struct postfix *postfix)
{
	const struct postfix_local *local = &postfix->local;
	own(milter) struct milter milter = MILTER;
	const char *at = local->milters;

	if (postfix_ignores_milters(local->overrides))
		return false;
	while (milter_next(&at, &milter))
		if (sockname_leads(postfix, conf->milter_socket,
		    milter.endpoint, local->chrooted) ||
		    (!postfix->has_master && sockname_leads(postfix,
		    conf->milter_socket, milter.endpoint, true)))
			return true;
	return false;
}

/* forwards - will there be such mail? */
static bool
forwards(const struct conf *conf)
{
	return (*conf->api_region != '\0' || *conf->api_url != '\0') &&
	    conf->remediation_action != CONF_REMEDIATE_DELETE;
}

/* is_outside - is what 127.0.0.1 brings, as Postfix calls it, journaled? */
static bool
is_outside(const struct conf *conf)
{
	struct nets *internal;
	struct err ignored;
	bool outside;

	if (conf->directions != CONF_INBOUND)
		return true;
	if (net_parse(conf->internal_networks, &internal, &ignored) == -1)
		return false;		/* tdc-milter has refused it */
	outside = !net_match(internal, "127.0.0.1");
	net_free(internal);
	return outside;
}

/* doctor_local - will mail that is forwarded make copies? */
void
doctor_local(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	if (!forwards(conf) || !is_named(conf, postfix))
		return;
	if (is_outside(conf))
		finding_warn(findings, "Postfix: non_smtpd_milters names "
		    "tdc-milter, and %s: what remediation forwards to %s is "
		    "journaled, and may be found malicious and forwarded "
		    "again: take tdc-milter out of non_smtpd_milters",
		    conf->directions != CONF_INBOUND ? "directions = all" :
		    "127.0.0.1 is not in internal_networks",
		    conf->remediation_forward_to);
	else
		finding_note(findings, "Postfix: non_smtpd_milters names "
		    "tdc-milter: what remediation forwards is not journaled "
		    "only because 127.0.0.1 is in internal_networks");
}
