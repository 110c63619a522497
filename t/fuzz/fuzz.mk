# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzers need clang, whatever compiler the rest is built with.  `make fuzz`
# runs each for FUZZ_SECONDS; t/fuzz.t for a fixed number of inputs.  A fuzzer is
# t/fuzz/NAME.c; its first inputs are made of t/vectors/NAME.
FUZZ_SECONDS = 60
SLOW_TESTS += t/fuzz.t
EXTRA_DIST += t/fuzz/audit.c t/fuzz/avd.c t/fuzz/block.c t/fuzz/blocks.c t/fuzz/blocks.h t/fuzz/rds.c t/fuzz/seed \
	t/fuzz/snapshot_file.c t/fuzz/tsts.c t/fuzz/wsman.c

FUZZERS =
FUZZ_CORE = \
	lib/base/address.c \
	lib/base/arena.c \
	lib/base/buffer.c \
	lib/base/clock.c \
	lib/base/error.c \
	lib/session/filetime.c \
	lib/base/nearest.c \
	lib/base/normal_form.c \
	lib/session/names.c \
	lib/session/fields.c \
	lib/session/session.c \
	lib/session/session_copy.c \
	lib/base/text.c \
	lib/base/utf8.c
if HAVE_FUZZER
FUZZERS += t/fuzz/audit t/fuzz/block t/fuzz/snapshot_file
if PROVIDER_AVD
FUZZERS += t/fuzz/avd
endif
if PROVIDER_RDS
FUZZERS += t/fuzz/rds
endif
if PROVIDER_TSTS
FUZZERS += t/fuzz/tsts
endif
if PROVIDER_WINRM
FUZZERS += t/fuzz/wsman
endif
if SLOW_TESTS
check_DATA += $(FUZZERS)
endif
CLEANFILES += $(FUZZERS)
endif
FUZZ_AUDIT = t/fuzz/audit.c \
	lib/act/allowance.c \
	lib/act/audit.c \
	lib/act/audit_recent.c \
	lib/base/hash.c \
	lib/base/name_index.c \
	lib/base/output.c \
	lib/target/provider.c \
	lib/target/target.c \
	lib/act/recent.c \
	lib/act/state.c \
	lib/base/root_owned.c \
	lib/base/trust.c
FUZZ_AVD = t/fuzz/avd.c \
	providers/avd/decode.c \
	providers/avd/decode_token.c \
	providers/avd/place.c \
	providers/http/url.c
FUZZ_BLOCKS = t/fuzz/blocks.c \
	agent/block.c \
	agent/grid.c \
	agent/pack.c \
	agent/uptime.c \
	agent/value.c \
	lib/base/hash.c
FUZZ_BLOCK = t/fuzz/block.c $(FUZZ_BLOCKS)
FUZZ_SNAPSHOT_FILE = t/fuzz/snapshot_file.c agent/snapshot_file.c $(FUZZ_BLOCKS)
FUZZ_RDS = t/fuzz/rds.c \
	lib/judge/classify.c \
	lib/target/provider.c \
	lib/target/target.c \
	providers/rds/decode.c \
	providers/rds/decode_base.c \
	providers/rds/decode_ex.c \
	providers/rds/instance.c \
	providers/rds/place.c \
	providers/rds/roster.c \
	providers/wsman/account.c \
	providers/wsman/xml.c
FUZZ_TSTS = t/fuzz/tsts.c \
	providers/tsts/client.c \
	providers/tsts/fill.c \
	providers/tsts/wire.c
FUZZ_WSMAN = t/fuzz/wsman.c \
	providers/winrm/shell.c \
	providers/wsman/account.c \
	providers/wsman/envelope.c \
	providers/wsman/fault.c \
	providers/wsman/sealed.c \
	providers/wsman/xml.c
FUZZ_CC = $(MKDIR_P) $(@D) && $(CLANG) -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all $(AM_CPPFLAGS)

t/fuzz/audit: $(FUZZ_AUDIT) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) $(JANSSON_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_AUDIT) $(FUZZ_CORE)) $(JANSSON_LIBS)

t/fuzz/avd: $(FUZZ_AVD) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) $(JANSSON_CFLAGS) $(CURL_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_AVD) $(FUZZ_CORE)) $(JANSSON_LIBS) $(CURL_LIBS)

t/fuzz/block: $(FUZZ_BLOCK) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_BLOCK) $(FUZZ_CORE))

t/fuzz/rds: $(FUZZ_RDS) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) $(EXPAT_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_RDS) $(FUZZ_CORE)) $(EXPAT_LIBS)

t/fuzz/snapshot_file: $(FUZZ_SNAPSHOT_FILE) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) -DSNAPSHOT_FILE_PIECE=4096 -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_SNAPSHOT_FILE) $(FUZZ_CORE))

t/fuzz/tsts: $(FUZZ_TSTS) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) $(SAMBA_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_TSTS) $(FUZZ_CORE)) $(SAMBA_LIBS)

t/fuzz/wsman: $(FUZZ_WSMAN) $(FUZZ_CORE)
	$(AM_V_CCLD)$(FUZZ_CC) $(EXPAT_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_WSMAN) $(FUZZ_CORE)) $(EXPAT_LIBS)

.PHONY: fuzz
fuzz: $(FUZZERS)
	for fuzzer in $(FUZZERS); do \
		name=$${fuzzer##*/}; \
		$(MKDIR_P) t/fuzz/corpus/$$name && \
		$(PERL) $(srcdir)/t/fuzz/seed $(srcdir)/t/vectors/$$name t/fuzz/corpus/$$name && \
		$$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=8192 t/fuzz/corpus/$$name || exit 1; \
	done
