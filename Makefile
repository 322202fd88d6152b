# foothold: `make` builds, `make run` plays the Syria scenarios, `make check` tests. Missing packages are installed first.
VERSION  := 0.1.0
DATE     := November 28, 2026
B        := build
PREFIX   ?= /usr/local
PKGS     := gsl libconfig jansson nettle
CFLAGS   ?= -O3 -g
WARN     := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wwrite-strings -Wstrict-prototypes \
            -Wmissing-prototypes -Wundef -Wvla
override CFLAGS   += -std=c17 -fopenmp -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-common $(WARN) $(SAN)
override CPPFLAGS += -I. -MMD -MP -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DFOOTHOLD_VERSION='"$(VERSION)"' \
                     -DFOOTHOLD_DATE='"$(DATE)"'
# read when used, not when the Makefile is: the packages may just have been installed
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS)) -lm

SRC   := $(sort $(wildcard sim/*.c sim/*/*.c models/*.c))
OBJ   := $(SRC:%.c=$(B)/%.o)
LIB   := $(B)/libfoothold.a
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(sort $(wildcard tests/test_*.c)))

.PHONY: all run check check-quick mutate coverage-of-intervals fuzz fuzz-long fuzzers plots sample check-ecosystem bits cross \
    sanitize sanitize-quick race lint bench install uninstall clean
.DEFAULT_GOAL := all
.SECONDARY:

# one short line a file; V=1: the whole command
ifeq ($(V),1)
say =
Q   =
else
say = @printf '%-3s %s\n' $(1) $(2)
Q   = @
endif

all: $(B)/foothold

run: $(B)/foothold
	$(B)/foothold run scenarios/syria

# the longest first, so that none is left to run alone at the end
LONG    := $(B)/tests/test_closed_forms $(B)/tests/test_world $(B)/tests/test_promises
SCRIPTS := tests/cases/run.sh tests/cases/deliver.sh tests/cases/watch.sh tests/cases/desk.sh tests/cases/baserate.sh tests/cases/plot.sh tests/library/install.sh
ORDERED := $(filter $(TESTS),$(LONG)) tests/cases/expect.sh $(filter-out $(LONG),$(TESTS)) $(SCRIPTS)

# all tests; a few minutes on two processors
check: $(B)/foothold $(B)/lib/libfoothold.a $(TESTS)
	@FOOTHOLD=$(B)/foothold CC='$(CC)' SAN='$(SAN)' sh tests/run $(ORDERED)

# half a minute on two processors: fewer draws, and without playing the shipped scenarios at length
check-quick: $(B)/foothold $(B)/lib/libfoothold.a $(TESTS)
	@FOOTHOLD_QUICK=1 FOOTHOLD=$(B)/foothold CC='$(CC)' SAN='$(SAN)' \
	    sh tests/run $(filter-out tests/cases/expect.sh,$(ORDERED))

# draw the plots of all results there are
plots: $(B)/foothold
	find results -name manifest.json -exec grep -q '\.gp"' {} \; -printf '%h\n' | sort | xargs -r $(B)/foothold plot

# the small run in results/sample that is kept under version control
sample: $(B)/foothold
	rm -rf results/sample
	$(B)/foothold run scenarios/first.cfg --seed 1 --worlds 256 --quiet --out results/sample
	$(B)/foothold plot results/sample

# the README's recipes in R, Python and gnuplot, on Debian's packages
check-ecosystem: $(B)/foothold
	sh .ci/deps ecosystem
	FOOTHOLD=$(B)/foothold sh tests/ecosystem/recipes.sh

$(LIB): $(filter-out $(B)/sim/main.o,$(OBJ))
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# what is installed for other programs: one object of which only the names of foothold.h can be seen
$(B)/lib/libfoothold.a: $(B)/sim/foothold.o $(LIB)
	$(call say,AR,$@)
	@mkdir -p $(@D) && rm -f $@
	$(Q)$(CC) -r -nostdlib $^ -o $(@D)/foothold.o
	$(Q)objcopy -w --keep-global-symbol='foothold_*' $(@D)/foothold.o
	$(Q)$(AR) rcs $@ $(@D)/foothold.o

$(B)/lib/foothold.pc: sim/foothold.pc.in Makefile
	@mkdir -p $(@D)
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' $< >$@

$(B)/foothold: $(B)/sim/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

$(B)/%.o: %.c | $(B)/.deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -c $< -o $@

$(B)/tests/test_%: $(B)/tests/test_%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(shell pkg-config --libs cmocka) $(PKG_LIBS) -o $@

$(B)/tests/%.o: tests/%.c | $(B)/.deps-test
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -c $< -o $@

# install what is missing, once
$(B)/.deps:
	@sh .ci/deps build
	@mkdir -p $(@D) && touch $@
$(B)/.deps-test: $(B)/.deps
	@sh .ci/deps test
	@touch $@

$(B)/tests/bench/scalar: $(B)/tests/bench/scalar.o
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(shell pkg-config --libs gsl) -lm -o $@
$(B)/tests/bench/parts: $(B)/tests/bench/parts.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@
# what it defines is not taken from the library
$(B)/tests/bench/stateful: $(B)/sim/main.o $(B)/tests/bench/stateful.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

# a quarter of an hour: ratios to a plain program for the same scenario, to the physical limit, and between ways
bench: $(B)/tests/bench/scalar $(B)/tests/bench/parts $(B)/tests/bench/stateful $(B)/foothold
	$(MAKE) -s B=$(B)/bench/counted CFLAGS=-O1 CPPFLAGS=-Itests/bench/counted
	$(MAKE) -s B=$(B)/bench/avx2 CFLAGS='-O3 -march=haswell'
	$(MAKE) -s B=$(B)/bench/avx512 CFLAGS='-O3 -march=x86-64-v4 -mprefer-vector-width=512'
	CC='$(CC)' sh tests/bench/bench.sh $(B)

# a few minutes: the same results from other compilers, instruction sets and blocks
bits: $(B)/foothold
	sh .ci/deps race
	MAKE='$(MAKE)' sh tests/bits/bits.sh $<

# a few minutes: random scenarios, played by a plain program as well
cross: $(B)/foothold
	sh .ci/deps cross
	python3 tests/cross/cross.py $<

ASAN := B=build/asan CFLAGS='-O1 -g' \
    SAN='-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer'

# sanitize-quick: without the shipped scenarios
sanitize sanitize-quick:
	@sh .ci/deps test
	FOOTHOLD_QUICK=1 $(MAKE) $(patsubst sanitize%,check%,$@) $(ASAN)

# with TEST_JOBS=1 the tests have more than one thread each
race:
	sh .ci/deps race
	OMP_TOOL_LIBRARIES=/usr/lib/llvm-14/lib/libarcher.so TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
	    FOOTHOLD_QUICK=1 TEST_JOBS=1 $(MAKE) check B=build/tsan CC=clang CFLAGS='-O1 -g' SAN='-fsanitize=thread -fopenmp=libomp'

# half an hour: seeded faults, and which test catches each; FAULTS=word: only those that have it in their path or text
mutate:
	@sh .ci/deps test && sh .ci/deps cross
	@python3 tests/mutate/mutate.py --cc '$(CC)' --only '$(FAULTS)'

# an hour or two: how often value +- 1.96 se holds the true value, of all that is printed with an error; SEEDS=20 for a first look
SEEDS ?= 200
coverage-of-intervals: $(B)/foothold
	@sh .ci/deps cross
	@python3 tests/coverage/coverage.py $< --seeds $(SEEDS)

# libFuzzer on what reads files, two harnesses at a time: a minute, or an hour; FUZZERS="play frozen" for some of them
FUZZERS ?= scenario play frozen resolutions batch
fuzz: SECONDS := 20
fuzz-long: SECONDS := 1200
fuzz fuzz-long:
	@sh .ci/deps fuzz
	@$(MAKE) B=build/fuzz CC='$(if $(findstring ccache,$(CC)),ccache )clang-14' CFLAGS='-O1 -g' fuzzers \
	    SAN='-fsanitize=address,undefined,float-cast-overflow,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer'
	@sh tests/fuzz/fuzz.sh build/fuzz $(SECONDS) $(FUZZERS)

fuzzers: $(FUZZERS:%=$(B)/tests/fuzz/fuzz_%)

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) $^ $(PKG_LIBS) -o $@

lint:
	sh .ci/deps lint
	clang-format --dry-run -Werror $(SRC) $(wildcard sim/*.h sim/*/*.h models/*.h tests/*.[ch] tests/*/*.c)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem -I. -DFOOTHOLD_VERSION='""' -DFOOTHOLD_DATE='""' sim models
	@# without -fno-caret-diagnostics clang-tidy counts aloud what it found in the system's headers
	printf '%s\n' $(SRC) | xargs -P2 -I{} clang-tidy --quiet {} -- -std=c17 -I. -fopenmp -fno-caret-diagnostics \
	    -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DFOOTHOLD_VERSION='""' -DFOOTHOLD_DATE='""' $(PKG_CFLAGS)

SHARE := share/man/man1 share/bash-completion/completions share/zsh/site-functions share/fish/vendor_completions.d
VERBS  = $(shell $(B)/foothold help | sed -n '/^verbs/,/^$$/s/^  \([a-z]*\) .*/\1/p')

# the program, its manual pages and completions, the scenarios, and what other programs need to use it as a library
install: all $(B)/lib/libfoothold.a
	rm -f $(B)/lib/foothold.pc && $(MAKE) -s $(B)/lib/foothold.pc
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin share/foothold include lib/pkgconfig $(SHARE))
	install -m 755 $(B)/foothold $(DESTDIR)$(PREFIX)/bin/foothold
	install -m 644 sim/foothold.h $(DESTDIR)$(PREFIX)/include/foothold.h
	install -m 644 $(B)/lib/libfoothold.a $(DESTDIR)$(PREFIX)/lib/libfoothold.a
	install -m 644 $(B)/lib/foothold.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/foothold.pc
	cp -R scenarios $(DESTDIR)$(PREFIX)/share/foothold/
	$(B)/foothold help --man >$(DESTDIR)$(PREFIX)/share/man/man1/foothold.1
	for verb in $(VERBS); do \
	    $(B)/foothold help --man $$verb >$(DESTDIR)$(PREFIX)/share/man/man1/foothold-$$verb.1 || exit 1; done
	$(B)/foothold completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/foothold
	$(B)/foothold completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_foothold
	$(B)/foothold completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/foothold.fish

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/foothold include/foothold.h lib/libfoothold.a lib/pkgconfig/foothold.pc \
	    share/man/man1/foothold.1 share/man/man1/foothold-*.1 share/bash-completion/completions/foothold \
	    share/zsh/site-functions/_foothold share/fish/vendor_completions.d/foothold.fish)
	rm -rf $(DESTDIR)$(PREFIX)/share/foothold

clean:
	rm -rf $(B)

-include $(OBJ:.o=.d) $(TESTS:=.d)
