# Every board and every class of address: what ramscope predicts, what it observes, what is expected, and that the
# remedy it prints works. The expectations are written down by hand from the kernel's sources (drivers/char/mem.c,
# arch/x86/mm/init.c and pat/memtype.c, fs/proc/kcore.c, 6.1); nothing here was taken from ramscope's output.

import itertools
import re

from board import DEFAULT, ROOT
from harness import exit_statuses, one, require, require_equal, rows, test
from qemu import Guest

WAYS = "mmap", "read", "kcore"

# One line a class: mmap, read, kcore. In capitals an errno: refused. "-" is not tried, "absent" not in the file.
# What stands behind it is the cause.
OPEN = """
page 0             ok                     ok                      absent not-in-kcore
RAM below 1 MiB    ok                     ok                      ok
page part RAM      ok                     - part-ram              absent not-in-kcore
video memory       - video                - video                 absent not-in-kcore
ROM                ok                     ok                      absent not-in-kcore
RAM above 1 MiB    ok                     ok                      ok
last page of RAM   ok                     ok                      ok
claimed device     mapped                 - not-ram               absent not-in-kcore
beyond RAM         mapped                 EFAULT beyond-ram       absent not-in-kcore
beyond the CPU     EINVAL beyond-cpu      EFAULT beyond-cpu       absent not-in-kcore
"""


def table(text):
    """{class: {way: (result, errno, cause)}}"""
    found = {}
    for line in text.strip().splitlines():
        name, *cells = re.split(r"  +", line.strip())
        found[name] = {}
        for way, cell in zip(WAYS, cells):
            first, _, cause = cell.partition(" ")
            errno = first if first.isupper() else None
            result = "refused" if errno else "skipped" if first == "-" else first
            found[name][way] = result, errno, cause or "none"
    return found


def changed(base, text):
    """The table with some of its lines replaced."""
    return {**base, **table(text)}


def without(base, ways, cause):
    """The same where nothing opened for those ways."""
    return {name: {way: ("skipped", None, cause) if way in ways else cell for way, cell in row.items()}
            for name, row in base.items()}


OPENED = table(OPEN)
# phys_mem_access_prot_allowed(): EINVAL for RAM from 1 MiB on while PAT is on; read() does not come by there.
PAT = changed(OPENED, """
RAM above 1 MiB    EINVAL pat             ok                      ok
last page of RAM   EINVAL pat             ok                      ok
""")
# devmem_is_allowed(): 2 for RAM below 1 MiB, where read() gives zeros, 0 above; what is no RAM is not looked at.
STRICT = changed(OPENED, """
RAM below 1 MiB    ok                     zeros strict-zeros      ok
RAM above 1 MiB    EPERM strict-devmem    EPERM strict-devmem     ok
last page of RAM   EPERM strict-devmem    EPERM strict-devmem     ok
""")
# iomem_is_exclusive(): what a driver has claimed, from 1 MiB on.
IO_STRICT = changed(STRICT, """
claimed device     EPERM io-strict-devmem  - not-ram              absent not-in-kcore
""")

# kcore_update_ram() with CONFIG_HIGHMEM: from 0 to the end of lowmem, whatever lies there. No I/O APIC is claimed on a
# kernel for one processor, but an HPET is.
LOWMEM = """
page 0             ok                     ok                      ok
page part RAM      ok                     - part-ram              ok
video memory       - video                - video                 - not-ram
ROM                ok                     ok                      ok
"""
# valid_phys_addr_range(): up to high_memory, the end of lowmem.
PAE = changed(OPENED, LOWMEM + """
last page of RAM   ok                     EFAULT beyond-ram       absent highmem
highmem            ok                     EFAULT beyond-ram       absent highmem
""")

# By board: the table; how open() of /dev/mem and of /proc/kcore end.
BOARDS = {
    "qemu-x86_64": (OPENED, "ok", "ok"),
    "qemu-x86_64-pat": (PAT, "ok", "ok"),
    "qemu-x86_64-strict": (STRICT, "ok", "ok"),
    "qemu-x86_64-iostrict": (IO_STRICT, "ok", "ok"),
    "qemu-x86_64-lockdown-integrity": (without(OPENED, ("mmap", "read"), "lockdown"), "EPERM lockdown", "ok"),
    "qemu-x86_64-lockdown-confidentiality": (
        without(without(OPENED, ("mmap", "read"), "lockdown"), ("kcore",), "lockdown-kcore"),
        "EPERM lockdown", "EPERM lockdown-kcore"),
    "qemu-x86_64-nodevmem": (without(OPENED, ("mmap", "read"), "no-devmem"), "ENOENT no-devmem", "ok"),
    "debian-stock": (IO_STRICT, "ok", "ok"),
    "qemu-i386-pae": (PAE, "ok", "ok"),
    "qemu-i386-sparse": (PAE, "ok", "ok"),
}

# By cause of a refusal: what its sentence must name, and what lifts it; None where nothing does.
WORDS = {
    "pat": ("PAT forbids mmap of RAM above 1 MiB", 'boot with "nopat"'),
    "strict-devmem": ("CONFIG_STRICT_DEVMEM forbids RAM above 1 MiB", "only a kernel built with CONFIG_STRICT_DEVMEM=n"),
    "strict-zeros": ("CONFIG_STRICT_DEVMEM: read gives zeros", "only a kernel built with CONFIG_STRICT_DEVMEM=n"),
    "io-strict-devmem": ("CONFIG_IO_STRICT_DEVMEM: a driver has claimed", 'boot with "iomem=relaxed"'),
    "lockdown": ("locked down: no /dev/mem", 'boot without "lockdown="'),
    "lockdown-kcore": ("locked down for confidentiality: no /proc/kcore", "lockdown"),
    "no-devmem": ("no /dev/mem (CONFIG_DEVMEM is off)", "only a kernel built with CONFIG_DEVMEM=y"),
    "beyond-ram": ("the kernel's direct map of RAM ends", None),
    "beyond-cpu": ("this CPU has no such physical address", None),
}

# What this board does not tell of itself and nothing observed before settles: no prediction.
UNTOLD = {
    "debian-stock": {("RAM above 1 MiB", "mmap"), ("RAM above 1 MiB", "read"), ("claimed device", "mmap")},
}


def cell_of(answer):
    """(result, errno, cause) of an answer, as table() writes them. A page of RAM may well hold zeros."""
    result = "ok" if (answer["observed"], answer["cause"]) == ("zeros", "none") else answer["observed"]
    return result, answer["errno"], answer["cause"]


def open_cell(text):
    first, _, cause = text.partition(" ")
    return ("ok", None, "none") if first == "ok" else ("refused", first, cause)


@test(boards=list(BOARDS))
def access_matrix(t):
    """Each class of address by each way: predicted = observed = expected, with its cause and remedy."""
    expected, mem, kcore = BOARDS[t.board.name]
    with Guest(t.board) as g:
        records = g.json("ramscope access --json")
        g.finish()
    answers = {(r["class"], r["way"]): r for r in rows(records, "access", "answer")}
    wanted = {(name, way): cell for name, row in expected.items() for way, cell in row.items()}
    wanted["/dev/mem", "open"] = open_cell(mem)
    wanted["/proc/kcore", "open"] = open_cell(kcore)
    wrong = [f"{key}: observed {cell_of(answers[key])}, expected {cell}"
             for key, cell in wanted.items() if key in answers and cell_of(answers[key]) != cell]
    wrong += [f"{key}: not tried" for key in wanted.keys() - answers.keys()]
    wrong += [f"{key}: not expected" for key in answers.keys() - wanted.keys()]
    untold = UNTOLD.get(t.board.name, set())
    for key, answer in answers.items():
        result = cell_of(answer)[0]
        predicted = answer["predicted"], answer["predicted_cause"]
        if key in untold:
            require_equal(predicted[0], "unknown", f"prediction of {key}")
        elif result != "skipped":  # what is not tried is predicted all the same, and nothing shows it
            observed = result, answer["cause"]
            if predicted != observed or answer["match"] is not True:
                wrong.append(f"{key}: predicted {predicted}, observed {observed}, match {answer['match']}")
    require(not wrong, "; ".join(wrong))
    # Every refusal of the kernel has its row: a sentence, and what lifts it or that nothing does.
    told = {r["name"]: r for r in rows(records, "access", "cause")}
    refused = {cell[2] for cell in wanted.values() if cell[0] in ("refused", "zeros")}
    require(refused <= told.keys(), f"no sentence for {refused - told.keys()}")
    for cause in refused:
        text, lift = WORDS[cause]
        require(text in told[cause]["text"], f"{cause}: the sentence is {told[cause]['text']!r}")
        require((lift in (told[cause]["lift"] or "")) if lift else told[cause]["lift"] is None,
                f"{cause}: the remedy is {told[cause]['lift']!r}, expected {lift!r}")
    t.note(f"{len(wanted)} answers, {len(untold)} of them not to be predicted")


@test(boards="all")
def access_transcript(t):
    """`ramscope access` as a person sees it: access.txt of the board, line by line; 44 lines of 80 columns."""
    kept = (ROOT / "board" / t.board.name / "access.txt").read_text().splitlines()
    with Guest(t.board) as g:
        lines = g.sh("ramscope access").splitlines()
        g.finish()
    require(len(lines) <= 44, f"{len(lines)} lines")
    wide = [line for line in lines if len(line) > 80]
    require(not wide, f"lines wider than 80 columns: {wide}")
    for got, want in itertools.zip_longest(lines, kept):
        pattern = re.escape(want or "").replace(r"0x\*", r" *0x[0-9a-f]+")
        require(got is not None and want is not None and re.fullmatch(pattern, got),
                f"line {got!r}, expected {want!r}; all of it:\n" + "\n".join(lines))


# By board: a command, what is taken away by the remedy that is printed, or what is added.
NEEDS_RAM = "ramscope --method=mmap dump {code:#x}+64"
NEEDS_DEVICE = "ramscope --i-know-this-address-is-safe=0xfec00000+4096 --method=mmap dump 0xfec00000+16"
REMEDIES = {
    "qemu-x86_64-pat": NEEDS_RAM,
    "qemu-x86_64-strict": NEEDS_RAM,
    "qemu-x86_64-iostrict": NEEDS_DEVICE,
    "qemu-x86_64-lockdown-integrity": NEEDS_RAM,
    "qemu-x86_64-lockdown-confidentiality": "ramscope --method=kcore dump {code:#x}+64",
    "qemu-x86_64-nodevmem": NEEDS_RAM,
}


def try_command(board, command, **changes):
    """(status, output) of a command; {code} in it is the address of the kernel's code."""
    with Guest(board, **changes) as g:
        found = re.search(r"^ *([0-9a-f]+)-.* : Kernel code$", g.sh("cat /proc/iomem"), re.M)
        result = g.try_sh(command.format(code=int(found[1], 16)) + " 2>&1")
        g.finish()
    return result


def apply_remedy(t, text):
    """(board, what to change of its boot) as the remedy says: a word with or without, or a kernel option."""
    hint = " ".join(re.findall(r"^ramscope: try: (.*)", text, re.M))
    for words, change in ((r'boot with "([^"]+)"', lambda w: {"append": w}),
                          (r'boot without "([^"]+)"', lambda w: {"cmdline": " ".join(
                              word for word in t.board.words().split() if not word.startswith(w))})):
        found = re.search(words, hint)
        if found:
            return t.board, change(found[1])
    option = re.search(r"(CONFIG_\w+)=([yn])", hint)
    require(option, f"no remedy that can be applied: {text}")
    other = t.board_named(DEFAULT)
    with Guest(other) as g:
        built = g.sh(f"zcat /proc/config.gz | grep -w {option[1]}")
        g.finish()
    require_equal(built.endswith("=y"), option[2] == "y", f"{option[1]} of the default board")
    return other, {}


@test(boards=list(REMEDIES))
def access_remedy(t):
    """The remedy that is printed with a refusal makes the same command succeed."""
    command = REMEDIES[t.board.name]
    status, text = try_command(t.board, command)
    require_equal(status, exit_statuses()["refused"], f"status before: {text}")
    board, changes = apply_remedy(t, text)
    status, after = try_command(board, command, **changes)
    require_equal(status, 0, f"status on {board.name} with {changes}: {after}")
    t.note(re.search(r"try: (.*)", text)[1])


# What is taken away, how to run and how to give it back; then what the answer must name (cause and remedy), and where
# the census comes from, or the name of the failure when there can be none.
LESS = {
    "not root": ("", "as 65534 none ramscope", "", "owner and mode of the file", "run as root", "refused"),
    "no CAP_SYS_RAWIO": ("", "as 0 17 ramscope", "", "lacks CAP_SYS_RAWIO", "CAP_SYS_RAWIO", "kpageflags"),
    "no /proc": ("umount /proc", "ramscope", "mount -t proc proc /proc", "/proc is not mounted", "mount -t proc",
                 "system"),
    "no /sys": ("umount /sys/kernel/debug /sys/kernel/security; umount /sys", "ramscope", "mount -t sysfs sysfs /sys",
                "nothing|PAT", "none needed", "mmap"),
    "no /dev": ("mkdir -p /tmp/jail/bin /tmp/jail/proc /tmp/jail/sys; cp /bin/ramscope /tmp/jail/bin; "
                "mount -t proc proc /tmp/jail/proc; mount -t sysfs sysfs /tmp/jail/sys", "jail /tmp/jail /bin/ramscope",
                "umount /tmp/jail/proc /tmp/jail/sys", "no /dev/mem", "mount -t devtmpfs", "kcore"),
}


@test
def access_less(t):
    """With less than root, /proc, /sys and /dev: the first three lines name cause and remedy; the census works or says."""
    statuses = {number: name for name, number in exit_statuses().items()}
    with Guest(t.board) as g:
        for what, (before, command, after, cause, remedy, source) in LESS.items():
            if before:
                g.try_sh(before)
            status, text = g.try_sh(f"{command} access 2>&1")
            told, census = g.try_sh(f"{command} pages --json 2>&1")
            if after:
                g.try_sh(after)
            head = "\n".join(text.strip().splitlines()[1:4])
            require_equal(status, 0, f"{what}: status of access: {text}")
            require(re.search(cause, head), f"{what}: the first three lines do not name {cause!r}:\n{text}")
            require(remedy in head, f"{what}: the first three lines do not name the remedy {remedy!r}:\n{text}")
            found = re.search(r'"source":"(\w+)"', census)
            require_equal(found[1] if found else statuses[told], source, f"{what}: source of the census: {census[:300]}")
        g.finish()


@test(boards="qemu-x86_64-pat")
def access_mismatch(t):
    """An answer that was not predicted is a finding of its own: here the kernel's own word on PAT is made a false one."""
    findings = exit_statuses()["findings"]
    with Guest(t.board) as g:
        require_equal(g.try_sh("ramscope access")[0], 0, "status of access before")
        g.sh("sed 's/ pat / /' /proc/cpuinfo >/tmp/cpu; mount -o bind /tmp/cpu /proc/cpuinfo")
        answers = rows(g.json("ramscope access --json", statuses=(findings,)), "access", "answer")
        wrong = {(r["class"], r["way"]): (r["predicted"], r["observed"]) for r in answers if r["match"] is False}
        require_equal(wrong, {(name, "mmap"): ("ok", "refused") for name in ("RAM above 1 MiB", "last page of RAM")},
                      "mismatches")
        text = g.sh("ramscope access", statuses=(findings,))
        require(re.search("predict", text), f"the text does not say so: {text}")
        end = one(g.json("ramscope report --json", statuses=(findings,)), "ramscope", "end")
        require_equal(end["status"], findings, "status of the report")
        t.note(next(line for line in text.splitlines() if "predict" in line).strip())
