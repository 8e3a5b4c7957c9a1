# SPDX-License-Identifier: Apache-2.0
"""A real glmapd (and its sandbox) as a child process, for the tests that kill it and the bench that loads it."""
import http.client
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time

START_SECONDS_MAX = 60


class Process:
    """A child that prints `listening on URL`. Its stderr goes to a file, which is shown when it does not come up."""

    def __init__(self, command, log):
        self.command, self.log = [str(part) for part in command], pathlib.Path(log)
        self.child, self.address = None, None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        deadline, text = time.monotonic() + START_SECONDS_MAX, b""
        while time.monotonic() < deadline:
            if select.select([self.child.stdout], [], [], .1)[0]:
                piece = os.read(self.child.stdout.fileno(), 4096)
                text += piece
                if found := re.search(rb"listening on http://([0-9.]+:[0-9]+)\n", text):
                    host, port = found[1].decode().rsplit(":", 1)
                    self.address = (host, int(port))
                    return self
                if not piece:
                    break
        self.kill()
        raise RuntimeError("%s did not come up:\n%s" % (" ".join(self.command[:2]), self.log.read_text(errors="replace")[-3000:]))

    @property
    def url(self):
        return "http://%s:%d" % self.address

    def connect(self, seconds_max=60):
        return http.client.HTTPConnection(*self.address, timeout=seconds_max)

    def get(self, path):
        """The JSON of a resource; an answer other than 200 is an error."""
        connection = self.connect()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except OSError as fault:
            raise RuntimeError("GET %s: %s; %s" % (path, fault, self.ending())) from fault
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError("GET %s: %d %s" % (path, answer.status, body[:500]))
        return json.loads(body)

    def all(self, path, member):
        """Every record of a list, page by page."""
        found, after = [], 0
        while True:
            page = self.get("%s?limit=1000&after=%d" % (path, after))[member]
            if not page:
                return found
            found += page
            after = page[-1]["sequence"]

    def ending(self):
        """How the process ended, in words, with the last it wrote."""
        try:
            status = self.child.wait(2)
        except (subprocess.TimeoutExpired, AttributeError):
            return "the process runs"
        return "the process ended with %d; its last words:\n%s" % (status, self.log.read_text(errors="replace")[-1500:])

    def peak_mb(self):
        status = pathlib.Path("/proc/%d/status" % self.child.pid).read_text(encoding="ascii", errors="replace")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024

    def kill(self):
        """SIGKILL: the process gets no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def _end(self, number):
        if self.child and self.child.poll() not in (None, 0):   # it fell over before it was killed: nobody else would notice
            words = self.ending()
            self.child.stdout.close()
            self.child = None
            raise RuntimeError(words)
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)
            try:
                self.child.wait(60)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        if self.child:
            self.child.stdout.close()
        self.child = None


def gateway(binary, folder, config):
    """glmapd serve in `folder` with this configuration (YAML text)."""
    path = pathlib.Path(folder) / "glmapd.yaml"
    path.write_text(config, encoding="utf-8")
    return Process([binary, "serve", "--config", path], pathlib.Path(folder) / "glmapd.log")
