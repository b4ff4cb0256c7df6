#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
#
# ews.py - Exchange Web Services as far as remediation needs them, and as
# Microsoft's reference has them: a stub
#
#	ews.py [-n] [-B CERT] PORT CERT KEY DIRECTORY
#
# It listens with TLS at 127.0.0.1:PORT.  A request must keep to the schema's
# order of elements, or is refused as Exchange does (ErrorSchemaValidation).
#
#	-n	logins by Negotiate alone, by the default keytab, bound to the
#		connection (Extended Protection "Required"); without: Basic,
#		tdc@corp.example with "secret"
#	-B	... bound to this certificate in place of ours, as when somebody
#		ends TLS between us
#
# In DIRECTORY:
#
#	new/	files OWNER,FOLDER,read|unread,NAME ("+" for "/" in FOLDER) are
#		messages that arrive before the next request
#	mail	what is where, after each request: lines OWNER FOLDER
#		read|unread TIME MESSAGE-ID, separated by tabs
#	requests  a line each: OPERATION OWNER-OR-"-" LOGIN STATUS
#	faults	lines OPERATION|any COUNT FAULT [ARGUMENT...], used up from the
#		top
#
# FAULT: busy MS (SOAP fault), busy-part MS (HTTP 200), fault CODE, part CODE,
# status NUMBER [RETRY-AFTER], html, doctype, bomb, broken, empty, few, deep,
# huge, slow SECONDS, close, lost (done, but no answer), page (that never ends)
import base64
import datetime
import email
import email.policy
import hashlib
import os
import ssl
import sys
import threading
import time
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape, quoteattr

SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
T = 'http://schemas.microsoft.com/exchange/services/2006/types'
M = 'http://schemas.microsoft.com/exchange/services/2006/messages'
SPACES = {SOAP: 's', T: 't', M: 'm'}


class Fault(Exception):
    def __init__(self, code, text='', back_off=None):
        super().__init__(code)
        self.code, self.text, self.back_off = code, text, back_off


# ---- the schema ----

# Children in their order: "?" may be missing, "*" any number, "a|b" one of them.
# Attributes: "!" must be there.
VIEW = 't:AdditionalProperties?'
GRAMMAR = {
    's:Envelope': ('s:Header s:Body', ''),
    's:Header': ('t:RequestServerVersion t:ExchangeImpersonation?', ''),
    't:RequestServerVersion': ('', 'Version!'),
    't:ExchangeImpersonation': ('t:ConnectingSID', ''),
    't:ConnectingSID': ('t:PrincipalName|t:SID|t:PrimarySmtpAddress|'
                        't:SmtpAddress', ''),
    's:Body': ('m:ResolveNames|m:GetFolder|m:FindFolder|m:CreateFolder|'
               'm:FindItem|m:GetItem|m:DeleteItem|m:MoveItem|m:UpdateItem',
               ''),
    'm:ResolveNames': ('m:ParentFolderIds? m:UnresolvedEntry',
                       'ReturnFullContactData! SearchScope ContactDataShape'),
    'm:GetFolder': ('m:FolderShape m:FolderIds', ''),
    'm:FolderShape': ('t:BaseShape ' + VIEW, ''),
    't:AdditionalProperties': ('t:FieldURI|t:ExtendedFieldURI*', ''),
    't:FieldURI': ('', 'FieldURI!'),
    't:ExtendedFieldURI': ('', 'PropertyTag PropertyType!'),
    'm:FolderIds': ('t:FolderId|t:DistinguishedFolderId*', ''),
    'm:ParentFolderIds': ('t:FolderId|t:DistinguishedFolderId*', ''),
    'm:ParentFolderId': ('t:FolderId|t:DistinguishedFolderId', ''),
    'm:ToFolderId': ('t:FolderId|t:DistinguishedFolderId', ''),
    't:FolderId': ('', 'Id! ChangeKey'),
    't:DistinguishedFolderId': ('t:Mailbox?', 'Id! ChangeKey'),
    'm:FindFolder': ('m:FolderShape m:IndexedPageFolderView? m:Restriction? '
                     'm:ParentFolderIds', 'Traversal!'),
    'm:IndexedPageFolderView': ('', 'MaxEntriesReturned Offset! BasePoint!'),
    'm:IndexedPageItemView': ('', 'MaxEntriesReturned Offset! BasePoint!'),
    'm:CreateFolder': ('m:ParentFolderId m:Folders', ''),
    'm:Folders': ('t:Folder*', ''),
    't:Folder': ('t:FolderId? t:ParentFolderId? t:FolderClass? '
                 't:DisplayName?', ''),
    'm:FindItem': ('m:ItemShape m:IndexedPageItemView? m:Restriction? '
                   'm:SortOrder? m:ParentFolderIds', 'Traversal!'),
    'm:ItemShape': ('t:BaseShape t:IncludeMimeContent? t:BodyType? ' + VIEW,
                    ''),
    'm:Restriction': ('t:And|t:IsEqualTo|t:Contains|'
                      't:IsGreaterThanOrEqualTo', ''),
    't:And': ('t:IsEqualTo|t:Contains t:IsGreaterThanOrEqualTo', ''),
    't:IsEqualTo': ('t:FieldURI|t:ExtendedFieldURI t:FieldURIOrConstant', ''),
    't:Contains': ('t:FieldURI|t:ExtendedFieldURI t:Constant',
                   'ContainmentMode ContainmentComparison'),
    't:IsGreaterThanOrEqualTo': ('t:FieldURI t:FieldURIOrConstant', ''),
    't:FieldURIOrConstant': ('t:FieldURI|t:Constant', ''),
    't:Constant': ('', 'Value!'),
    'm:GetItem': ('m:ItemShape m:ItemIds', ''),
    'm:ItemIds': ('t:ItemId*', ''),
    't:ItemId': ('', 'Id! ChangeKey'),
    'm:DeleteItem': ('m:ItemIds', 'DeleteType! SendMeetingCancellations '
                     'AffectedTaskOccurrences SuppressReadReceipts'),
    'm:MoveItem': ('m:ToFolderId m:ItemIds m:ReturnNewItemIds?', ''),
    'm:UpdateItem': ('m:SavedItemFolderId? m:ItemChanges',
                     'ConflictResolution! MessageDisposition '
                     'SuppressReadReceipts'),
    'm:ItemChanges': ('t:ItemChange*', ''),
    't:ItemChange': ('t:ItemId t:Updates', ''),
    't:Updates': ('t:SetItemField*', ''),
    't:SetItemField': ('t:FieldURI t:Message', ''),
    't:Message': ('t:IsRead', ''),
}
LEAVES = ('t:BaseShape t:IncludeMimeContent m:UnresolvedEntry t:PrincipalName '
          't:SID t:PrimarySmtpAddress t:SmtpAddress t:FolderClass '
          't:DisplayName m:ReturnNewItemIds t:IsRead').split()


def name_of(node):
    space, _, name = node.tag[1:].partition('}')
    return SPACES.get(space, '?') + ':' + name


def refuse(text):
    raise Fault('ErrorSchemaValidation', 'The request failed schema '
                'validation: ' + text)


def check(node):
    name = name_of(node)
    if name in LEAVES:
        if len(node) or node.attrib or not node.text:
            refuse(name + ' is no text')
        return
    if name not in GRAMMAR:
        refuse(name + ' is not known')
    children, attributes = GRAMMAR[name]
    allowed = [a.rstrip('!') for a in attributes.split()]
    for attribute in node.attrib:
        if attribute not in allowed:
            refuse('%s has %s' % (name, attribute))
    for attribute in attributes.split():
        if attribute.endswith('!') and attribute[:-1] not in node.attrib:
            refuse('%s has no %s' % (name, attribute))
    check_children(name, list(node), children.split())


def check_children(name, nodes, wanted):
    for want in wanted:
        many, optional = want.endswith('*'), want.endswith('?')
        names = want.rstrip('*?').split('|')
        seen = 0
        while nodes and name_of(nodes[0]) in names and (many or not seen):
            check(nodes.pop(0))
            seen += 1
        if not seen and not optional:
            refuse('%s: %s is expected' % (name, want))
    if nodes:
        refuse('%s: %s is not expected there' % (name, name_of(nodes[0])))


# ---- mailboxes ----

class Folder:
    numbers = 0

    def __init__(self, box, name, parent=None, distinguished=None):
        Folder.numbers += 1
        self.box, self.name, self.parent = box, name, parent
        self.distinguished = distinguished
        self.id = base64.b64encode(b'folder %d of %s' % (
            Folder.numbers, box.owner.encode())).decode()
        box.folders.append(self)

    def below(self, root):
        folder = self.parent
        while folder is not None and folder is not root:
            folder = folder.parent
        return folder is root

    def path(self):
        names, folder = [], self
        while folder.parent is not None:
            names.insert(0, folder.name)
            folder = folder.parent
        return '/'.join(names[1:] if len(names) > 1 else names)


class Item:
    numbers = 0

    def __init__(self, folder, data, read):
        Item.numbers += 1
        self.folder, self.data, self.read = folder, data, read
        self.key = base64.b64encode(b'key %d' % Item.numbers).decode()
        self.received = datetime.datetime.utcnow().strftime(
            '%Y-%m-%dT%H:%M:%SZ')
        self.message = email.message_from_bytes(data,
                                                policy=email.policy.compat32)
        self.message_id = str(self.message['Message-ID'] or '').strip()
        self.move(folder)

    def move(self, folder):
        """what is moved has a new id"""
        Item.numbers += 1
        self.folder = folder
        self.id = base64.b64encode(b'item %d' % Item.numbers).decode()
        self.change = base64.b64encode(b'change %d' % Item.numbers).decode()


class Box:
    def __init__(self, owner, archive=False, plain=()):
        self.owner, self.folders, self.items = owner, [], []
        root = Folder(self, 'root', None, 'root')
        top = Folder(self, 'Top of Information Store', root, 'msgfolderroot')
        Folder(self, 'Inbox', top, 'inbox')
        Folder(self, 'Junk Email', top, 'junkemail')
        Folder(self, 'Deleted Items', top, 'deleteditems')
        work = Folder(self, 'Projects', top)
        Folder(self, '2026', work)
        for name in plain:
            Folder(self, name, top)
        again = Folder(self, 'Recoverable Items', root, 'recoverableitemsroot')
        Folder(self, 'Deletions', again, 'recoverableitemsdeletions')
        Folder(self, 'Purges', again, 'recoverableitemspurges')
        if archive:
            root = Folder(self, 'archive', None, 'archiveroot')
            top = Folder(self, 'Archive', root, 'archivemsgfolderroot')
            Folder(self, 'Old', top)
            again = Folder(self, 'Recoverable Items', root,
                           'archiverecoverableitemsroot')
            Folder(self, 'Archive Deletions', again,
                   'archiverecoverableitemsdeletions')
            Folder(self, 'Archive Purges', again,
                   'archiverecoverableitemspurges')

    def folder(self, node):
        if name_of(node) == 't:DistinguishedFolderId':
            found = [f for f in self.folders
                     if f.distinguished == node.get('Id')]
        else:
            found = [f for f in self.folders if f.id == node.get('Id')]
        if not found:
            raise Fault('ErrorFolderNotFound', 'The specified folder could '
                        'not be found in the store.')
        return found[0]

    def purges(self, folder):
        """an archive has its own"""
        name = 'archive' if any(
            f.distinguished == 'archiveroot' and folder.below(f)
            for f in self.folders) else ''
        return [f for f in self.folders
                if f.distinguished == name + 'recoverableitemspurges'][0]

    def item(self, node):
        for item in self.items:
            if item.id == node.get('Id'):
                return item
        raise Fault('ErrorItemNotFound', 'The specified object was not found '
                    'in the store.')


BOXES = {box.owner: box for box in (
    Box('alice@corp.example', archive=True), Box('bob@corp.example'),
    Box('vip@corp.example'), Box('vip2@corp.example'), Box('bobby@corp.example'),
    Box('many@corp.example', plain=['Folder %d' % i for i in range(300)]))}
# What ResolveNames knows: addresses and their owners.
ALIASES = {'x@corp.example.net': ('alice@corp.example', 'Mailbox'),
           'x@corp.example.org': ('bob@corp.example', 'Mailbox'),
           'robert@corp.example': ('bob@corp.example', 'Mailbox'),
           'team@corp.example': ('team@corp.example', 'PublicDL')}
DENIED = ['vip@corp.example', 'vip2@corp.example']


# ---- answers ----

def id_xml(kind, thing):
    return '<t:%s Id=%s ChangeKey="AQAAAA=="/>' % (kind, quoteattr(thing.id))


def folder_xml(folder):
    parent = folder.parent or folder
    return ('<t:Folder>%s<t:ParentFolderId Id=%s ChangeKey="AQAAAA=="/>'
            '<t:DisplayName>%s</t:DisplayName></t:Folder>' % (
                id_xml('FolderId', folder), quoteattr(parent.id),
                escape(folder.name)))


def page(node, entries, most):
    """those of this page, and the attributes that tell of the next"""
    offset = int(node.get('Offset'))
    size = min(int(node.get('MaxEntriesReturned')), most)
    end = min(offset + size, len(entries))
    return entries[offset:end], (
        'IndexedPagingOffset="%d" TotalItemsInView="%d" '
        'IncludesLastItemInRange="%s"' % (
            end, len(entries), 'true' if end == len(entries) else 'false'))


def wants(node, field):
    return any(e.get('FieldURI') == field or e.get('PropertyTag') == field
               for e in node.iter())


def extended(tag, kind, value):
    return ('<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="%s" '
            'PropertyType="%s"/><t:Value>%s</t:Value></t:ExtendedProperty>' % (
                tag, kind, escape(value)))


def headers_xml(item):
    return '<t:InternetMessageHeaders>%s</t:InternetMessageHeaders>' % ''.join(
        '<t:InternetMessageHeader HeaderName=%s>%s</t:InternetMessageHeader>' %
        (quoteattr(name), escape(' '.join(str(value).split('\n'))))
        for name, value in item.message.items())


def item_xml(item, shape):
    """the elements in the order of the schema's ItemType and MessageType"""
    out = []
    if shape.find('{%s}IncludeMimeContent' % T) is not None:
        out.append('<t:MimeContent CharacterSet="UTF-8">%s</t:MimeContent>' %
                   base64.encodebytes(item.data).decode())
    out.append('<t:ItemId Id=%s ChangeKey=%s/>' % (quoteattr(item.id),
                                                   quoteattr(item.change)))
    if wants(shape, 'item:ParentFolderId'):
        out.append('<t:ParentFolderId Id=%s ChangeKey="AQAAAA=="/>' %
                   quoteattr(item.folder.id))
    if wants(shape, 'item:DateTimeReceived'):
        out.append('<t:DateTimeReceived>%s</t:DateTimeReceived>' %
                   item.received)
    if wants(shape, 'item:Size'):
        out.append('<t:Size>%d</t:Size>' % len(item.data))
    if wants(shape, 'item:InternetMessageHeaders'):
        out.append(headers_xml(item))
    if wants(shape, '0x300B'):
        out.append(extended('0x300b', 'Binary', item.key))
    if wants(shape, 'message:InternetMessageId') and item.message_id:
        out.append('<t:InternetMessageId>%s</t:InternetMessageId>' %
                   escape(item.message_id))
    if wants(shape, 'message:IsRead'):
        out.append('<t:IsRead>%s</t:IsRead>' % str(item.read).lower())
    return '<t:Message>%s</t:Message>' % ''.join(out)


# ---- operations: each gives a list of contents, or of faults ----

def each(nodes, work):
    parts = []
    for node in nodes:
        try:
            parts.append(work(node))
        except Fault as fault:
            parts.append(fault)
    return parts


def resolve_names(box, node):
    wanted = node[-1].text.lower()
    if wanted.startswith('smtp:'):
        wanted = wanted[5:]
    found = {o: 'Mailbox' for o in BOXES if o.startswith(wanted)}
    found.update({o: t for a, (o, t) in ALIASES.items()
                  if a.startswith(wanted)})
    if not found:
        return [Fault('ErrorNameResolutionNoResults', 'No results were '
                      'found.')]
    text = ('<m:ResolutionSet TotalItemsInView="%d" '
            'IncludesLastItemInRange="true">%s</m:ResolutionSet>' % (
                len(found), ''.join(
                    '<t:Resolution><t:Mailbox><t:Name>%s</t:Name>'
                    '<t:EmailAddress>%s</t:EmailAddress><t:RoutingType>SMTP'
                    '</t:RoutingType><t:MailboxType>%s</t:MailboxType>'
                    '</t:Mailbox></t:Resolution>' % (o, o, t)
                    for o, t in found.items())))
    return [text if len(found) == 1 else (
        'ErrorNameResolutionMultipleResults', 'Multiple results were found.',
        text)]


def get_folder(box, node):
    return each(node[1], lambda n: '<m:Folders>%s</m:Folders>' %
                folder_xml(box.folder(n)))


def find_folder(box, node):
    view = node.find('{%s}IndexedPageFolderView' % M)

    def below(place):
        root = box.folder(place)
        found = [f for f in box.folders if f.parent is root or (
            node.get('Traversal') == 'Deep' and f.below(root))]
        entries, attributes = page(view, found, 1000)
        return '<m:RootFolder %s><t:Folders>%s</t:Folders></m:RootFolder>' % (
            attributes, ''.join(map(folder_xml, entries)))
    return each(node[-1], below)


def create_folder(box, node):
    parent, name = box.folder(node[0][0]), node[1][0][-1].text
    if any(f.parent is parent and f.name == name for f in box.folders):
        raise Fault('ErrorFolderExists', 'A folder with the specified name '
                    'already exists.')
    return ['<m:Folders><t:Folder>%s</t:Folder></m:Folders>' %
            id_xml('FolderId', Folder(box, name, parent))]


def is_equal(item, field, value):
    """a Message-ID in any case of letters, a search key as it is"""
    if field.get('PropertyTag') == '0x300B':
        return value == item.key
    return value.lower() == item.message_id.lower()


def matches(item, restriction):
    for node in restriction.iter():
        name = name_of(node)
        if name == 't:Contains':
            if node[0].get('PropertyTag') != '0x007D' or \
                    node.get('ContainmentMode') != 'Substring':
                raise Fault('ErrorUnsupportedPathForQuery')
            header = item.data.replace(b'\r\n', b'\n').split(b'\n\n')[0]
            if node[1].get('Value').encode() not in header:
                return False
        elif name == 't:IsEqualTo':
            if not is_equal(item, node[0], node[1][0].get('Value')):
                return False
        elif name == 't:IsGreaterThanOrEqualTo' and \
                item.received < node[1][0].get('Value'):
            return False
    return True


def find_item(box, node):
    if node.get('Traversal') != 'Shallow':
        raise Fault('ErrorInvalidOperation', 'Deep is for search folders.')
    view = node.find('{%s}IndexedPageItemView' % M)
    restriction = node.find('{%s}Restriction' % M)

    def inside(place):
        folder = box.folder(place)
        found = [i for i in box.items if i.folder is folder and
                 matches(i, restriction)]
        entries, attributes = page(view, found, 250)
        return '<m:RootFolder %s><t:Items>%s</t:Items></m:RootFolder>' % (
            attributes, ''.join(item_xml(i, node[0]) for i in entries))
    return each(node[-1], inside)


def get_item(box, node):
    return each(node[1], lambda n: '<m:Items>%s</m:Items>' %
                item_xml(box.item(n), node[0]))


def delete_item(box, node):
    if node.get('DeleteType') != 'HardDelete':
        raise Fault('ErrorInvalidOperation')

    def delete(place):
        item = box.item(place)
        purges = box.purges(item.folder)
        if not item.read and node.get('SuppressReadReceipts') != 'true':
            STUB.note('receipt to the sender of ' + item.message_id)
        if item.folder is purges:
            box.items.remove(item)
        else:
            item.move(purges)
        return ''
    return each(node[0], delete)


def move_item(box, node):
    try:
        folder = box.folder(node[0][0])
    except Fault:
        return [Fault('ErrorToFolderNotFound', 'The destination folder could '
                      'not be found.')]

    def move(place):
        item = box.item(place)
        item.move(folder)
        return '<m:Items><t:Message>%s</t:Message></m:Items>' % id_xml(
            'ItemId', item)
    return each(node[1], move)


def update_item(box, node):
    def update(change):
        item = box.item(change[0])
        item.read = change.find('.//{%s}IsRead' % T).text == 'true'
        return '<m:Items/>'
    return each(node[-1], update)


OPERATIONS = {'ResolveNames': resolve_names, 'GetFolder': get_folder,
              'FindFolder': find_folder, 'CreateFolder': create_folder,
              'FindItem': find_item, 'GetItem': get_item,
              'DeleteItem': delete_item, 'MoveItem': move_item,
              'UpdateItem': update_item}


# ---- the stub ----

def back_off_xml(ms):
    return '' if ms is None else (
        '<t:MessageXml><t:Value Name="BackOffMilliseconds">%d</t:Value>'
        '</t:MessageXml>' % ms)


def fault_xml(fault):
    return ('<s:Fault><faultcode xmlns:a="%s">a:%s</faultcode>'
            '<faultstring xml:lang="en-US">%s</faultstring><detail>'
            '<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/'
            'services/2006/errors">%s</e:ResponseCode>%s</detail></s:Fault>' %
            (T, fault.code, escape(fault.text), fault.code,
             back_off_xml(fault.back_off)))


def part_xml(operation, part):
    name = operation + 'ResponseMessage'
    if isinstance(part, Fault):
        return ('<m:%s ResponseClass="Error"><m:MessageText>%s</m:MessageText>'
                '<m:ResponseCode>%s</m:ResponseCode><m:DescriptiveLinkKey>0'
                '</m:DescriptiveLinkKey>%s</m:%s>' % (
                    name, escape(part.text), part.code, back_off_xml(
                        part.back_off).replace('t:MessageXml', 'm:MessageXml'),
                    name))
    if isinstance(part, tuple):
        return ('<m:%s ResponseClass="Warning"><m:MessageText>%s'
                '</m:MessageText><m:ResponseCode>%s</m:ResponseCode>%s</m:%s>'
                % (name, part[1], part[0], part[2], name))
    return ('<m:%s ResponseClass="Success"><m:ResponseCode>NoError'
            '</m:ResponseCode>%s</m:%s>' % (name, part, name))


def envelope(content):
    return ('<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="%s" '
            'xmlns:t="%s" xmlns:m="%s"><s:Header><t:ServerVersionInfo '
            'MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" '
            'MinorBuildNumber="4" Version="V2017_07_11"/></s:Header><s:Body>'
            '%s</s:Body></s:Envelope>' % (SOAP, T, M, content))


class Stub:
    def __init__(self, directory):
        self.directory, self.lock = directory, threading.Lock()
        self.shown = None
        os.makedirs(os.path.join(directory, 'new'), exist_ok=True)

    def file(self, name):
        return os.path.join(self.directory, name)

    def note(self, line):
        with open(self.file('requests'), 'a') as log:
            log.write(line + '\n')

    def deliver(self):
        """what has arrived"""
        for name in sorted(os.listdir(self.file('new'))):
            owner, path, read, _ = name.split(',')
            path = path.replace('+', '/')
            folder = [f for f in BOXES[owner].folders if f.path() == path or
                      f.distinguished == path][0]
            with open(self.file('new/' + name), 'rb') as data:
                BOXES[owner].items.append(Item(folder, data.read(),
                                               read == 'read'))
            os.unlink(self.file('new/' + name))

    def write(self, name, text):
        """A file that is written over is flushed to the disk, a new one not."""
        if os.path.exists(self.file(name)):
            os.unlink(self.file(name))
        with open(self.file(name), 'w') as out:
            out.write(text)

    def show(self):
        shown = ''.join('\t'.join((
            box.owner, item.folder.path(), 'read' if item.read else 'unread',
            item.received, item.message_id)) + '\n'
            for box in BOXES.values() for item in box.items)
        if shown != self.shown:
            self.write('mail', shown)
        self.shown = shown

    def next_fault(self, operation):
        try:
            with open(self.file('faults')) as faults:
                lines = [line.split() for line in faults if line.strip()]
        except FileNotFoundError:
            return []
        for line in lines:
            if line[0] in (operation, 'any') and int(line[1]) > 0:
                line[1] = str(int(line[1]) - 1)
                self.write('faults', ''.join(' '.join(w) + '\n'
                                             for w in lines))
                return line[2:]
        return []

    def run(self, root):
        """the operation, its owner, its parts"""
        check(root)
        operation = root[1][0]
        name = operation.tag.partition('}')[2]
        owner = root.find('.//{%s}PrimarySmtpAddress' % T)
        box = None
        if owner is not None:
            if owner.text in ALIASES:
                raise Fault('ErrorNonPrimarySmtpAddress', 'The primary SMTP '
                            'address must be specified.')
            if owner.text not in BOXES:
                raise Fault('ErrorNonExistentMailbox', 'The SMTP address has '
                            'no mailbox associated with it.')
            if owner.text in DENIED:
                raise Fault('ErrorImpersonateUserDenied', 'The account does '
                            'not have permission to impersonate the '
                            'requested user.')
            box = BOXES[owner.text]
        elif name != 'ResolveNames':
            raise Fault('ErrorMissingEmailAddress', 'The service account has '
                        'no mailbox.')
        return OPERATIONS[name](box, operation)


BOMB = ('<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + ''.join(
    '<!ENTITY %s "%s">' % (chr(98 + i), ('&%s;' % chr(97 + i)) * 10)
    for i in range(12)) + ']><b>&m;</b>')


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'Microsoft-IIS/10.0'
    disable_nagle_algorithm = True
    wbufsize = -1
    context = None
    who = None

    def log_message(self, *args):
        pass

    def answer(self, status, text, kind='text/xml; charset=utf-8', fields=()):
        data = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    # ---- logins ----

    def denied(self, challenges):
        self.answer(401, '', 'text/html', [('WWW-Authenticate', c)
                                           for c in challenges])

    def basic(self):
        given = self.headers.get('Authorization', '')
        if given == 'Basic ' + base64.b64encode(
                b'tdc@corp.example:secret').decode():
            self.who = 'tdc'
            return True
        STUB.note('login refused')
        self.denied(['Negotiate', 'NTLM', 'Basic realm="corp"'])
        return False

    def negotiate(self):
        import gssapi
        given = self.headers.get('Authorization', '')
        if not given.startswith('Negotiate '):
            self.denied(['Negotiate', 'NTLM'])
            return False
        bindings = gssapi.raw.ChannelBindings(application_data=BINDING)
        try:
            if self.context is None or self.context.complete:
                self.context = gssapi.SecurityContext(
                    usage='accept', channel_bindings=bindings)
            token = self.context.step(base64.b64decode(given[10:]))
            # MIT Kerberos tells who did not name the connection by this
            # flag, GSS_C_CHANNEL_BOUND_FLAG.
            if self.context.complete and not int(
                    self.context.actual_flags) & 2048:
                raise ValueError('not bound to the connection')
        except Exception as reason:
            STUB.note('login refused: %s' % ' '.join(str(reason).split()))
            self.context = None
            self.denied(['Negotiate', 'NTLM'])
            return False
        if not self.context.complete:
            self.denied(['Negotiate ' + base64.b64encode(token).decode()])
            return False
        self.who = str(self.context.initiator_name)
        return True

    # ---- a request ----

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.path != '/EWS/Exchange.asmx':
            return self.answer(404, '', 'text/html')
        if not (self.negotiate() if NEGOTIATE else self.basic()):
            return None
        if self.headers.get('Content-Type') != 'text/xml; charset=utf-8':
            return self.answer(415, '')
        with STUB.lock:
            return self.operate(ET.fromstring(data))

    def operate(self, root):
        STUB.deliver()
        STUB.show()
        name = root[1][0].tag.partition('}')[2] if len(root) > 1 else '?'
        owner = root.find('.//{%s}PrimarySmtpAddress' % T)
        owner = '-' if owner is None else owner.text
        if owner != '-' and self.headers.get('X-AnchorMailbox') != owner:
            STUB.note('no X-AnchorMailbox for ' + owner)
        fault = STUB.next_fault(name)
        status = 200
        parts = []
        try:
            parts = self.before(fault)
            if parts is None:
                STUB.note('%s %s %s %s' % (name, owner, self.who,
                                           fault[0]))
                return None
            parts = parts or STUB.run(root)
            text = ''.join(part_xml(name, part) for part in
                           self.after(fault, parts))
            text = ('<m:%sResponse><m:ResponseMessages>%s</m:ResponseMessages>'
                    '</m:%sResponse>' % (name, text, name))
        except Fault as error:
            status, text = 500, fault_xml(error)
        STUB.note('%s %s %s %d' % (name, owner, self.who, status))
        STUB.show()
        if fault[:1] == ['lost']:
            self.close_connection = True
            return None
        if fault[:1] == ['page']:
            text = text.replace('IncludesLastItemInRange="true"',
                                'IncludesLastItemInRange="false"')
        return self.answer(status, envelope(text))

    def before(self, fault):
        """None: answered; parts in place of the operation's; []: go on"""
        kind, rest = (fault or [''])[0], fault[1:]
        if kind == 'busy':
            raise Fault('ErrorServerBusy', 'The server cannot service this '
                        'request right now. Try again later.', int(rest[0]))
        if kind == 'fault':
            raise Fault(rest[0], 'as the test wants it')
        if kind == 'busy-part':
            return [Fault('ErrorServerBusy', 'Busy.', int(rest[0]))]
        if kind == 'part':
            return [Fault(rest[0], 'as the test wants it')]
        if kind == 'slow':
            STUB.lock.release()  # others need not wait
            time.sleep(float(rest[0]))
            STUB.lock.acquire()
        if kind == 'close':
            self.close_connection = True
            return None
        wrong = {
            'html': '<html><body>Sign in</body></html>',
            'doctype': '<!DOCTYPE x>' + envelope(''), 'bomb': BOMB,
            'broken': envelope('')[:-20], 'empty': '',
            'deep': '<a>' * 10000,
            'huge': ''}
        if kind == 'huge':
            wrong[kind] = envelope('<!--' + 'x' * (40 << 20) + '-->')
        if kind in wrong:
            self.answer(200, wrong[kind])
            return None
        if kind == 'status':
            self.answer(int(rest[0]), '', 'text/html', [
                ('Retry-After', r) for r in rest[1:]])
            return None
        return []

    @staticmethod
    def after(fault, parts):
        return parts[:-1] if fault[:1] == ['few'] else parts


def binding_of(path):
    """tls-server-end-point (RFC 5929) of a certificate signed by SHA-256"""
    with open(path) as pem:
        text = pem.read()
    text = text[text.index('-----BEGIN CERT'):text.index('-----END CERT')]
    text += '-----END CERTIFICATE-----\n'
    return b'tls-server-end-point:' + hashlib.sha256(
        ssl.PEM_cert_to_DER_cert(text)).digest()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        request.settimeout(60)
        try:
            request.do_handshake()
            super().finish_request(request, client_address)
        except OSError:
            pass


def main():
    global STUB, NEGOTIATE, BINDING
    args = sys.argv[1:]
    NEGOTIATE = args[0] == '-n'
    if NEGOTIATE:
        args.pop(0)
    bound = None
    if args[0] == '-B':
        bound = args[1]
        args = args[2:]
    port, cert, key, directory = args
    STUB = Stub(directory)
    BINDING = binding_of(bound or cert)
    server = Server(('127.0.0.1', int(port)), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    STUB.show()
    print('listening', flush=True)
    server.serve_forever()


main()
