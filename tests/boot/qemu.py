# Boots a board in QEMU, talks to the shell on its serial line and to QEMU itself (QMP).
# Knows nothing of ramscope or of what is tested: test_*.py do.

import json
import os
import re
import select
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# What a kernel prints when something is wrong with it. No test provokes any of these.
FORBIDDEN = re.compile(rb"BUG:|Oops|Kernel panic|WARNING:|Call Trace|Unable to handle|general protection")

# The longest any QEMU may live, whatever becomes of the test that started it.
QEMU_SECONDS = 900


def sparse_memory(mem):
    """Options (extra) for memory that this machine need not have as a whole: it gives what is touched."""
    return f"-object memory-backend-ram,id=ram,size={mem},reserve=off -machine memory-backend=ram"


class GuestError(Exception):
    """The guest or QEMU did not do what the test needs."""


class Qemu:
    """One running QEMU: its serial line as bytes, its monitor as QMP.

    mem: the board's own, unless a test needs another. cmdline stands for the board's CMDLINE (board.words() without some, for example); append is added to either."""

    def __init__(self, board, mem=None, append="", initramfs=None, extra="", cmdline=None):
        self.board = board
        self.log = b""
        self.scratch = tempfile.TemporaryDirectory(prefix="ramscope-boot-")
        self.dir = Path(self.scratch.name)
        self.socket_path = self.dir / "qmp"
        self.qmp_file = None
        env = dict(os.environ, MEM=mem or board.keys["QEMU_MEM"], APPEND=append)
        env["QEMU_EXTRA"] = f"-qmp unix:{self.socket_path},server=on,wait=off {extra}"
        if initramfs:
            env["INITRAMFS"] = str(initramfs)
        if cmdline is not None:
            env["CMDLINE"] = cmdline
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["timeout", "-k", "5", str(QEMU_SECONDS), str(board.run_sh)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        os.set_blocking(self.process.stdout.fileno(), False)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.terminate()  # timeout(1) passes it on
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        if self.qmp_file:
            self.qmp_file.close()
        self.scratch.cleanup()

    # --- the serial line

    def pump(self, seconds):
        """Takes in what comes within that time; False at the end of QEMU's output."""
        out = self.process.stdout
        if not select.select([out], [], [], seconds)[0]:
            return True
        data = out.read(1 << 20)
        if data:
            self.log += data
            return True
        return data is None

    def wait_for(self, pattern, seconds, start=0):
        """The match of a pattern in what came over the line from byte start on."""
        deadline = time.monotonic() + seconds
        compiled = re.compile(pattern, re.M)
        while True:
            match = compiled.search(self.log, start)
            if match:
                return match
            left = deadline - time.monotonic()
            if left <= 0 or not self.pump(min(left, 1)):
                why = f"no {pattern!r} within {seconds} s" if left <= 0 else "QEMU ended"
                raise GuestError(f"{why}; the last lines were:\n{self.tail()}")

    def wait_for_line(self, pattern, seconds, start=0):
        """The same, once its line has come to its end: the rest of it is not to look like the next command's output."""
        match = self.wait_for(pattern, seconds, start)
        self.wait_for(rb"\n", seconds, match.end() - 1)
        return match

    def wait_exit(self, seconds):
        """QEMU's exit status, once the board has switched itself off."""
        deadline = time.monotonic() + seconds
        while self.pump(max(0, min(1, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                raise GuestError(f"not switched off within {seconds} s:\n{self.tail()}")
        status = self.process.wait()
        self.elapsed = time.monotonic() - self.started
        return status

    def tail(self, lines=15):
        return "\n".join(self.text().splitlines()[-lines:])

    def text(self):
        return self.log.decode("ascii", "backslashreplace").replace("\r\n", "\n")

    def complaints(self, data=None):
        """The lines in which the kernel says that something went wrong."""
        lines = (self.log if data is None else data).splitlines()
        return [line.decode("ascii", "replace") for line in lines if FORBIDDEN.search(line)]

    # --- QEMU's monitor

    def qmp(self, command, **arguments):
        if not self.qmp_file:
            self.qmp_connect()
        self.qmp_file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.qmp_file.flush()
        while True:
            line = self.qmp_file.readline()
            if not line:
                raise GuestError(f"QMP ended in {command}")
            answer = json.loads(line)
            if "error" in answer:
                raise GuestError(f"QMP {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def qmp_connect(self):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(120)
        for _ in range(100):
            try:
                link.connect(str(self.socket_path))
                break
            except OSError:
                time.sleep(0.05)
        self.qmp_file = link.makefile("rw", encoding="utf-8")
        link.close()  # the file keeps it open
        self.qmp_file.readline()
        self.qmp("qmp_capabilities")

    def monitor(self, line):
        return self.qmp("human-monitor-command", **{"command-line": line})

    def stop(self):
        self.qmp("stop")

    def cont(self):
        self.qmp("cont")

    def memory(self, phys, size):
        """QEMU's own copy of guest memory."""
        path = self.dir / "pmemsave"
        self.qmp("pmemsave", val=phys, size=size, filename=str(path))
        data = path.read_bytes()
        path.unlink()
        return data

    def poke(self, phys, data):
        """Writes guest memory, by QEMU's stub for debuggers in its mode of physical addresses."""
        def ask(text):
            link.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())
            answer = b""
            while not re.search(rb"#..$", answer):
                answer += link.recv(4096)
            link.sendall(b"+")
            if b"$OK#" not in answer:
                raise GuestError(f"debugger's stub: {text[:30]}: {answer!r}")

        path = self.dir / "gdb"
        self.stop()  # or the stub says that it stopped
        self.monitor(f"gdbserver unix:{path},server=on,wait=off")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(60)
            link.connect(str(path))
            ask("Qqemu.PhyMemMode:1")
            ask(f"M{phys:x},{len(data):x}:{data.hex()}")
            ask("D")
        self.monitor("gdbserver none")
        self.cont()

    def virt_to_phys(self, virt):
        """By QEMU's own page-table walk, from the CPU's current root; None where nothing is mapped."""
        match = re.search(r"gpa: (0x[0-9a-f]+)", self.monitor(f"gva2gpa {virt:#x}"))
        return int(match[1], 16) if match else None

    def dump_core(self, path):
        self.qmp("dump-guest-memory", paging=False, protocol=f"file:{path}")


class Guest(Qemu):
    """A board booted into the test shell (tests/guest/files/init)."""

    def __init__(self, board, mem=None, append="", extra="", cmdline=None):
        super().__init__(board, mem, f"rdinit=/tests/init {append}", board.test_initramfs, extra, cmdline)
        self.number = 0
        # What ends QEMU: a machine that cannot switch itself off restarts, which is its end, too (-no-reboot).
        self.off = "reboot" if board.keys["AFTER"] == "reboot" else "poweroff"
        try:
            self.wait_for_line(rb"^@@@ ready", 120)
        except GuestError:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind, value, trace):
        try:
            if kind is None and self.process.poll() is None:
                self.finish()
        finally:
            super().__exit__(kind, value, trace)

    def send(self, line):
        """Returns where the output that follows begins."""
        start = len(self.log)
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        return start

    def try_sh(self, command, seconds=60):
        """Exit status and output of a shell command."""
        self.number += 1
        start = self.send(f"{self.number} {command}")
        end = self.wait_for(rb"^@@@ %d (\d+)\r?\n" % self.number, seconds, start)
        output = self.log[start:end.start()].decode("ascii", "backslashreplace")
        return int(end[1]), output.rstrip("\n")

    def sh(self, command, seconds=60, statuses=(0,)):
        """Output of a shell command that must succeed."""
        status, output = self.try_sh(command, seconds)
        if status not in statuses:
            raise GuestError(f"'{command}' ended with {status}: {output[-500:]}")
        return output

    def start(self, command, pattern, seconds=60):
        """Starts a command in the background and waits for what it prints when it is ready."""
        return self.wait_for_line(pattern, seconds, self.send(f"& {command}"))

    def hold(self, name, size, command, seconds=120):
        """Runs a command whose output stays in guest memory: (bytes, exit status, [(phys, size)...])."""
        line = self.start(f"hold {name} {size} {command}",
                          rb"^hold %s (\d+) (\d+) (\S+)\r?\n" % name.encode(), seconds)
        runs = re.findall(r"(0x[0-9a-f]+)\+(\d+)", line[3].decode())
        return int(line[1]), int(line[2]), [(int(pfn, 16) * 4096, int(count) * 4096) for pfn, count in runs]

    def json(self, command, seconds=60, statuses=(0,)):
        """NDJSON output of a command, as a list of dictionaries."""
        output = self.sh(command, seconds, statuses)
        return [json.loads(line) for line in output.splitlines() if line]

    def finish(self):
        """Looks into the kernel's log and switches the guest off."""
        bad = self.complaints(self.sh("dmesg").encode()) + self.complaints()
        self.send(f"0 {self.off} -f")
        self.wait_exit(30)
        if bad:
            raise GuestError("the kernel complained:\n" + "\n".join(bad[:10]))
