# SPDX-License-Identifier: BSD-2-Clause
#
# make             the programs, below build/
# make build-deps  the Debian packages that building needs (apt)
# make demo-deps   ... and those that the demo needs
# make deps        ... and those that the tests need
# make check       build, run every test; ends in prove's summary
# make demo        the main job, on a private Postfix
# make desk-demo   ... and a day at the operator's desk
# make bench       cost and speed, as ratios side by side in one run
# make lint        clang's warnings, cppcheck, clang-tidy, mandoc, layers
# make fuzz        the fuzzers, FUZZ_TIME seconds each
# make check-unit  the unit tests alone
# make check-units  the system tests again, our daemons as their systemd units have
#                  them (seccomp, mounts, capabilities; no systemd is needed)
# make coverage    which lines and branches the tests execute, by gcov; below
#                  build-coverage/
# make check-minimal  build without optional libraries, run its unit tests
# make check-parts ... without one library at a time
# make check-32 check-bigendian check-musl  build for 32 bits, for the other order
#                  of octets, with another C library; run unit tests there
# make rpm         packages, of what is committed, below build/rpm/
# make check-container  build the image, run containers of it (buildah, podman)
# make man-lists   put the lists in the man pages and into what shells complete
#                  by, after a change of the tables
# make package-deps  what packages, and trying them, need (apt)
# make deb         the Debian package, in build/deb/
# make check-system  ... and it is installed on a Debian that systemd boots (root)
# make install     to DESTDIR, below PREFIX; make uninstall
# make dist        build/tdc-VERSION.tar.gz, from the commit that is checked out
# make help        print this
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS  as everywhere; they win over ours.
# WITH_DB=no, WITH_LMDB, WITH_CDB, WITH_PCRE, WITH_MTA_STS, WITH_GSSAPI, WITH_SECCOMP
#     leave out what needs libdb, liblmdb, libcdb, libpcre2, libcurl, libgssapi or
#     libseccomp; WITH_REMEDIATION=no leaves out
#     tdc-remediator, which needs libcurl, libxml2 and libsqlite3.  By default what
#     the machine has no library for is left out; =yes insists on it.
# V=1       show the commands.
# WERROR=1  warnings are errors, as in our own checks.
# SAN=address,undefined or SAN=thread  build beside, below build-SAN/.

PREFIX    ?= /usr/local
SBINDIR   ?= $(PREFIX)/sbin
MANDIR    ?= $(PREFIX)/share/man
DOCDIR    ?= $(PREFIX)/share/doc/tdc
CONFDIR   ?= /etc/tdc
UNITDIR   ?= /usr/lib/systemd/system
SYSUSERS  ?= /usr/lib/sysusers.d
TMPFILES  ?= /usr/lib/tmpfiles.d
COMPDIR   ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR    ?= $(PREFIX)/share/zsh/site-functions
FUZZ_TIME ?= 60

VERSION := 0.2.0
CC      ?= cc
comma   := ,
B       := build$(if $(SAN),-$(subst $(comma),-,$(SAN)))

WARN   := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
          -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 \
          -Wno-format-nonliteral -Wimplicit-fallthrough $(filter-out $(CFLAGS),-Werror=format-security) \
          -Werror=implicit -Werror=int-conversion \
          -Werror=incompatible-pointer-types
# With sanitizers gcc follows paths that cannot be, and warns of them.
SANWARN := $(if $(findstring clang,$(CC)),,-Wno-format-truncation -Wno-format-overflow \
           -Wno-maybe-uninitialized)
# takes - the flags, where the compiler and the C library have them for this
# machine: some are of x86 alone, and some are new.
takes = $(if $(shell echo 'int x;' | $(CC) -Werror $(1) -include string.h -x c -c - -o /dev/null \
        2>/dev/null && echo yes),$(1))
WARN   += $(foreach f,-Wtrampolines -Wbidi-chars=any,$(call takes,$(f)))
# Who chooses a _FORTIFY_SOURCE, or no optimization, has chosen.
FORTIFY := $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0 -Og,$(CFLAGS)),,\
           -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(call takes,-O2 -U_FORTIFY_SOURCE \
           -D_FORTIFY_SOURCE=3),3,2))
# A variable that nobody filled in is 0, the harmless value; a check that only
# undefined behaviour makes needless stays.  Of what guides to hardening name there
# is not: -fexceptions, as no thread is cancelled; -z nodlopen, as there are no
# shared objects; --no-copy-dt-needed-entries, which is ld's default.
HARDEN := -g -O2 -fstack-protector-strong -fPIE $(foreach f,-fstack-clash-protection \
          -fcf-protection -mbranch-protection=standard -ftrivial-auto-var-init=zero \
          -fzero-init-padding-bits=all -fstrict-flex-arrays=3 -fno-delete-null-pointer-checks \
          -fno-strict-overflow -fno-strict-aliasing,$(call takes,$(f)))
RELRO  := -fPIE -pie $(addprefix -Wl$(comma),-z$(comma)relro -z$(comma)now -z$(comma)noexecstack \
          --as-needed)
# Where libxml2 has its headers; for remediate/ alone.
XML2_CFLAGS ?= $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libxml-2.0 2>/dev/null || \
          echo -I/usr/include/libxml2))
# 64 bits for times and the size of files; where they have them already this would
# only give calls other names, by which tests do not find them (WRAP).
WIDE   := $(if $(filter 4,$(shell echo __SIZEOF_LONG__ | $(CC) $(CFLAGS) -E -P -x c - 2>/dev/null)),\
          -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
FLAGS   = -std=gnu17 $(WARN) -I. -D_GNU_SOURCE $(WIDE) -DVERSION='"$(VERSION)"' -DCONFDIR='"$(CONFDIR)"' \
          $(LEFT_OUT:%=-DWITH_%=0) -pthread $(if $(SAN),-g -O1 -fno-omit-frame-pointer -fsanitize=$(SAN) \
          $(SANWARN),$(FORTIFY) $(filter-out $(CFLAGS),$(HARDEN))) $(CPPFLAGS) $(CFLAGS)
ALL     = $(FLAGS) $(if $(WERROR),-Werror) -MMD -MP
# say - a word in place of a command, unless V=1 wants to see commands
say     = $(if $(V),,@echo "$(1)" && )
LINK    = $(call say,LD $@)$(CC) -pthread $(CFLAGS) $(COUNTED) $(if $(SAN),-fsanitize=$(SAN),$(filter-out \
          $(LDFLAGS),$(RELRO))) $(LDFLAGS)

# What a build may be without: a header and a library each.
HEADER_DB      := db.h
HEADER_LMDB    := lmdb.h
HEADER_CDB     := cdb.h
HEADER_PCRE    := pcre2.h
HEADER_MTA_STS := curl/curl.h
HEADER_HISTORY := sqlite3.h
HEADER_REMEDIATION := curl/curl.h $(XML2_CFLAGS) -include libxml/parser.h -include sqlite3.h
HEADER_GSSAPI  := gssapi/gssapi_ext.h
HEADER_SECCOMP := seccomp.h
LIB_DB         ?= -ldb
LIB_LMDB       ?= -llmdb
LIB_CDB        ?= -lcdb
LIB_PCRE       ?= -lpcre2-8
LIB_MTA_STS    ?= -lcurl
LIB_HISTORY    ?= -lsqlite3
LIB_REMEDIATION ?= -lcurl -lxml2 -lsqlite3
LIB_GSSAPI     ?= -lgssapi_krb5
LIB_SECCOMP    ?= -lseccomp
PARTS          := DB LMDB CDB PCRE MTA_STS HISTORY REMEDIATION GSSAPI SECCOMP
links = $(shell echo 'int main(void) { return 0; }' | $(CC) $(CPPFLAGS) $(CFLAGS) \
        -DPCRE2_CODE_UNIT_WIDTH=8 $(foreach p,$(1),-include $(HEADER_$(p))) -x c - -o /dev/null \
        $(LDFLAGS) $(foreach p,$(1),$(LIB_$(p))) 2>/dev/null && echo yes)
wanted   := $(foreach p,$(PARTS),$(if $(WITH_$(p)),,$(p)))
LEFT_OUT := $(foreach p,$(PARTS),$(if $(filter no,$(WITH_$(p))),$(p)))
ifneq ($(strip $(wanted)),)
LEFT_OUT += $(if $(call links,$(wanted)),,$(foreach p,$(wanted),$(if $(call links,$(p)),,$(p))))
endif
# It acts on what the history knows.
LEFT_OUT += $(if $(filter REMEDIATION,$(LEFT_OUT)),,$(if $(filter HISTORY,$(LEFT_OUT)),REMEDIATION))
LEFT_OUT := $(strip $(LEFT_OUT))
BUILT    := $(filter-out $(LEFT_OUT),$(PARTS))
# Sources of what is left out, and those that stand in for something that is there.
SKIP_DB         := %/db.c
SKIP_LMDB       := %/lmdb.c
SKIP_CDB        := %/cdb.c
SKIP_PCRE       := %/pcre.c
SKIP_MTA_STS    := %/sts_fetch.c
INSTEAD_MTA_STS := %/sts_no_fetch.c
SKIP_HISTORY    := history/store.c history/find.c history/refill.c \
                   history/scan.c
INSTEAD_HISTORY := history/no_store.c
SKIP_REMEDIATION := remediate/% control/ledger/ledger.c
INSTEAD_REMEDIATION := control/ledger/no_ledger.c
SKIP_GSSAPI     := %/ews_negotiate.c
INSTEAD_GSSAPI  := %/ews_no_negotiate.c
SKIP_SECCOMP    := %/sandbox_calls.c
INSTEAD_SECCOMP := %/sandbox_no_calls.c
SKIP := $(foreach p,$(LEFT_OUT),$(SKIP_$(p))) $(foreach p,$(BUILT),$(INSTEAD_$(p)))

LIBS_journal := -ljansson $(if $(filter SECCOMP,$(BUILT)),$(LIB_SECCOMP))
LIBS_policy  := $(foreach p,$(filter-out MTA_STS HISTORY REMEDIATION GSSAPI SECCOMP,$(BUILT)),$(LIB_$(p))) -lidn2 -lunistring
LIBS_history := $(if $(filter HISTORY,$(BUILT)),$(LIB_HISTORY))
LIBS_milter  := -lmilter
LIBS_forward := -lssl -lcrypto -lunbound $(if $(filter MTA_STS,$(BUILT)),$(LIB_MTA_STS))
LIBS_remediate := $(if $(filter REMEDIATION,$(BUILT)),$(LIB_REMEDIATION) \
                  $(if $(filter GSSAPI,$(BUILT)),$(LIB_GSSAPI))) -lssl -lcrypto
LIBS         := $(LIBS_journal) $(LIBS_policy)
ALL_LIBS     := $(LIBS_milter) $(LIBS_remediate) $(LIBS_forward) $(LIBS_history) $(LIBS)

FOLDERS  := base policy journal history milter forward control remediate
PROGRAMS := $(B)/tdc-milter $(B)/tdc-forwarder $(B)/tdcctl \
            $(if $(filter REMEDIATION,$(BUILT)),$(B)/tdc-remediator)
# Tests that need what is left out say so: "NEEDS: DB".
needing = $(if $(LEFT_OUT),$(shell grep -lE 'NEEDS:.* ($(subst $() $(),|,$(LEFT_OUT)))\>' $(1)))
SOURCES  := $(shell find tests/unit -name 'test_*.c' | LC_ALL=C sort)
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%.t,$(filter-out \
            $(call needing,$(SOURCES)),$(SOURCES)))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c tests/fuzz/*/fuzz_*.c))
# Of tests/tools and tests/bench, a program is NAME.c and its NAME_*.c.
ASUNIT   := $(if $(filter SECCOMP,$(BUILT)),tests/asunit/asunit)
TOOLS    := tests/intake/intake tests/powercut/powercut $(ASUNIT) $(foreach f,$(wildcard tests/tools/*.c tests/bench/*.c), \
            $(if $(findstring _,$(f))$(filter %/nthlib.c,$(f)),,$(f:.c=)))
SYSTEM   := $(wildcard tests/system/*.t)
PRELOADS := $(B)/tests/tools/nthlib.so
READERS  := $(B)/tests/readers/gmime

all: $(PROGRAMS)

# One archive a folder, its rooms included: all but main.c.
define archive
$(B)/$(1).a: $(patsubst %.c,$(B)/%.o,$(filter-out $(1)/main.c $(SKIP),$(wildcard $(1)/*.c $(1)/*/*.c)))
	@rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive,$(f))))

# Another version, or other parts: everything is compiled again.
MADE_WITH := $(VERSION) $(CONFDIR) without:$(LEFT_OUT)
$(B)/made-with: FORCE
	@mkdir -p $(@D)
	@echo '$(MADE_WITH)' | cmp -s - $@ || echo '$(MADE_WITH)' >$@
FORCE:

$(B)/remediate/%.o $(B)/tests/unit/remediate/%.o $(B)/tests/fuzz/remediate/%.o: FLAGS += $(XML2_CFLAGS)
# Which lines were executed is counted for our own programs alone (make coverage).
$(foreach f,$(FOLDERS),$(B)/$(f)/%.o): FLAGS += $(COUNTED)
# A handle of libdb holds a time_t, of the size that the library was built with.
$(addprefix $(B)/,policy/table/db.o $(patsubst %,tests/unit/policy/table/%.o,test_isolate_child test_table test_table_changes test_table_damage)): WIDE :=
$(B)/%.o: %.c $(B)/made-with
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(ALL) -c -o $@ $<

$(B)/tdc-milter: $(B)/milter/main.o $(B)/milter.a $(B)/policy.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_milter) $(LIBS)
$(B)/tdc-forwarder: $(B)/forward/main.o $(B)/forward.a $(B)/history.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_forward) $(LIBS_history) $(LIBS_journal)
$(B)/tdc-remediator: $(B)/remediate/main.o $(B)/remediate.a $(B)/history.a $(B)/policy.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_remediate) $(LIBS_history) $(LIBS)
$(B)/tdcctl: $(B)/control/main.o $(B)/control.a $(B)/remediate.a $(B)/history.a $(B)/policy.a $(B)/journal.a $(B)/base.a
	$(LINK) -o $@ $^ $(LIBS_history) $(LIBS)

# Tests.  A unit test names system calls to be wrapped in a line "WRAP: a b".
wraps = $(foreach w,$(shell sed -n 's/^.*WRAP: //p' $(1)),-Wl,--wrap=$(w))
ARCHIVES := $(B)/milter.a $(B)/control.a $(B)/remediate.a $(B)/forward.a $(B)/history.a $(B)/policy.a $(B)/journal.a $(B)/base.a
$(B)/tests/unit/%.t: $(B)/tests/unit/%.o $(ARCHIVES)
	$(LINK) $(call wraps,tests/unit/$*.c) -o $@ $< $(ARCHIVES) $(ALL_LIBS) -lcmocka
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/main/replay.o $(ARCHIVES)
	$(LINK) -o $@ $^ $(ALL_LIBS)
$(B)/libfuzzer/%: $(B)/tests/fuzz/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)
objects = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))
define tool
$(B)/$(1): $(call objects,$(2) tests/lib/*.c) $(ARCHIVES)
	$$(LINK) -o $$@ $$^ $$(ALL_LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool,$(t),$(if $(filter tests/intake/% tests/powercut/% tests/asunit/%,$(t)),$(dir $(t))*.c,$(t).c $(t)_*.c))))
# What is loaded before a program's libraries, without sanitizers, which do the same.
$(PRELOADS): $(B)/%.so: %.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(filter-out -fsanitize=% -fPIE,$(FLAGS)) -fPIC -shared -o $@ $< \
	    -lssl -lcrypto -lunbound

# Of tests/readers what is in C; its library only tests have.
GMIME = $(shell pkg-config $(1) gmime-3.0)
$(B)/tests/readers/%.o: FLAGS += $(patsubst -I%,-isystem %,$(call GMIME,--cflags))
tests/readers/%.syntax: FLAGS += $(patsubst -I%,-isystem %,$(call GMIME,--cflags))
$(B)/tests/readers/%: $(B)/tests/readers/%.o
	$(LINK) -o $@ $< $(call GMIME,--libs) -ljansson

build-deps:
	sh tests/deps.sh build
demo-deps:
	sh tests/deps.sh demo
package-deps:
	sh tests/deps.sh package
deps:
	sh tests/deps.sh

# gcc 12's thread sanitizer cannot live with today's address randomisation.
RUN := $(if $(filter thread,$(SAN)),setarch -R)
build-tests: all $(UNIT) $(FUZZ) $(TOOLS:%=$(B)/%) $(PRELOADS) $(READERS)
check:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) WERROR=1 build-tests
	$(RUN) sh tests/check.sh $(B) $(TESTS)
check-unit: all $(UNIT)
	sh tests/check.sh $(B) $(UNIT)
# A test that cannot run so says why in tests/asunit/not-units.
check-units:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) WERROR=1 build-tests
	TDC_UNIT=yes $(RUN) sh tests/check.sh $(B) \
	    $(or $(TESTS),$(filter-out $(shell sed '/^#/d' tests/asunit/not-units),$(SYSTEM)))
coverage:
	sh tests/deps.sh coverage
	sh tests/coverage/coverage.sh $(TESTS)
demo:
	sh tests/deps.sh demo
	$(MAKE) -j$$(nproc) WERROR=1 all $(TOOLS:%=$(B)/%)
	sh tests/demo.sh $(B)
desk-demo:
	sh tests/deps.sh demo
	$(MAKE) -j$$(nproc) WERROR=1 all $(TOOLS:%=$(B)/%)
	sh tests/desk.sh $(B)
bench:
	sh tests/deps.sh
	$(MAKE) -j$$(nproc) WERROR=1 all $(TOOLS:%=$(B)/%)
	sh tests/bench/bench.sh $(B)
lint:
	sh tests/deps.sh lint
	$(MAKE) -j$$(nproc) CC=$(CLANG) WERROR=1 syntax
	sh tests/lint/lint.sh
fuzz:
	sh tests/deps.sh lint
	sh tests/fuzz/fuzz.sh $(FUZZ_TIME)

# What another compiler says of every source.
CLANG  ?= clang-14
SYNTAX := $(patsubst %.c,%.syntax,$(wildcard $(addsuffix /*.c,$(FOLDERS)) $(addsuffix /*/*.c,$(FOLDERS) tests)) $(SOURCES))
syntax: $(SYNTAX)
remediate/%.syntax tests/unit/remediate/%.syntax: FLAGS += $(XML2_CFLAGS)
%.syntax: %.c
	@$(CC) $(FLAGS) $(if $(WERROR),-Werror) -fsyntax-only $<

# Everything optional left out.
check-minimal:
	$(MAKE) -j$$(nproc) B=build-minimal WERROR=1 $(PARTS:%=WITH_%=no) check-unit

# ... and each alone: it compiles, and links.
check-parts:
	sh tests/ports/parts.sh $(PARTS)

check-32:
	sh tests/ports/foreign.sh i386
check-bigendian:
	sh tests/ports/foreign.sh s390x
check-musl:
	sh tests/ports/musl.sh

rpm:
	sh contrib/rpm/make.sh $(VERSION) $(RPM_FLAGS)

# Beside make check: it needs an engine and a Debian mirror.
check-container:
	$(MAKE) -j$$(nproc) WERROR=1 all $(TOOLS:%=$(B)/%)
	TDC_TIMEOUT=900 sh tests/check.sh $(B) tests/container/engine.t

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

man-lists: $(B)/tests/tools/lists
	sh tests/lint/man-lists.sh $(B)

deb:
	sh contrib/deb.sh $(B)/deb

# The package, on a Debian of its own.
check-system:
	sh tests/deps.sh package
	$(MAKE) -j$$(nproc) WERROR=1 all $(TOOLS:%=$(B)/%)
	$(MAKE) deb
	sh tests/check.sh $(B) tests/booted/*.t

PLACES = DESTDIR='$(DESTDIR)' BUILD='$(B)' \
         $(foreach v,SBINDIR MANDIR DOCDIR CONFDIR UNITDIR SYSUSERS TMPFILES COMPDIR ZSHDIR,$(v)='$($(v))')
install: all
	@$(PLACES) sh contrib/install.sh install
uninstall:
	@$(PLACES) sh contrib/install.sh uninstall

dist:
	@sh contrib/dist.sh '$(VERSION)' '$(B)' $(COMMIT)

clean:
	rm -rf build build-*

.PHONY: all build-deps demo-deps package-deps deps build-tests check check-unit check-units coverage check-minimal \
        check-parts check-32 check-bigendian check-musl check-container check-system demo desk-demo \
        bench lint syntax fuzz man-lists deb rpm help install uninstall dist clean FORCE
.SECONDARY:
-include $(shell find $(B) -path $(B)/booted -prune -o -name '*.d' -type f -print 2>/dev/null)
