/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_code.h"

#include <string.h>

/* After responsecode of Microsoft's reference, without those that mean
 * "later". */
static const struct {
	const char		*code;
	enum mailbox_result	 result;
} rows[] = {
	{ "NoError", MAILBOX_DONE },

	{ "ErrorItemNotFound", MAILBOX_GONE },
	{ "ErrorInvalidId", MAILBOX_GONE },
	{ "ErrorInvalidIdMalformed", MAILBOX_GONE },
	{ "ErrorInvalidIdStoreObjectIdTooLong", MAILBOX_GONE },
	{ "ErrorFolderNotFound", MAILBOX_GONE },
	{ "ErrorToFolderNotFound", MAILBOX_GONE },

	{ "ErrorNonExistentMailbox", MAILBOX_NOBODY },
	{ "ErrorNonPrimarySmtpAddress", MAILBOX_NOBODY },
	{ "ErrorInvalidSmtpAddress", MAILBOX_NOBODY },
	{ "ErrorMissingEmailAddress", MAILBOX_NOBODY },
	{ "ErrorAccountDisabled", MAILBOX_NOBODY },
	{ "ErrorNameResolutionNoResults", MAILBOX_NOBODY },
	{ "ErrorNameResolutionNoMailbox", MAILBOX_NOBODY },
	{ "ErrorNameResolutionMultipleResults", MAILBOX_NOBODY },
	{ "ErrorArchiveMailboxNotEnabled", MAILBOX_NOBODY },

	{ "ErrorImpersonateUserDenied", MAILBOX_LOCKED_OUT },
	{ "ErrorImpersonationDenied", MAILBOX_LOCKED_OUT },
	{ "ErrorImpersonationFailed", MAILBOX_LOCKED_OUT },
	{ "ErrorInvalidExchangeImpersonationHeaderData", MAILBOX_LOCKED_OUT },
	{ "ErrorImpersonationRequired", MAILBOX_LOCKED_OUT },
	{ "ErrorAccessDenied", MAILBOX_LOCKED_OUT },
	{ "ErrorPasswordExpired", MAILBOX_LOCKED_OUT },
	{ "ErrorPasswordChangeRequired", MAILBOX_LOCKED_OUT },

	{ "ErrorSchemaValidation", MAILBOX_NEVER },
	{ "ErrorInvalidServerVersion", MAILBOX_NEVER },
	{ "ErrorInvalidRequest", MAILBOX_NEVER },
	{ "ErrorInvalidOperation", MAILBOX_NEVER },
	{ "ErrorUnsupportedPathForQuery", MAILBOX_NEVER },
	{ "ErrorMimeContentConversionFailed", MAILBOX_NEVER },
	{ "ErrorMimeContentInvalid", MAILBOX_NEVER },
	{ "ErrorContentConversionFailed", MAILBOX_NEVER },
	{ "ErrorQuotaExceeded", MAILBOX_NEVER },
	{ "ErrorCannotDeleteObject", MAILBOX_NEVER },
	{ "ErrorMoveCopyFailed", MAILBOX_NEVER },
};

/* ews_code_of_owner - not of our password */
bool
ews_code_of_owner(const char *code)
{
	static const char *const codes[] = { "ErrorImpersonateUserDenied",
	    "ErrorImpersonationDenied", "ErrorImpersonationFailed",
	    "ErrorAccessDenied" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

/* ews_code - what it means */
enum mailbox_result
ews_code(const char *code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].code, code) == 0)
			return rows[i].result;
	return MAILBOX_LATER;
}
