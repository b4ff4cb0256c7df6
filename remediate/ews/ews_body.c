/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_body.h"

#include <time.h>

#include "remediate/ews/ews_xml.h"

/* PidTagSearchKey: the same before and after a move, another one for each
 * message that was delivered. */
#define SEARCH_KEY "<t:ExtendedFieldURI PropertyTag=\"0x300B\" " \
	"PropertyType=\"Binary\"/>"
/* PidTagTransportMessageHeaders: the header as it came. */
#define TRANSPORT "<t:ExtendedFieldURI PropertyTag=\"0x007D\" " \
	"PropertyType=\"String\"/>"
#define FIELD(name) "<t:FieldURI FieldURI=\"" name "\"/>"
#define IDENTITY FIELD("item:ParentFolderId") FIELD("item:Size") \
	FIELD("item:DateTimeReceived") FIELD("message:InternetMessageId") \
	FIELD("message:IsRead") SEARCH_KEY

/* ews_body_begin - the head of any request */
void
ews_body_begin(struct buf *out, const char *version, const char *owner)
{
	buf_texts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
	    "<soap:Envelope xmlns:soap=\"" EWS_SOAP "\" xmlns:t=\"" EWS_TYPES
	    "\" xmlns:m=\"" EWS_MESSAGES "\"><soap:Header>"
	    "<t:RequestServerVersion Version=\"", version, "\"/>");
	if (owner != NULL) {
		buf_text(out, "<t:ExchangeImpersonation><t:ConnectingSID>"
		    "<t:PrimarySmtpAddress>");
		ews_xml_add(out, owner);
		buf_text(out, "</t:PrimarySmtpAddress></t:ConnectingSID>"
		    "</t:ExchangeImpersonation>");
	}
	buf_text(out, "</soap:Header><soap:Body>");
}

/* ews_body_end - and its foot */
void
ews_body_end(struct buf *out)
{
	buf_text(out, "</soap:Body></soap:Envelope>");
}

/* ews_body_resolve - whose address is it? */
void
ews_body_resolve(struct buf *out, const char *address)
{
	buf_text(out, "<m:ResolveNames ReturnFullContactData=\"false\">"
	    "<m:UnresolvedEntry>smtp:");
	ews_xml_add(out, address);
	buf_text(out, "</m:UnresolvedEntry></m:ResolveNames>");
}

static void
add_place(struct buf *out, const struct ews_place *place)
{
	buf_text(out, place->distinguished ? "<t:DistinguishedFolderId Id=\"" :
	    "<t:FolderId Id=\"");
	ews_xml_add(out, place->id);
	buf_text(out, "\"/>");
}

static void
add_places(struct buf *out, const struct ews_place *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_place(out, &places[i]);
}

static void
add_item(struct buf *out, const char *id)
{
	buf_text(out, "<m:ItemIds><t:ItemId Id=\"");
	ews_xml_add(out, id);
	buf_text(out, "\"/></m:ItemIds>");
}

static void
add_folder_shape(struct buf *out)
{
	buf_text(out, "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"
	    "<t:AdditionalProperties>" FIELD("folder:ParentFolderId")
	    FIELD("folder:DisplayName") "</t:AdditionalProperties>"
	    "</m:FolderShape>");
}

/* ews_body_get_folders - their names and ids */
void
ews_body_get_folders(struct buf *out, const struct ews_place *places, size_t n)
{
	buf_text(out, "<m:GetFolder>");
	add_folder_shape(out);
	buf_text(out, "<m:FolderIds>");
	add_places(out, places, n);
	buf_text(out, "</m:FolderIds></m:GetFolder>");
}

/* ews_body_find_folders - one page of those below a root */
void
ews_body_find_folders(struct buf *out, const char *root, bool deep,
    unsigned offset)
{
	const struct ews_place place = { .id = root, .distinguished = true };

	buf_texts(out, "<m:FindFolder Traversal=\"", deep ? "Deep" : "Shallow",
	    "\">");
	add_folder_shape(out);
	buf_format(out, "<m:IndexedPageFolderView MaxEntriesReturned=\"%d\" "
	    "Offset=\"%u\" BasePoint=\"Beginning\"/><m:ParentFolderIds>",
	    EWS_FOLDERS_PAGE, offset);
	add_place(out, &place);
	buf_text(out, "</m:ParentFolderIds></m:FindFolder>");
}

/* ews_body_create_folder - of messages, in a root */
void
ews_body_create_folder(struct buf *out, const char *root, const char *name)
{
	const struct ews_place place = { .id = root, .distinguished = true };

	buf_text(out, "<m:CreateFolder><m:ParentFolderId>");
	add_place(out, &place);
	buf_text(out, "</m:ParentFolderId><m:Folders><t:Folder>"
	    "<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>");
	ews_xml_add(out, name);
	buf_text(out, "</t:DisplayName></t:Folder></m:Folders>"
	    "</m:CreateFolder>");
}

static void
add_test(struct buf *out, const char *test, const char *field,
    const char *value)
{
	buf_texts(out, "<t:", test, ">", field,
	    "<t:FieldURIOrConstant><t:Constant Value=\"");
	ews_xml_add(out, value);
	buf_texts(out, "\"/></t:FieldURIOrConstant></t:", test, ">");
}

/* add_what - that by which it is known */
static void
add_what(struct buf *out, const struct ews_search *search)
{
	if (search->message_id != NULL) {
		add_test(out, "IsEqualTo", FIELD("message:InternetMessageId"),
		    search->message_id);
	} else if (search->queue_id != NULL) {
		buf_text(out, "<t:Contains ContainmentMode=\"Substring\" "
		    "ContainmentComparison=\"Exact\">" TRANSPORT
		    "<t:Constant Value=\"");
		ews_xml_add(out, search->queue_id);
		buf_text(out, "\"/></t:Contains>");
	} else {
		add_test(out, "IsEqualTo", SEARCH_KEY, search->search_key);
	}
}

static void
add_restriction(struct buf *out, const struct ews_search *search)
{
	time_t seconds = (time_t)(search->since / 1000);
	char since[32];
	struct tm tm;

	buf_texts(out, "<m:Restriction>", search->since > 0 ? "<t:And>" : "");
	add_what(out, search);
	if (search->since > 0) {
		strftime(since, sizeof(since), "%Y-%m-%dT%H:%M:%SZ",
		    gmtime_r(&seconds, &tm));
		add_test(out, "IsGreaterThanOrEqualTo",
		    FIELD("item:DateTimeReceived"), since);
		buf_text(out, "</t:And>");
	}
	buf_text(out, "</m:Restriction>");
}

/* ews_body_find_items - one page of each of the folders */
void
ews_body_find_items(struct buf *out, const struct ews_place *places, size_t n,
    const struct ews_search *search, unsigned offset)
{
	buf_format(out, "<m:FindItem Traversal=\"Shallow\"><m:ItemShape>"
	    "<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
	    IDENTITY "</t:AdditionalProperties></m:ItemShape>"
	    "<m:IndexedPageItemView MaxEntriesReturned=\"%d\" Offset=\"%u\" "
	    "BasePoint=\"Beginning\"/>", EWS_PAGE, offset);
	add_restriction(out, search);
	buf_text(out, "<m:ParentFolderIds>");
	add_places(out, places, n);
	buf_text(out, "</m:ParentFolderIds></m:FindItem>");
}

/* ews_body_get_item - one, and that of it */
void
ews_body_get_item(struct buf *out, const char *id, enum ews_what what)
{
	static const char *const shapes[] = {
	[EWS_IDENTITY] = "<t:AdditionalProperties>" IDENTITY
	    "</t:AdditionalProperties>",
	[EWS_HEADER] = "<t:AdditionalProperties>"
	    FIELD("item:InternetMessageHeaders") TRANSPORT
	    "</t:AdditionalProperties>",
	[EWS_MIME] = "<t:IncludeMimeContent>true</t:IncludeMimeContent>",
	};

	buf_texts(out, "<m:GetItem><m:ItemShape>"
	    "<t:BaseShape>IdOnly</t:BaseShape>", shapes[what],
	    "</m:ItemShape>");
	add_item(out, id);
	buf_text(out, "</m:GetItem>");
}

/* ews_body_delete - without a word to the sender */
void
ews_body_delete(struct buf *out, const char *id)
{
	buf_text(out, "<m:DeleteItem DeleteType=\"HardDelete\" "
	    "SendMeetingCancellations=\"SendToNone\" "
	    "SuppressReadReceipts=\"true\">");
	add_item(out, id);
	buf_text(out, "</m:DeleteItem>");
}

/* ews_body_move - it has another id there, which is told */
void
ews_body_move(struct buf *out, const char *id, const struct ews_place *to)
{
	buf_text(out, "<m:MoveItem><m:ToFolderId>");
	add_place(out, to);
	buf_text(out, "</m:ToFolderId>");
	add_item(out, id);
	buf_text(out, "<m:ReturnNewItemIds>true</m:ReturnNewItemIds>"
	    "</m:MoveItem>");
}

/* ews_body_mark - as read or not, without a receipt */
void
ews_body_mark(struct buf *out, const char *id, const char *change, bool read)
{
	buf_text(out, "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" "
	    "MessageDisposition=\"SaveOnly\" SuppressReadReceipts=\"true\">"
	    "<m:ItemChanges><t:ItemChange><t:ItemId Id=\"");
	ews_xml_add(out, id);
	buf_text(out, "\" ChangeKey=\"");
	ews_xml_add(out, change);
	buf_texts(out, "\"/><t:Updates><t:SetItemField>"
	    FIELD("message:IsRead") "<t:Message><t:IsRead>",
	    read ? "true" : "false", "</t:IsRead></t:Message>"
	    "</t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges>"
	    "</m:UpdateItem>");
}
