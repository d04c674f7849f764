# Where ramscope has the layout of struct page from: VMCOREINFO and BTF, each against a reader that is not ours.
# Whether pages come out right with that layout, test_oracle.py and test_census.py say.

import re
import struct
import subprocess
import tempfile
from pathlib import Path

from harness import one, require, require_equal, test
from qemu import Guest

HEADER = struct.Struct("<HBBIIIII")  # struct btf_header: magic, version, flags, hdr_len, types, names


def vmcoreinfo(g):
    """The text of the kernel's note, out of QEMU's memory, where /sys/kernel/vmcoreinfo says."""
    phys, size = g.sh("cat /sys/kernel/vmcoreinfo").split()
    note = g.memory(int(phys, 16), int(size, 16))
    namesz, descsz, _ = struct.unpack_from("<III", note)
    text = note[12 + (namesz + 3 & ~3):][:descsz]
    return dict(re.findall(r"^([^=\n]+)=(.*)$", text.rstrip(b"\0").decode(), re.M))


def btf(g):
    """The kernel's BTF, out of QEMU's memory: in the image, as long as its file in /sys."""
    size = int(g.sh("stat -c %s /sys/kernel/btf/vmlinux"))
    for start, end in re.findall(r"^ *([0-9a-f]+)-([0-9a-f]+) : Kernel (?:rodata|code|data)$", g.sh("cat /proc/iomem"), re.M):
        image = g.memory(int(start, 16), int(end, 16) - int(start, 16) + 1)
        for match in re.finditer(re.escape(struct.pack("<HBBI", 0xeb9f, 1, 0, 24)), image):
            if match.start() + 24 > len(image):
                continue
            header = HEADER.unpack_from(image, match.start())
            if header[6] + header[7] + 24 == size:
                return image[match.start():match.start() + size]
    raise AssertionError(f"no BTF of {size} bytes in the kernel's image")


class Types:
    """BTF as bpftool reads it."""

    def __init__(self, data):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "vmlinux"
            path.write_bytes(data)
            text = subprocess.run(["/usr/sbin/bpftool", "btf", "dump", "file", path, "format", "raw"], check=True,
                                  stdout=subprocess.PIPE, encoding="ascii").stdout
        self.types, self.named = [None], {}
        for line in text.splitlines():
            if line.startswith("["):
                kind, name = re.match(r"\[\d+\] (\w+)(?: '([^']*)')?", line).groups()
                self.types.append((kind, dict(re.findall(r"(\w+)=(\S+)", line)), []))
                if kind in ("STRUCT", "UNION", "ENUM", "ENUM64", "TYPEDEF") and name != "(anon)":
                    if name not in self.named or kind != "TYPEDEF":
                        self.named[name] = len(self.types) - 1
            else:
                name, rest = re.match(r"\t'?([^' ]*)'? (.*)", line).groups()
                self.types[-1][2].append((name, dict(re.findall(r"(\w+)=(-?\d+)", rest))))

    def resolve(self, number):
        while self.types[number][0] in ("TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"):
            number = int(self.types[number][1]["type_id"])
        return self.types[number]

    def member(self, number, name):
        """Offset in bits and type of a member, through structs without a name; None if there is none."""
        for found, entry in self.resolve(number)[2]:
            at, kind = int(entry["bits_offset"]), int(entry["type_id"])
            if found == name:
                return at, kind
            if found == "(anon)" and self.resolve(kind)[0] in ("STRUCT", "UNION"):
                inner = self.member(kind, name)
                if inner:
                    return at + inner[0], inner[1]
        return None

    def value(self, enum, name):
        entries = dict(self.types[self.named[enum]][2]) if enum in self.named else {}
        return int(entries[name]["val"]) if name in entries else None

    def told(self, key):
        """What BTF has for a key of VMCOREINFO, None when it has nothing."""
        match = re.fullmatch(r"(SIZE|OFFSET|LENGTH)\((\w+)(?:\.(\w+))?\)", key)
        if match and match[2] in self.named:
            number = self.named[match[2]]
            if not match[3]:
                return int(self.resolve(number)[1]["size"]) if match[1] == "SIZE" else None
            found = self.member(number, match[3])
            if not found or match[1] == "OFFSET":
                return found and found[0] // 8
            kind, facts, _ = self.resolve(found[1])
            return int(facts["nr_elems"]) if kind == "ARRAY" else None
        match = re.fullmatch(r"NUMBER\((PAGE_(\w+)_MAPCOUNT_VALUE|PG_head_mask|\w+)\)", key)
        if match and match[2]:
            value = self.value("pagetype", f"PGTY_{match[2].lower()}")
            return value and (value << 24) - (1 << 32)
        if match and match[1] == "PG_head_mask":
            return 1 << self.value("pageflags", "PG_head")
        if match:
            enum = "pageflags" if match[1].startswith("PG_") else \
                "compound_dtor_id" if match[1].endswith("DTOR") else "zone_stat_item"
            return self.value(enum, match[1])
        return None


@test(boards="debian-stock", series="all")
def layout_sources(t):
    """VMCOREINFO and BTF, read by others, agree; ramscope compared as many, and has each flag where bpftool sees it."""
    with Guest(t.board) as g:
        info, types = vmcoreinfo(g), Types(btf(g))
        ours = one(g.json("ramscope pages --json"), "pages", "sources")
        both = {key: types.told(key) for key in info if types.told(key) is not None}
        for key, value in both.items():
            require_equal(int(info[key]), value, f"{key} by VMCOREINFO and by BTF")
        require(len(both) > 60, f"only {len(both)} facts that both tell")
        require_equal(ours["sources"], "vmcoreinfo btf", "sources")
        require_equal(ours["no_btf"], None, "why BTF was not used")
        # Flags by the order, the number of zones, page types and mapcounts come on top of them.
        require(len(both) + 20 < ours["agreed"] < len(both) + 45, f"{ours['agreed']} facts compared, {len(both)} in both")
        t.note(f"{info['OSRELEASE']}: {len(both)} facts in VMCOREINFO and BTF are the same, {ours['agreed']} compared")


def private_moved(data):
    """Where bytes of that BTF have to change, and to what, for page.private to lie 8 bytes further on."""
    _, _, _, header, _, types_len, names_at, _ = HEADER.unpack_from(data)
    name = data.index(b"\0private\0", header + names_at) + 1 - header - names_at
    # In an anonymous struct 8 bytes into struct page: 32 bytes. Others that match are not asked for.
    member = re.compile(re.escape(struct.pack("<I", name)) + b"...." + re.escape(struct.pack("<I", 256)), re.S)
    return {match.end() - 4: 256 + 64 & 0xff for match in member.finditer(data, header, header + types_len)}


@test(boards="debian-stock", series="all")
def layout_wrong_btf(t):
    """The kernel's BTF with a member moved: status and both values; cut or of zeros: told, and done without it."""
    with Guest(t.board) as g:
        def sources():
            return one(g.json("ramscope pages --json"), "pages", "sources")

        g.sh("cat /sys/kernel/btf/vmlinux >/tmp/moved; head -c 100000 /tmp/moved >/tmp/cut; "
             "head -c 100000 /dev/zero >/tmp/zeros")
        for name, words in (("cut", "its types"), ("zeros", "no header")):
            g.sh(f"mount --bind /tmp/{name} /sys/kernel/btf/vmlinux")
            told = sources()
            require_equal(told["sources"], "vmcoreinfo", f"sources with {name}")
            require(words in told["no_btf"], f"{name}: {told['no_btf']}")
            require("BTF is not used" in g.sh("ramscope pages"), f"{name}: the text does not tell")
            g.sh("umount /sys/kernel/btf/vmlinux")
        require_equal(sources()["sources"], "vmcoreinfo btf", "sources before it is spoiled")
        for at, value in private_moved(btf(g)).items():
            g.sh(f"printf '\\{value:o}' | dd of=/tmp/moved bs=1 seek={at} conv=notrunc 2>/dev/null")
        g.sh("mount --bind /tmp/moved /sys/kernel/btf/vmlinux")
        status, text = g.try_sh("ramscope pages 2>&1")
        require_equal(status, 35, "status with page.private moved")
        require("OFFSET(page.private) is 40 by the one, 48 by the other" in " ".join(text.split()), text)
        require("free" not in text, "there are counts")
        g.sh("ramscope pages --method=kpageflags")
        t.note("page.private at 40 and at 48 told apart")
