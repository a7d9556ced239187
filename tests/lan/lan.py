"""Networks for tests: namespaces on a bridge, processes in them, captures, cuts; always cleaned up.

A test is a Python program that begins with `import lan; lan.enter()`. That runs it again in
network, mount and (unless root) user namespaces of its own, where it may make networks and
where nothing reaches the machine's own; all of it ends with the last process inside. Exit code
77, meson's "skipped", where this machine does not allow that.
"""
import contextlib
import ctypes
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

INSIDE = "KITH_LAN_INSIDE"


def enter():
    """Be in namespaces of our own from here on."""
    if os.environ.get(INSIDE):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: never outlive the test
        # A name that is in no capture by chance, as a short one soon is among random bytes.
        socket.sethostname("machine-of-the-tests")
        return
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    words = ["unshare", *user, "--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]
    can = "mount -t tmpfs tmpfs /run && ip netns add x && ip link add kith0 type veth peer name kith1 netns x"
    missing = [w for w in ("unshare", "ip", "nsenter") if shutil.which(w) is None]
    if missing or subprocess.run([*words, "sh", "-c", can], capture_output=True).returncode != 0:
        print("skipped: no network namespaces may be made here", *missing)
        sys.exit(77)
    os.environ[INSIDE] = "1"
    script = 'mount -t tmpfs tmpfs /run && exec "$@"'
    os.execvp("unshare", [*words, "sh", "-c", script, "sh", sys.executable, *sys.argv])


def run(*words, check=True):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done


def until(what, seconds, fact):
    """Ask `fact` until it holds; its value. Fails with `what` after so many seconds."""
    limit = time.monotonic() + seconds
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class Process:
    """A program in a namespace; its lines (both streams) are kept, and can be waited for."""

    def __init__(self, words, env=None):
        self.name = " ".join(str(w) for w in words[-6:])
        self.lines, self.seen = [], 0
        self.popen = subprocess.Popen([str(w) for w in words], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
                                      errors="replace", env={**os.environ, **(env or {})})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.popen.stdout:
            self.lines.append(line.rstrip("\n"))

    def say(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()

    def await_line(self, part, seconds=10):
        """The next line, after those awaited before, that has `part`."""
        def next_line():
            for i in range(self.seen, len(self.lines)):
                if part in self.lines[i]:
                    self.seen = i + 1
                    return self.lines[i] or " "
            if self.popen.poll() is not None and not self.reader.is_alive():
                raise AssertionError(f"{self.name} ended ({self.popen.returncode}) without \"{part}\":\n" + self.text())
            return None
        try:
            return until(f"\"{part}\" from {self.name}", seconds, next_line)
        except AssertionError as e:
            raise AssertionError(f"{e}\nIt said:\n{self.text()}") from None

    def text(self):
        return "\n".join("    " + line for line in self.lines[-40:])

    def ended(self):
        return self.popen.poll() is not None

    def wait(self, seconds=20):
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not end in {seconds} s:\n{self.text()}") from None
        self.reader.join(5)
        return code

    def stop(self, sign=signal.SIGTERM, seconds=10):
        if not self.ended():
            self.popen.send_signal(sign)
        return self.wait(seconds)

    def kill(self):
        self.popen.kill()
        self.popen.wait()
        self.reader.join(5)


class Machine:
    """A network namespace with one interface, `eth0`, on the network's bridge."""

    def __init__(self, net, name, number):
        self.net, self.name, self.port = net, name, f"port{number}"
        self.v4 = f"10.77.0.{number}"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", self.port, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", self.port, "master", net.bridge, "up")
        self.ip("link", "set", "lo", "up")
        # Real machines have IPv6 addresses that do not tell the hardware address.
        self.ip("link", "set", "eth0", "addrgenmode", "random", check=False)
        self.ip("addr", "add", f"{self.v4}/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")

    def enter(self):
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    def ip(self, *words, check=True):
        return run(*self.enter(), "ip", *words, check=check)

    def run(self, *words, check=True):
        return run(*self.enter(), *words, check=check)

    def start(self, *words, env=None):
        process = Process([*self.enter(), *words], env)
        self.net.processes.append(process)
        return process

    def cut(self):
        """Pull the cable: neither side is told."""
        run("ip", "link", "set", self.port, "nomaster")

    def mend(self):
        run("ip", "link", "set", self.port, "master", self.net.bridge)

    def move(self, v4):
        """Another IPv4 address in place of the present one."""
        self.ip("addr", "del", f"{self.v4}/24", "dev", "eth0")
        self.ip("addr", "add", f"{v4}/24", "dev", "eth0")
        self.v4 = v4

    def has_v6(self):
        lines = self.ip("-6", "addr", "show", "dev", "eth0", "scope", "link").stdout
        return "inet6" in lines and "tentative" not in lines

    def v6(self):
        lines = self.ip("-6", "addr", "show", "dev", "eth0", "scope", "link").stdout
        return lines.split("inet6 ")[1].split("/")[0]


class Capture:
    """Every frame to and from one machine, from now on."""

    def __init__(self, machine):
        self.frames = []
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
        self.socket.bind((machine.port, 0))
        self.stopped = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while not self.stopped:
            if select.select([self.socket], [], [], 0.1)[0]:
                self.frames.append(self.socket.recv(65536))

    def stop(self):
        self.stopped = True
        self.thread.join(5)
        self.socket.close()

    def has(self, text):
        """Whether a frame holds this, in any case of its letters."""
        wanted = text.encode().lower() if isinstance(text, str) else text.lower()
        return any(wanted in frame.lower() for frame in self.frames)

    def has_label(self, name):
        """Whether an mDNS message holds this name as a part of a DNS name."""
        label = bytes([len(name)]) + name.encode().lower()
        return any(label in payload.lower() for payload in self.payloads(17, 5353))

    def payloads(self, protocol, port):
        """What was sent over IPv4 or IPv6 with UDP (17) or TCP (6) from or to a port."""
        for frame in self.frames:
            kind = struct.unpack_from("!H", frame, 12)[0]
            if kind == 0x0800 and frame[23] == protocol:
                at = 14 + 4 * (frame[14] & 15)
            elif kind == 0x86dd and frame[20] == protocol:
                at = 54
            else:
                continue
            if port in struct.unpack_from("!HH", frame, at):
                yield frame[at + (8 if protocol == 17 else 4 * (frame[at + 12] >> 4)):]


class Network:
    """Machines on one bridge. Use it in a `with`."""

    def __init__(self, *names):
        self.bridge, self.processes, self.captures = "lan0", [], []
        run("ip", "link", "add", self.bridge, "type", "bridge", "mcast_snooping", "0")
        run("ip", "link", "set", self.bridge, "up")
        self.machines = [Machine(self, name, i + 1) for i, name in enumerate(names)]
        for machine in self.machines:
            # An IPv6 address is of no use before its duplicate check is over.
            until(f"an IPv6 address of {machine.name}", 5, machine.has_v6)
        self.scratch = tempfile.mkdtemp(prefix="kith-lan-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if not process.ended():
                process.kill()
        for capture in self.captures:
            capture.stop()
        for machine in self.machines:
            run("ip", "netns", "del", machine.name, check=False)
            run("ip", "link", "del", machine.port, check=False)
        run("ip", "link", "del", self.bridge, check=False)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def capture(self, machine):
        capture = Capture(machine)
        self.captures.append(capture)
        return capture


class Cases:
    """Cases by their names as sentences; prints TAP-like lines, exits 1 when one failed."""

    def __init__(self):
        self.failed, self.count = 0, 0
        self.wanted = sys.argv[1:]

    @contextlib.contextmanager
    def it(self, name):
        start = time.monotonic()
        self.count += 1
        try:
            yield
            print(f"ok - {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except (AssertionError, RuntimeError, OSError, ValueError) as e:
            self.failed += 1
            print(f"not ok - {name}", flush=True)
            for line in f"{type(e).__name__}: {e}".splitlines():
                print(f"# {line}", flush=True)

    def finish(self):
        sys.exit(1 if self.failed else 0)
