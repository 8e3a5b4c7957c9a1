# SPDX-License-Identifier: Apache-2.0
"""What a reader types and what comes back: `console` blocks, run line by line and compared."""
import os
import re
import subprocess

COMMAND_SECONDS_MAX = 60


def masked(text):
    """Digests and sizes change with every release of the compiler."""
    return re.sub(r"\b\d+ bytes\b", "... bytes", re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", text))


class Terminal:
    def __init__(self, home, glmapc):
        self.home, self.folder = home, home
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1", HOME=str(home),
                                PATH=os.path.dirname(glmapc) + os.pathsep + os.environ["PATH"])

    def type(self, command):
        """What the command shows, both streams in one, as in a terminal."""
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:].strip()).resolve()
            return "" if self.folder.is_dir() else "there is no folder %s\n" % self.folder.name
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS_MAX, check=False)
        text = masked(done.stdout.decode("utf-8", "replace")).replace(str(self.home), "~")
        return "".join(line.rstrip() + "\n" for line in text.splitlines())


def run_console(terminal, lines):
    """The block as it would read if it were typed now."""
    shown = []
    for line in lines:
        if line.startswith("$ "):
            shown.append(line)
            shown += terminal.type(line[2:]).splitlines()
    while shown and not shown[-1]:
        shown.pop()
    return shown
