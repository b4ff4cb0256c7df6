#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""screen - run a program on a terminal, and tell what is to be seen there

	screen.py LINESxCOLUMNS ACTION... -- COMMAND...

Actions, one after the other: "for=TEXT" waits until that stands on the screen,
"key=C" hits a key, "size=LINESxCOLUMNS" changes the window, "kill=NAME" sends a
signal, "stops" waits until the program has stopped, "run=COMMAND" has the shell
do something, "show" prints the screen.
At the end it waits until the program has ended, and tells how, and how the
terminal was left.

The terminal knows only what such a program needs: any other escape sequence or
control character is told.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

PATIENCE = 20       # seconds
TOKEN = re.compile(rb'\x1b\[([?0-9;]*)([A-Za-z])|\r|\n|[ -~]|(.)', re.S)


class Screen:
    """Letters, and where the next one goes."""

    def __init__(self, size):
        self.unknown, self.state = set(), {'?25': 'h', '?1049': 'l'}
        self.rest = b''
        self.resize(size)

    def resize(self, size):
        """Empty, as a window that is drawn again."""
        self.rows, self.columns = size
        self.late = 2       # screens of another size that may be on their way
        self.lines = [[' '] * self.columns for _ in range(self.rows)]
        self.row = self.column = 0

    def take(self, data):
        """What the program wrote."""
        data = self.rest + data
        cut = data.rfind(b'\x1b')
        whole = cut < 0 or re.match(rb'\x1b\[[?0-9;]*[A-Za-z]', data[cut:])
        self.rest = b'' if whole else data[cut:]
        for token in TOKEN.finditer(data if whole else data[:cut]):
            self.obey(token)

    def obey(self, token):
        """One letter or sequence."""
        text = token.group()
        if token.group(3) is not None:
            self.unknown.add(text)
        elif text == b'\r':
            self.column = 0
        elif text == b'\n':
            self.row += 1
            if self.row == self.rows:
                self.overflow(b'scrolled')
                self.row -= 1
        elif text[:1] != b'\x1b':
            if self.column == self.columns:
                self.overflow(b'wrapped')
                self.column = 0
            self.lines[self.row][self.column] = text.decode()
            self.column += 1
        else:
            self.sequence(*(token.group(n).decode() for n in (1, 2)))

    def overflow(self, how):
        """More than there is room for."""
        if self.late == 0:
            self.unknown.add(how)

    def sequence(self, numbers, letter):
        """An escape sequence."""
        rest = slice(self.column, self.columns)
        if letter == 'H' and numbers == '':
            self.row = self.column = 0
            self.late = max(self.late - 1, 0)
        elif letter in 'JK' and numbers == '':
            if self.column == self.columns:
                self.overflow(b'cleared the last letter')
            self.lines[self.row][rest] = [' '] * len(
                self.lines[self.row][rest])
            for row in range(self.row + 1, self.rows if letter == 'J' else 0):
                self.lines[row] = [' '] * self.columns
        elif letter in 'hl' and numbers in self.state:
            self.state[numbers] = letter
            if numbers == '?1049':
                self.resize((self.rows, self.columns))
        elif letter != 'm':
            self.unknown.add(f'{numbers}{letter}'.encode())

    def text(self):
        """All lines."""
        return '\n'.join(''.join(line).rstrip() for line in self.lines)


class Program:
    """One that runs on a terminal of its own."""

    def __init__(self, size, command):
        self.screen, self.status, self.closed = Screen(size), None, False
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, [])
            sys.stdin.readline()    # until the window has its size
            os.execvp(command[0], command)
        self.resize(size)
        self.before = termios.tcgetattr(self.fd)
        os.write(self.fd, b'\n')

    def resize(self, size):
        """As who pulls at a corner."""
        self.screen.resize(size)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', *size, 0, 0))

    def look(self, until):
        """Read until something is so, or for too long."""
        end = time.monotonic() + PATIENCE
        while not until() and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    self.screen.take(os.read(self.fd, 65536))
                except OSError:
                    self.closed = True      # the other end is
                    time.sleep(0.02)
            if self.status is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
                if pid != 0:
                    self.status = status
        return until()

    def act(self, action):
        """One of them."""
        name, _, value = action.partition('=')
        if name == 'for':
            if not self.look(lambda: re.search(value, self.screen.text(),
                                               re.M)):
                print(f'no {value} on the screen:\n{self.screen.text()}')
        elif name == 'key':
            os.write(self.fd, value.encode())
        elif name == 'size':
            self.resize(tuple(int(n) for n in value.split('x')))
        elif name == 'kill':
            os.kill(self.pid, getattr(signal, 'SIG' + value))
        elif name == 'run':
            subprocess.run(value, shell=True, check=True)
        elif name == 'stops':
            self.look(lambda: self.status is not None)
            # what it wrote before that
            while select.select([self.fd], [], [], 0)[0]:
                self.screen.take(os.read(self.fd, 65536))
            print('stopped,' if self.status is not None and
                  os.WIFSTOPPED(self.status) else 'did not stop,', self.left())
            self.status = None
        else:
            print(self.screen.text())

    def left(self):
        """How the terminal is now."""
        state, modes = self.screen.state, termios.tcgetattr(self.fd)
        return ', '.join([
            'modes ' + ('as before' if modes == self.before else 'changed'),
            'cursor ' + ('shown' if state['?25'] == 'h' else 'hidden'),
            'its own screen' if state['?1049'] == 'h' else 'old screen'])

    def finish(self):
        """Wait for its end."""
        if not self.look(lambda: self.status is not None):
            print('still runs')
            os.kill(self.pid, signal.SIGKILL)
            return
        self.look(lambda: self.closed)
        how = f'exit {os.WEXITSTATUS(self.status)}' if os.WIFEXITED(
            self.status) else signal.Signals(os.WTERMSIG(self.status)).name
        print(f'{how}, {self.left()}')
        for text in sorted(self.screen.unknown):
            print('unknown:', ascii(text))


def main():
    """All of it."""
    end = sys.argv.index('--')
    size = tuple(int(n) for n in sys.argv[1].split('x'))
    program = Program(size, sys.argv[end + 1:])
    for action in sys.argv[2:end]:
        program.act(action)
    program.finish()


if __name__ == '__main__':
    main()
