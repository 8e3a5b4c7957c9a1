# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster of our own, for one test: made in a folder, reached by a socket in it and by nothing else, gone with
it. Speaks through psql, so that no driver is needed."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

FOLDERS = ["/usr/lib/postgresql/%d/bin" % version for version in range(18, 12, -1)]


def program(name):
    for folder in FOLDERS:
        if os.access("%s/%s" % (folder, name), os.X_OK):
            return "%s/%s" % (folder, name)
    return shutil.which(name)


def installed():
    return all(program(name) for name in ("initdb", "pg_ctl", "postgres", "psql"))


def as_other_user():
    """PostgreSQL refuses to run as root: words in front of a command that make somebody else of root."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", "--reuid=%d" % user.pw_uid, "--regid=%d" % user.pw_gid, "--clear-groups"], user
    return [], None


class Server:
    def __init__(self, careful=False):
        """`careful`: loses nothing when it falls over, as a store must; slower."""
        self.make_folder()
        self.do(program("initdb"), "-D", self.data, "-U", "glmap", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        self.start("" if careful else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off")

    def make_folder(self):
        self.prefix, user = as_other_user()
        # A socket's path is short by law, and everybody on the way to it must be let in.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="glmap-pg-", dir="/tmp"))
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data = self.folder / "data"

    def start(self, more=""):
        options = ("-c listen_addresses='' -c unix_socket_directories='%s' %s -c max_wal_size=8GB -c shared_buffers=256MB -c work_mem=128MB "
                   "-c jit=off" % (self.folder, more))
        self.do(program("pg_ctl"), "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def do(self, *command):
        environment = dict(os.environ, LC_ALL="C.UTF-8", HOME=str(self.folder))
        done = subprocess.run([*self.prefix, *map(str, command)], env=environment, cwd=self.folder, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: %s%s" % (command[0], done.stdout, done.stderr))

    def psql(self, *arguments, stdin=None, stdout=subprocess.PIPE):
        done = subprocess.run([program("psql"), "-X", "-q", "-h", str(self.folder), "-U", "glmap", "-d", "postgres", "-v", "ON_ERROR_STOP=1",
                               *map(str, arguments)], stdin=stdin or subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                              env=dict(os.environ, PGCLIENTENCODING="UTF8", PGOPTIONS="-c client_min_messages=warning -c search_path=glmap"),
                              check=False)
        if done.returncode != 0:
            raise RuntimeError("psql: " + done.stderr.decode("utf-8", "replace"))
        return (done.stdout or b"").decode("utf-8")

    def url(self):
        """For libpq."""
        return "postgresql:///postgres?user=glmap&host=%s" % self.folder

    def forget(self):
        """Everything of an earlier script."""
        self.psql("-c", "DROP SCHEMA IF EXISTS glmap CASCADE")

    def run_file(self, path):
        self.psql("-f", path)

    def columns(self, *patterns):
        """table -> its columns, in order."""
        found = {}
        wanted = " OR ".join("table_name LIKE '%s'" % pattern.replace("_", r"\_") for pattern in patterns)
        for line in self.psql("-At", "-F", "\t", "-c", "SELECT table_name, column_name FROM information_schema.columns WHERE "
                              "table_schema = 'glmap' AND (%s) ORDER BY table_name, ordinal_position" % wanted).splitlines():
            table, column = line.split("\t")
            found.setdefault(table, []).append(column)
        return found

    def copy_in(self, columns, rows, work):
        files = {table: open(work / (table + ".copy"), "w", encoding="utf-8", newline="\n") for table in columns}
        for table, row in rows:
            files[table].write("\t".join(r"\N" if value is None else str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")
                                         for value in row) + "\n")
        for table, file in files.items():
            file.close()
            with open(file.name, "rb") as text:
                self.psql("-c", "COPY %s FROM STDIN" % table, stdin=text)

    def rows(self, query, path):
        with open(path, "wb") as out:
            self.psql("-c", "COPY (%s) TO STDOUT" % query, stdout=out)
        unescaped = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}
        with open(path, encoding="utf-8", newline="\n") as lines:
            result = []
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                result.append(tuple(unescape(field, unescaped) if "\\" in field else field for field in fields))
        return iter(result)

    def stop(self):
        try:
            self.do(program("pg_ctl"), "-D", self.data, "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class Standby(Server):
    """A copy of `primary` that follows it: what the primary confirms from now on is on both."""

    def __init__(self, primary):
        self.make_folder()
        self.do(program("pg_basebackup"), "-D", self.data, "-h", primary.folder, "-U", "glmap", "-R", "-c", "fast")
        self.start()
        primary.psql("-c", "ALTER SYSTEM SET synchronous_standby_names = '*'", "-c", "SELECT pg_reload_conf()")

    def promote(self):
        self.do(program("pg_ctl"), "-D", self.data, "-w", "promote")


def unescape(text, known):
    out, at = [], 0
    while at < len(text):
        pair = text[at:at + 2]
        out.append(known.get(pair, text[at]))
        at += 2 if pair in known else 1
    return "".join(out)
