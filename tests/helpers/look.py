#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""look - show a page of HTML to a headless Chromium, and say what it saw

	look.py DIRECTORY FILE WIDTH-SCHEME...

For a screen of each WIDTH with a SCHEME that is light, dark or print, a line of
JSON: how wide the page is (scrollWidth), its height, how many colours a
screenshot of all of it has, what stands on the console, how many scripts it
has, and how often the words of LOOK_FOR stand in its text.  DIRECTORY, which is
empty, is for the browser; screenshots are left there as WIDTH-SCHEME.png.

chromedriver is asked by WebDriver's JSON over HTTP, which needs no library; a
headless window cannot be narrower than 500 pixels, an emulated device can.
"""
import base64
import json
import os
import struct
import subprocess
import sys
import time
import urllib.request
import zlib

ARGUMENTS = [
    'headless=new', 'no-sandbox', 'disable-gpu', 'disable-quic',
    'no-first-run', 'disable-background-networking',
    'disable-component-update', 'disable-sync', 'disable-dev-shm-usage',
    'hide-scrollbars']


class Browser:
    """A session of chromedriver's, which ends with the with statement."""

    def __init__(self, directory):
        self.driver = subprocess.Popen(
            ['chromedriver', '--port=0'], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, 'HOME': directory})
        self.url = 'http://127.0.0.1:%d/session' % self.port()
        self.url += '/' + self.ask('', {'capabilities': {'alwaysMatch': {
            'goog:loggingPrefs': {'browser': 'ALL'},
            'goog:chromeOptions': {
                'args': ARGUMENTS + ['user-data-dir=' + directory + '/user'],
            }}}})['sessionId']

    def port(self):
        """What it says once it listens."""
        for line in self.driver.stdout:
            words = line.rstrip('.\n').split()
            if 'started' in line and words[-1].isdigit():
                return int(words[-1])
        sys.exit('look: chromedriver does not start')

    def ask(self, path, body):
        """One command; its value."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(),
            {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)['value']

    def cdp(self, command, **params):
        """One of the browser's own commands."""
        return self.ask('/goog/cdp/execute',
                        {'cmd': command, 'params': params})

    def run(self, script):
        """What a script returns that is run in the page."""
        return self.ask('/execute/sync', {'script': script, 'args': []})

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        try:
            urllib.request.urlopen(urllib.request.Request(
                self.url, method='DELETE'), timeout=10).close()
        except OSError:
            pass
        self.driver.terminate()
        self.driver.wait()


def unfilter(kind, line, above, size):
    """A line of a PNG as it was before its filter (PNG, 9.2)."""
    for i, byte in enumerate(line):
        left = line[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        if kind == 4:
            guess = left + above[i] - corner
            near = [abs(guess - left), abs(guess - above[i]),
                    abs(guess - corner)]
            add = (left, above[i], corner)[near.index(min(near))]
        else:
            add = (0, left, above[i], (left + above[i]) // 2)[kind]
        line[i] = (byte + add) & 255
    return line


def colours(png, most=64):
    """How many different ones there are, up to most."""
    width, _, _, kind = struct.unpack('>IIBB', png[16:26])
    size = {2: 3, 6: 4}[kind]
    data, at = b'', 8
    while at < len(png):
        length, name = struct.unpack('>I4s', png[at:at + 8])
        if name == b'IDAT':
            data += png[at + 8:at + 8 + length]
        at += length + 12
    data = zlib.decompress(data)
    above, found = bytes(width * size), set()
    for start in range(0, len(data), width * size + 1):
        line = unfilter(data[start], bytearray(
            data[start + 1:start + 1 + width * size]), above, size)
        found.update(bytes(line[i:i + size])
                     for i in range(0, len(line), size))
        if len(found) >= most:
            break
        above = line
    return len(found)


def show(browser, url, width, scheme):
    """Load the page for such a screen; a screenshot of all of it."""
    browser.cdp('Emulation.setDeviceMetricsOverride', width=width,
                height=800, deviceScaleFactor=1, mobile=width < 700)
    browser.cdp('Emulation.setEmulatedMedia',
                media='print' if scheme == 'print' else 'screen',
                features=[{'name': 'prefers-color-scheme', 'value':
                           'dark' if scheme == 'dark' else 'light'}])
    browser.ask('/se/log', {'type': 'browser'})     # of the empty page
    browser.ask('/url', {'url': url})
    for _ in range(200):
        if browser.run('return document.readyState') == 'complete':
            break
        time.sleep(0.02)
    return base64.b64decode(browser.cdp(
        'Page.captureScreenshot', captureBeyondViewport=True)['data'])


def look(browser, directory, url, width, scheme):
    """What there is to say of it."""
    png = show(browser, url, width, scheme)
    with open(f'{directory}/{width}-{scheme}.png', 'wb') as file:
        file.write(png)
    root = 'return document.documentElement.'
    text = browser.run('return document.body.innerText')
    return {
        'width': browser.run(root + 'scrollWidth'),
        'height': browser.run(root + 'scrollHeight'),
        'colours': colours(png),
        'console': [line['message'] for line in browser.ask(
            '/se/log', {'type': 'browser'})],
        'scripts': browser.run('return document.scripts.length'),
        'found': text.count(os.environ.get('LOOK_FOR', '\0')),
    }


def main():
    """Each way to look at it."""
    directory, file, *ways = sys.argv[1:]
    with Browser(directory) as browser:
        for way in ways:
            width, scheme = way.split('-')
            print(json.dumps({'at': way, **look(
                browser, directory, 'file://' + os.path.abspath(file),
                int(width), scheme)}), flush=True)


if __name__ == '__main__':
    main()
