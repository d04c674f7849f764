# The whole build. "make help" lists the targets; V=1 shows every command.
# The only place that says how anything is compiled; what a board is made of stands in board/<name>/board.mk.

RAMSCOPE_VERSION := 0.1.0

# Which boards the boot tests run: the one that was asked for, else all.
DEFAULT_BOARD := qemu-x86_64
BOARDS := $(sort $(patsubst board/%/board.mk,%,$(wildcard board/*/board.mk)))
TEST_BOARDS := $(if $(BOARD),$(BOARD),$(BOARDS))
BOARD ?= $(DEFAULT_BOARD)

ifeq ($(wildcard board/$(BOARD)/board.mk),)
$(error there is no board/$(BOARD)/board.mk; the boards are: $(BOARDS))
endif

# The board, after the boards it builds on: what is read last counts.
base = $(shell sed -n 's/^BASE *= *//p' board/$(1)/board.mk)
chain = $(foreach b,$(call base,$(1)),$(call chain,$(b))) $(1)
CHAIN := $(call chain,$(BOARD))
BOARD_MKS := $(CHAIN:%=board/%/board.mk)
ASKED_SERIES := $(KERNEL_SERIES)
include $(BOARD_MKS)

# The kernel: of the series that was asked for (KERNEL_SERIES=, as an argument or in the environment), else of the
# board's own. Another series has another output folder.
key = $(shell sed -n 's/^$(2) *= *//p' $(patsubst %,board/%/board.mk,$(call chain,$(1))) | tail -n 1)
OWN_SERIES := $(call key,$(BOARD),KERNEL_SERIES)
override KERNEL_SERIES := $(or $(ASKED_SERIES),$(OWN_SERIES))
BOARD_CONFIGS := $(wildcard $(foreach b,$(CHAIN),board/$(b)/linux.config board/$(b)/linux-$(KERNEL_SERIES).config))

JOBS := $(shell nproc)
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s %s\n' '$(1)' '$(2)')
ensure_dir = @mkdir -p $(@D)

OUT := build/$(BOARD)$(if $(filter-out $(OWN_SERIES),$(KERNEL_SERIES)),-$(KERNEL_SERIES))
BIN := build/$(ARCH)/ramscope

# --- what there is to compile

SRC := src
SRCS := $(sort $(wildcard $(SRC)/*.c $(SRC)/*/*.c $(SRC)/*/*/*.c))
LIB_SRCS := $(filter-out $(SRC)/main.c,$(SRCS))
UNIT_SRCS := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_COMMON := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_NAMES := $(FUZZ_SRCS:tests/fuzz/fuzz_%.c=%)
GUEST_SRCS := $(sort $(wildcard tests/guest/*.c))
TEST_SCRIPTS := $(sort $(wildcard tests/*.sh))
MAN_PAGES := $(wildcard src/*.8)
SHELL_SCRIPTS := initramfs/init $(sort $(wildcard initramfs/*.sh board/tools/*.sh tests/*.sh tests/*/*.sh)) $(wildcard tests/guest/files/init) .ci/run

UNIT_BINS := $(UNIT_SRCS:%.c=build/host/%)
REPLAY_BINS := $(FUZZ_SRCS:%.c=build/host/%)
FUZZ_BINS := $(FUZZ_SRCS:%.c=build/fuzz/%)
GUEST_BINS := $(GUEST_SRCS:tests/guest/%.c=build/$(ARCH)/tests/%)

# --- how it is compiled

WARN := -Wall -Wextra -Wshadow -Wconversion -Werror
DEFS := -D_GNU_SOURCE -DRAMSCOPE_VERSION='"$(RAMSCOPE_VERSION)"' -Isrc
DEPGEN = -MMD -MP -MF $(@:%=%.d) -MT $@

# The board: musl, static, small, and the same bytes wherever and whenever it is built. Not position-independent:
# a static program at a fixed address needs no relocations, and nothing here is exposed to an attacker.
# Optimised for size and as one unit: with -Os file by file the binary is 7 KB larger.
CC_x86_64 := musl-gcc
CC_i386 := build/i386/musl/gcc
BOARD_CC := $(CC_$(ARCH))
# The one that is made here, if it is one, has to be there first.
MADE_CC := $(filter build/%,$(BOARD_CC))
OPT := -Oz -fno-inline-functions-called-once -fno-optimize-sibling-calls
LTO := -flto=1 -flto-partition=one
BOARD_CFLAGS = -std=c11 $(OPT) $(LTO) -mgeneral-regs-only -mskip-rax-setup -fno-ipa-sra -fno-if-conversion \
	-fno-partial-inlining -fno-tree-dominator-opts -fno-jump-tables -fno-caller-saves -fno-reorder-functions -fshort-enums -malign-data=abi $(WARN) $(DEFS) \
	-fno-pie -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffile-prefix-map=$(CURDIR)=.
BOARD_LDFLAGS := $(LTO) -Oz -static -no-pie -Wl,--gc-sections,--build-id=none -Wl,-z,noseparate-code,-z,norelro,-z,common-page-size=64 -s \
	-nostartfiles -l:crt1.o

# The pass over all struct pages is the one hot loop.
build/$(ARCH)/obj/census/sums.o: OPT := -O2

# Kernel headers for programs against musl: behind musl's own, so that nothing of glibc is found first.
KERNEL_HEADERS := -idirafter /usr/include/x86_64-linux-gnu -idirafter /usr/include

# The host: the same sources under sanitizers, for unit tests and fuzzing.
HOST_CC := gcc
CLANG := clang
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_CFLAGS := -std=c11 -g -O1 -fno-omit-frame-pointer $(SAN) $(DEFS) -Itests/unit
FUZZ_CFLAGS := -std=c11 -g -O1 -fno-omit-frame-pointer $(DEFS)

# --- targets for people

.PHONY: all deps run test test-unit test-sh test-fuzz test-boot test-matrix test-lint lint fuzz bench boards help clean

##
## make            build the binary, the kernel and the initramfs of a board (BOARD=name, KERNEL_SERIES=6.12)
all: $(BIN) $(OUT)/kernel $(OUT)/initramfs.cpio.gz $(OUT)/run.sh

## make run        build and boot the board on this terminal: the main job (MEM=4G, APPEND='kernel words')
run:
	@board/tools/deps.sh run
	@$(MAKE) all
	@$(OUT)/run.sh | tee $(OUT)/serial.log
	@grep -q '^=== ramscope done status=' $(OUT)/serial.log || \
		{ echo 'the board did not reach the end of its report' >&2; exit 1; }

## make deps       install the Debian packages that are missing (DEPS=no only lists them)
deps:
	@board/tools/deps.sh run test bench

## make test       all tests; ends with "N passed, N failed"
TEST_PARTS := test-lint test-unit test-sh test-fuzz test-boot
test:
	@board/tools/deps.sh run test
	@rm -rf build/tests/results
	@$(MAKE) -k $(TEST_PARTS); tests/tools/tally.sh sum $$?

## make test-unit  unit tests, on the host under sanitizers
test-unit:
	@$(MAKE) -j$(JOBS) $(UNIT_BINS)
	@tests/tools/tally.sh run unit $(UNIT_BINS:%='CMOCKA_MESSAGE_OUTPUT=TAP %')

## make test-sh    tests that are shell scripts, and captures read by the binary that ships
test-sh: $(BIN)
	@tests/tools/tally.sh run sh $(TEST_SCRIPTS)

## make test-fuzz  every parser on the inputs kept for it, under sanitizers
test-fuzz:
	@$(MAKE) -j$(JOBS) $(REPLAY_BINS)
	@tests/tools/tally.sh run fuzz $(foreach n,$(FUZZ_NAMES),'build/host/tests/fuzz/fuzz_$(n) tests/fuzz/corpus/$(n)/*')

## make test-boot  boot the boards and compare with what others say of the same memory (BOARD=name for one)
##                 ends with a table: board x kernel series x route to memory
## make test-matrix  the cells of that table only, but of all boards with all series that Debian has for them
# All is built before anything boots, one after the other: boards share files. A guest has one processor, so boards are
# tested side by side, the default board first: it has the most tests by far.
test-boot: TARGETS = $(if $(ASKED_SERIES),$(TEST_BOARDS:%=%@$(ASKED_SERIES)),$(TEST_TARGETS))
test-matrix: TARGETS = $(MATRIX_TARGETS)
test-matrix: WORD = census_everywhere
test-boot test-matrix:
	@rm -rf build/tests/cells
	@failed=0; \
	for target in $(TARGETS); do $(MAKE) BOARD=$${target%@*} KERNEL_SERIES=$${target#*@} test-files || failed=1; done; \
	printf '%s\n' $(filter $(DEFAULT_BOARD)@%,$(TARGETS)) $(filter-out $(DEFAULT_BOARD)@%,$(TARGETS)) | \
		xargs -P $(JOBS) -I {} sh -c '$(MAKE) BOARD=$${1%@*} KERNEL_SERIES=$${1#*@} WORD=$(WORD) test-board' - {} || failed=1; \
	tests/tools/tally.sh run matrix 'tests/boot/matrix.py build $(TARGETS)' && exit $$failed

# What is booted, as board@series: every board with its own series, and these; for the matrix, what the key SERIES says.
OTHER_TARGETS := $(foreach b,$(DEFAULT_BOARD) debian-stock,$(b)@5.10 $(b)@6.12)
TEST_TARGETS = $(sort $(foreach b,$(TEST_BOARDS),$(b)@$(call key,$(b),KERNEL_SERIES)) \
	$(filter $(patsubst %,%@%,$(TEST_BOARDS)),$(OTHER_TARGETS)))
MATRIX_TARGETS = $(foreach b,$(TEST_BOARDS),$(addprefix $(b)@,$(or $(call key,$(b),SERIES),$(call key,$(b),KERNEL_SERIES))))

## make lint       a second compiler, the shell scripts, the man page
lint test-lint:
	@tests/tools/tally.sh run lint '$(MAKE) lint-clang' 'shellcheck -x -P SCRIPTDIR $(SHELL_SCRIPTS)' \
		$(if $(MAN_PAGES),'mandoc -T lint -W warning $(MAN_PAGES)')

## make fuzz       new inputs for every parser (RUNS=5000000 for each)
RUNS ?= 5000000
fuzz: $(FUZZ_NAMES:%=fuzz-%)

## make bench      the measurements, side by side with other tools, with ratios
bench:
	@board/tools/deps.sh run bench
	@$(MAKE) test-files
	tests/bench/run-bench.py --build build --board $(BOARD)

## make boards     list the boards
boards:
	@sed -s -n 's/^DESCRIPTION *= *//p' $(BOARDS:%=board/%/board.mk) | \
		{ for board in $(BOARDS); do read -r description; printf '%-36s %s\n' $$board "$$description"; done; }

## make clean      remove build/ (not the cache of built kernels outside the checkout)
clean:
	rm -rf build

## make help       this list
help:
	@sed -n 's/^## //p' Makefile

# --- the board

$(BIN): $(SRCS:$(SRC)/%.c=build/$(ARCH)/obj/%.o)
	$(call say,LINK,$@)
	$(Q)$(BOARD_CC) $(BOARD_LDFLAGS) -o $@ $^
	@wc -c $@ | sed 's/^/  SIZE     /'

build/i386/musl/gcc: board/tools/musl.sh board/tools/lib.sh
	@board/tools/musl.sh $(@D)

build/$(ARCH)/obj/%.o: $(SRC)/%.c Makefile $(MADE_CC)
	$(ensure_dir)
	$(call say,CC,$<)
	$(Q)$(BOARD_CC) $(BOARD_CFLAGS) $(DEPGEN) -c -o $@ $<

ifdef KERNEL_PACKAGE
$(OUT)/kernel: $(BOARD_MKS) board/tools/kernel-package.sh board/tools/lib.sh
	@board/tools/kernel-package.sh $(KERNEL_SERIES) $(ARCH) $(KERNEL_PACKAGE) $(OUT)
else
# vmlinux and page-types come with it, as links into the cache: if the cache is gone, the kernel is built again.
CACHE_GONE := $(shell [ -e $(OUT)/vmlinux ] || echo FORCE)
$(OUT)/kernel: $(BOARD_CONFIGS) $(BOARD_MKS) board/tools/kernel.sh board/tools/lib.sh $(CACHE_GONE)
	@board/tools/kernel.sh $(KERNEL_SERIES) $(ARCH) $(OUT) $(BOARD_CONFIGS)
endif

build/$(ARCH)/busybox: initramfs/busybox.config initramfs/busybox.sh board/tools/lib.sh $(MADE_CC)
	@initramfs/busybox.sh $(ARCH) $(BOARD_CC) $@

$(OUT)/initramfs.cpio.gz: $(BIN) build/$(ARCH)/busybox initramfs/init initramfs/pack.sh
	$(ensure_dir)
	$(call say,PACK,$@)
	$(Q)initramfs/pack.sh $(BOARD) build/$(ARCH)/busybox $(BIN) $@
	@wc -c $@ | sed 's/^/  SIZE     /'

RUNSH_KEYS := CONSOLE CMDLINE AFTER QEMU QEMU_ARGS QEMU_MEM QEMU_ACCEL
$(OUT)/run.sh: export_keys = $(foreach k,$(RUNSH_KEYS),$(k)='$($(k))')
$(OUT)/run.sh: $(BOARD_MKS) board/tools/runsh.sh
	$(ensure_dir)
	$(call say,WRITE,$@)
	$(Q)$(export_keys) board/tools/runsh.sh $(BOARD) $@

# --- tests on the host

HOST_LIB := build/host/libramscope.a
FUZZ_LIB := build/fuzz/libramscope.a

build/host/%.o: %.c Makefile
	$(ensure_dir)
	$(call say,HOSTCC,$<)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(if $(filter $(SRC)/%,$<),$(WARN),-Wall -Wextra -Werror) $(DEPGEN) -c -o $@ $<

build/fuzz/%.o: %.c Makefile
	$(ensure_dir)
	$(call say,FUZZCC,$<)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link $(SAN) $(DEPGEN) -c -o $@ $<

$(HOST_LIB): $(LIB_SRCS:%.c=build/host/%.o)
$(FUZZ_LIB): $(LIB_SRCS:%.c=build/fuzz/%.o)
%/libramscope.a:
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(UNIT_BINS): build/host/%: build/host/%.o $(UNIT_COMMON:%.c=build/host/%.o) $(HOST_LIB)
	$(Q)$(HOST_CC) $(SAN) -o $@ $^ -lcmocka

$(REPLAY_BINS): build/host/%: build/host/%.o build/host/tests/fuzz/driver.o $(HOST_LIB)
	$(Q)$(HOST_CC) $(SAN) -o $@ $^

$(FUZZ_BINS): build/fuzz/%: build/fuzz/%.o $(FUZZ_LIB)
	$(Q)$(CLANG) -fsanitize=fuzzer $(SAN) -o $@ $^

# What the fuzzer finds on the way stays in build/; the inputs that are kept are chosen by hand.
fuzz-%: build/fuzz/tests/fuzz/fuzz_%
	@mkdir -p build/fuzz/corpus/$* build/fuzz/findings tests/fuzz/corpus/$*
	$< -runs=$(RUNS) -timeout=10 -print_final_stats=1 -artifact_prefix=build/fuzz/findings/$*- \
		build/fuzz/corpus/$* tests/fuzz/corpus/$*

# The same sources, the same warnings, another compiler; against musl's headers, as on the board.
MUSL_HEADERS_x86_64 := /usr/include/x86_64-linux-musl
MUSL_HEADERS_i386 := build/i386/musl/usr/include/i386-linux-musl
lint-clang: lint-clang-x86_64 lint-clang-i386
lint-clang-i386: build/i386/musl/gcc
lint-clang-x86_64 lint-clang-i386: lint-clang-%:
	$(Q)$(CLANG) --target=$*-linux-musl -nostdlibinc -isystem $(MUSL_HEADERS_$*) \
		-std=c11 $(WARN) $(DEFS) -fsyntax-only $(SRCS)

# --- tests in the guest

$(GUEST_BINS): build/$(ARCH)/tests/%: tests/guest/%.c Makefile $(MADE_CC)
	$(ensure_dir)
	$(call say,GUESTCC,$<)
	$(Q)$(BOARD_CC) -std=c11 -O2 -Wall -Wextra -Werror $(DEFS) $(KERNEL_HEADERS) $(DEPGEN) \
		-fno-pie -static -no-pie -Wl,--build-id=none -s -o $@ $<

# The kernel's own tool, from the same source as the kernel, for comparison: its code is not this project's.
# All boards share it with the default one, whose kernel is never a prebuilt one without source.
PAGE_TYPES := build/$(DEFAULT_BOARD)/page-types
ifneq ($(OUT),build/$(DEFAULT_BOARD))
build/$(DEFAULT_BOARD)/kernel: FORCE
	@$(MAKE) -s BOARD=$(DEFAULT_BOARD) KERNEL_SERIES= $@
endif
build/$(ARCH)/tests/page-types: build/$(DEFAULT_BOARD)/kernel Makefile $(MADE_CC)
	$(ensure_dir)
	$(call say,GUESTCC,page-types)
	$(Q)$(BOARD_CC) -O2 -w -D_GNU_SOURCE -I$(PAGE_TYPES)/tools/lib -I$(PAGE_TYPES)/tools/lib/api $(KERNEL_HEADERS) -fno-pie -static -no-pie -s \
		-o $@ $(addprefix $(PAGE_TYPES)/tools/,vm/page-types.c lib/api/fs/fs.c lib/api/debug.c)

# Packed under /tests; a boot with rdinit=/tests/init starts there instead of at /init.
GUEST_FILES := $(shell find tests/guest/files -type f 2>/dev/null)
GUEST_TREE := build/$(ARCH)/tests-tree
build/$(ARCH)/tests.cpio.gz: $(GUEST_BINS) build/$(ARCH)/tests/page-types $(GUEST_FILES) initramfs/pack.sh
	$(call say,PACK,$@)
	$(Q)rm -rf $(GUEST_TREE) && mkdir -p $(GUEST_TREE)/tests
	$(Q)cp $(GUEST_BINS) build/$(ARCH)/tests/page-types $(GUEST_TREE)/tests/
	$(Q)[ ! -d tests/guest/files ] || cp -R tests/guest/files/. $(GUEST_TREE)/tests/
	$(Q)initramfs/pack.sh --tree $(GUEST_TREE) $@

# The kernel unpacks archives that follow one another.
$(OUT)/initramfs-test.cpio.gz: $(OUT)/initramfs.cpio.gz build/$(ARCH)/tests.cpio.gz
	$(Q)cat $^ >$@

# What the boot tests of a board need; a test that needs another board, too, asks for it by this name.
test-files: all $(OUT)/initramfs-test.cpio.gz
	@:

test-board:
	@$(MAKE) test-files
	@tests/tools/tally.sh run boot-$(notdir $(OUT)) \
		'tests/boot/run-tests.py --build build --board $(BOARD) --series $(KERNEL_SERIES) -k "$(WORD)"'

.PHONY: FORCE lint-clang lint-clang-i386 lint-clang-x86_64 test-files test-board
FORCE:

-include $(shell find build -name '*.d' -type f 2>/dev/null)
