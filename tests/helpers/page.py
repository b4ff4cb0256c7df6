#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""page - read a page of HTML strictly, and say what is wrong with it

	page.py FILE

A line for each thing: a tag that is not closed or closes another one; an
element or attribute that could run or load anything; a table without a caption,
a head cell without a scope; a picture without a title and a description; an id
that is there twice, or is referred to and missing; a character that no text
should have.  Nothing when all is well.  What a table says follows after a line
"--", a row a line, its cells separated by " | ".
"""
import html.parser
import sys

VOID = {'meta', 'br', 'rect', 'line'}
KNOWN = VOID | set(
    'html head title style body header main footer section div span p h1 h2 '
    'ul li dl dt dd small table caption thead tbody tr th td details summary '
    'svg g text desc'.split())
# None of these has an address in it, or a script.
ATTRIBUTES = set(
    'lang charset http-equiv content name class id role tabindex scope colspan '
    'width height x y x1 x2 y1 y2 rx data-head aria-label aria-labelledby '
    'aria-hidden'.split())


class Page(html.parser.HTMLParser):
    """Complaints in wrong, rows in rows."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.rows = [], [], []
        self.ids, self.wanted = [], []
        self.cell = None

    def complain(self, text):
        """With the place."""
        self.wrong.append('%d:%d: %s' % (*self.getpos(), text))

    def handle_decl(self, decl):
        if decl != 'DOCTYPE html':
            self.complain('unknown declaration ' + decl)

    def unknown_decl(self, data):
        self.complain('a marked section')

    def handle_comment(self, data):
        self.complain('a comment')

    def handle_pi(self, data):
        self.complain('a processing instruction')

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            self.complain(f'<{tag}/>')
        self.element(tag, dict(attrs))

    def handle_starttag(self, tag, attrs):
        self.element(tag, dict(attrs))
        if tag in VOID:
            return
        self.open.append((tag, dict(attrs), set()))
        if tag == 'tr':
            self.rows.append([])
        if tag in ('th', 'td'):
            self.cell = ''

    def element(self, tag, attrs):
        """One begins; it is known, and its attributes are."""
        if tag not in KNOWN:
            self.complain(f'element {tag}')
        for name, value in attrs.items():
            if name not in ATTRIBUTES:
                self.complain(f'attribute {name} of {tag}')
            if value is None:
                self.complain(f'{name} of {tag} has no value')
        if tag == 'th' and attrs.get('scope') not in ('row', 'col'):
            self.complain('th without a scope')
        if 'id' in attrs:
            self.ids.append(attrs['id'])
        self.wanted += (attrs.get('aria-labelledby') or '').split()
        if self.open:
            self.open[-1][2].add(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.complain(f'</{tag}> does not close anything')
            return
        _, attrs, inside = self.open.pop()
        if tag == 'table' and 'caption' not in inside:
            self.complain('table without a caption')
        if tag == 'svg' and attrs.get('aria-hidden') != 'true' and not (
                attrs.get('role') == 'img' and {'title', 'desc'} <= inside):
            self.complain('svg without a title and a description')
        if tag in ('th', 'td'):
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if any(ord(c) < 32 and c != '\n' or 126 < ord(c) for c in data):
            self.complain('a character that is none of a text: ' + ascii(data))
        if self.cell is not None:
            self.cell += data

    def finish(self):
        """What only the end of the file shows."""
        self.close()
        for tag, _, _ in self.open:
            self.complain(f'<{tag}> is not closed')
        for name in self.wanted:
            if self.ids.count(name) != 1:
                self.complain(f'{name} is there {self.ids.count(name)} times')
        if len(set(self.ids)) != len(self.ids):
            self.complain('an id is there twice')


def main():
    """All of a file."""
    page = Page()
    with open(sys.argv[1], encoding='ascii') as file:
        page.feed(file.read())
    page.finish()
    for line in page.wrong:
        print(line)
    print('--')
    for row in page.rows:
        print(' | '.join(row))


if __name__ == '__main__':
    main()
