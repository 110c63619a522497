# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzers need clang, whatever compiler the rest is built with.  `make fuzz`
# runs them for FUZZ_SECONDS each; t/fuzz.t for a fixed number of inputs.
FUZZ_SECONDS = 60
BLACKBOX_TESTS += t/fuzz.t
EXTRA_DIST += t/fuzz/tsts.c t/fuzz/seed

.PHONY: fuzz
if HAVE_FUZZER
if PROVIDER_TSTS
FUZZERS = t/fuzz/tsts
FUZZ_TSTS = t/fuzz/tsts.c \
	providers/tsts/client.c \
	providers/tsts/fill.c \
	providers/tsts/wire.c \
	lib/arena.c \
	lib/buffer.c \
	lib/session.c \
	lib/clock.c \
	lib/text.c
check_DATA = $(FUZZERS)
CLEANFILES += $(FUZZERS)

t/fuzz/tsts: $(FUZZ_TSTS)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CLANG) -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all $(AM_CPPFLAGS) $(SAMBA_CFLAGS) -o $@ \
		$(addprefix $(srcdir)/,$(FUZZ_TSTS)) $(SAMBA_LIBS)

fuzz: $(FUZZERS)
	$(MKDIR_P) t/fuzz/corpus
	$(PERL) $(srcdir)/t/fuzz/seed $(srcdir)/t/vectors/tsts t/fuzz/corpus
	t/fuzz/tsts -max_total_time=$(FUZZ_SECONDS) -max_len=8192 t/fuzz/corpus
endif
endif
