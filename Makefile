# SPDX-License-Identifier: BSD-2-Clause
#
# make            the programs, below build/
# make deps       the Debian packages that building and testing need (apt)
# make check      build, run every test; ends in prove's summary
# make demo       the main job, on a private Postfix
# make bench      cost and speed, as ratios side by side in one run
# make lint       cppcheck, clang-tidy, mandoc -Tlint, layers
# make fuzz       the fuzzers, FUZZ_TIME seconds each
# make man-lists  put the lists in the man pages, after a change of the tables
# make install    to DESTDIR, below PREFIX; make uninstall
#
# SAN=address,undefined or SAN=thread builds beside, below build-SAN/.

PREFIX    ?= /usr/local
SBINDIR   ?= $(PREFIX)/sbin
MANDIR    ?= $(PREFIX)/share/man
DOCDIR    ?= $(PREFIX)/share/doc/tdc
CONFDIR   ?= /etc/tdc
UNITDIR   ?= /usr/lib/systemd/system
SYSUSERS  ?= /usr/lib/sysusers.d
TMPFILES  ?= /usr/lib/tmpfiles.d
FUZZ_TIME ?= 60

VERSION := 0.1.0
CC      ?= cc
comma   := ,
B       := build$(if $(SAN),-$(subst $(comma),-,$(SAN)))

WARN   := -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion \
          -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wundef
# With sanitizers gcc follows paths that cannot be, and warns of them.
SANWARN := $(if $(findstring clang,$(CC)),,-Wno-format-truncation -Wno-format-overflow \
           -Wno-maybe-uninitialized)
HARDEN := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
ALL     = -std=gnu17 -g $(WARN) -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DCONFDIR='"$(CONFDIR)"' -pthread \
          $(if $(SAN),-O1 -fno-omit-frame-pointer -fsanitize=$(SAN) $(SANWARN),$(HARDEN)) -MMD -MP $(CFLAGS)
LINK    = @echo "LD $@" && $(CC) -pthread $(if $(SAN),-fsanitize=$(SAN),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) $(LDFLAGS)

LIBS_journal := -ljansson
LIBS_policy  := -ldb-5.3 -llmdb -lcdb -lpcre2-8 -lidn2 -lunistring
LIBS_milter  := -lmilter
LIBS_forward := -lssl -lcrypto -lunbound -lcurl
LIBS         := $(LIBS_journal) $(LIBS_policy)
ALL_LIBS     := $(LIBS_milter) $(LIBS_forward) $(LIBS)

FOLDERS  := base policy journal milter forward control
PROGRAMS := $(B)/tdc-milter $(B)/tdc-forwarder $(B)/tdcctl
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%.t,$(wildcard tests/unit/test_*.c))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
TOOLS    := $(patsubst tests/tools/%.c,$(B)/tests/%,$(wildcard tests/tools/*.c)) \
            $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/*.c))
SYSTEM   := $(wildcard tests/system/*.t)

all: $(PROGRAMS)

# One archive a folder: all but main.c.
define archive
$(B)/$(1).a: $(patsubst %.c,$(B)/%.o,$(filter-out $(1)/main.c,$(wildcard $(1)/*.c)))
	@rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive,$(f))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(ALL) -c -o $@ $<

$(B)/tdc-milter: $(B)/milter/main.o $(B)/milter.a $(B)/policy.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_milter) $(LIBS)
$(B)/tdc-forwarder: $(B)/forward/main.o $(B)/forward.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_forward) $(LIBS_journal)
$(B)/tdcctl: $(B)/control/main.o $(B)/control.a $(B)/policy.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS)

# Tests.  A unit test names system calls to be wrapped in a line "WRAP: a b".
wraps = $(foreach w,$(shell sed -n 's/^.*WRAP: //p' $(1)),-Wl,--wrap=$(w))
ARCHIVES := $(B)/milter.a $(B)/control.a $(B)/forward.a $(B)/policy.a $(B)/journal.a $(B)/base.a
$(B)/tests/unit/%.t: $(B)/tests/unit/%.o $(ARCHIVES)
	$(LINK) $(call wraps,tests/unit/$*.c) -o $@ $< $(ARCHIVES) $(ALL_LIBS) -lcmocka
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(ARCHIVES)
	$(LINK) -o $@ $^ $(ALL_LIBS)
$(B)/libfuzzer/%: $(B)/tests/fuzz/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(ARCHIVES)
	$(LINK) -o $@ $< $(ARCHIVES) $(ALL_LIBS)
$(B)/tests/%: $(B)/tests/tools/%.o $(ARCHIVES)
	$(LINK) -o $@ $< $(ARCHIVES) $(ALL_LIBS)

deps:
	sh tests/deps.sh

# gcc 12's thread sanitizer cannot live with today's address randomisation.
RUN := $(if $(filter thread,$(SAN)),setarch -R)
build-tests: all $(UNIT) $(FUZZ) $(TOOLS)
check:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) build-tests
	$(RUN) sh tests/check.sh $(B) $(TESTS)
demo:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) all $(TOOLS)
	sh tests/demo.sh $(B)
bench:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) all $(TOOLS)
	sh tests/bench.sh $(B)
lint:
	sh tests/deps.sh lint
	sh tests/lint.sh
fuzz:
	sh tests/deps.sh lint
	sh tests/fuzz.sh $(FUZZ_TIME)

man-lists: $(B)/tests/lists
	sh tests/man-lists.sh $(B)

PLACES = DESTDIR='$(DESTDIR)' BUILD='$(B)' \
         $(foreach v,SBINDIR MANDIR DOCDIR CONFDIR UNITDIR SYSUSERS TMPFILES,$(v)='$($(v))')
install: all
	@$(PLACES) sh contrib/install.sh install
uninstall:
	@$(PLACES) sh contrib/install.sh uninstall

clean:
	rm -rf build build-*

.PHONY: all deps build-tests check demo bench lint fuzz man-lists install uninstall clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
