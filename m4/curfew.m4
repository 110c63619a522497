# SPDX-License-Identifier: GPL-3.0-or-later
# The macros behind configure.ac: each library is looked for once, and the
# table at the end says what is built, what is missing and who brings it.

# CURFEW_REQUIRE(VARIABLE, PKG-CONFIG MODULES, DEBIAN PACKAGES)
AC_DEFUN([CURFEW_REQUIRE],
[PKG_CHECK_MODULES([$1], [$2], [],
  [_CURFEW_TOO_OLD([$1], [$2])
   AS_IF([test -n "$old_$1"], [AC_MSG_ERROR([$old_$1])],
     [AC_MSG_ERROR([curfew needs $2; on Debian: apt-get install $3])])])])

# _CURFEW_TOO_OLD(VARIABLE, PKG-CONFIG MODULES): sets old_VARIABLE to what is there, but not new enough.
AC_DEFUN([_CURFEW_TOO_OLD],
[old_$1=
curfew_words='$2'
curfew_module=
curfew_floor=
for curfew_word in $curfew_words; do
  AS_CASE([$curfew_word], [">="], [curfew_floor=next],
    [AS_IF([test -z "$curfew_floor"], [curfew_module=$curfew_word],
      [curfew_floor=
       AS_IF([$PKG_CONFIG --exists "$curfew_module" && ! $PKG_CONFIG --exists "$curfew_module >= $curfew_word"],
         [old_$1="${old_$1:+$old_$1, }$curfew_module $($PKG_CONFIG --modversion "$curfew_module") is too old: $curfew_word is needed"])])])
done])

# CURFEW_LIBC: what the C library must have.  A replacement of closefrom() would have to know all that is
# open, and what stays open goes to programs of other users: so there is none.
AC_DEFUN([CURFEW_LIBC],
[AC_CHECK_FUNCS([closefrom close_range explicit_bzero getrandom memrchr],
  [], [curfew_lacking="${curfew_lacking:+$curfew_lacking, }$ac_func()"])
AS_IF([test -n "$curfew_lacking"],
  [AC_MSG_ERROR([the C library has no $curfew_lacking: glibc >= 2.34 is needed (Debian 12, Ubuntu 22.04, RHEL 9 and later)])])
AC_CHECK_DECLS([SYS_pidfd_open, SYS_pidfd_send_signal], [],
  [AC_MSG_ERROR([the kernel headers are older than Linux 5.3: there is no pidfd_open()])], [[#include <sys/syscall.h>]])
# Time of 64 bits (_TIME_BITS, AC_SYS_YEAR2038) is not asked for: struct timeval goes to Samba, net-snmp and
# WinPR, which a distribution of 32 bits builds with its own.  Times themselves are int64_t (lib/base/clock.h).
AC_CHECK_SIZEOF([time_t], [], [[#include <time.h>]])])

# CURFEW_OPTIONAL(VARIABLE, PKG-CONFIG MODULES, DEBIAN PACKAGES): sets have_VARIABLE
AC_DEFUN([CURFEW_OPTIONAL],
[PKG_CHECK_MODULES([$1], [$2], [have_$1=yes], [have_$1=no])
packages_$1="$3"
_CURFEW_TOO_OLD([$1], [$2])
AM_CONDITIONAL([HAVE_$1], [test "$have_$1" = yes])])

# net-snmp has no pkg-config file that says only what a subagent needs: take -I and -D
# from its own script and name the two libraries (all of its --agent-libs would pull in Perl).
AC_DEFUN([CURFEW_NET_SNMP],
[AC_PATH_PROG([NET_SNMP_CONFIG], [net-snmp-config])
have_NETSNMP=no
packages_NETSNMP="libsnmp-dev"
AS_IF([test -n "$NET_SNMP_CONFIG"],
  [NETSNMP_CFLAGS=$($NET_SNMP_CONFIG --base-cflags | tr ' ' '\n' | $SED -n '/^-[[ID]]/p' | $SED '/^-I\.$/d' | tr '\n' ' ')
   NETSNMP_LIBS="-lnetsnmpagent -lnetsnmp"
   have_NETSNMP=yes])
AC_SUBST([NETSNMP_CFLAGS])
AC_SUBST([NETSNMP_LIBS])
AM_CONDITIONAL([HAVE_NETSNMP], [test "$have_NETSNMP" = yes])])

# CURFEW_PROVIDER(NAME, NEEDS (VARIABLES), SUMMARY, [LINKED]): --disable-provider-NAME, PROVIDER_NAME conditional.
# LINKED: the NAMEs of each NAME_provider that is linked into the programs; else it is the worker program provider-NAME,
# and the programs have a row that starts it.
AC_DEFUN([CURFEW_PROVIDER],
[AC_ARG_ENABLE([provider-$1], [AS_HELP_STRING([--disable-provider-$1], [leave out: $3])],
  [], [enable_provider_$1=auto])
_CURFEW_DECIDE([provider_$1], [$2], [provider $1], [$3])
AM_CONDITIONAL([PROVIDER_]m4_toupper([$1]), [test "$build_provider_$1" = yes])
AS_IF([test "$build_provider_$1" = yes],
  [AC_DEFINE([PROVIDER_]m4_toupper([$1]), [1], [Define if the $1 provider is built.])
   for row in m4_default([$4], [$1_worker]); do curfew_registry="$curfew_registry PROVIDER($row)"; done])])

# CURFEW_REGISTRY: what providers/registry.c makes its table of
AC_DEFUN([CURFEW_REGISTRY],
[AC_DEFINE_UNQUOTED([PROVIDERS], [$curfew_registry], [The providers of this build: PROVIDER(NAME) for each NAME_provider.])])

# CURFEW_PART(NAME, NEEDS, SUMMARY): --disable-NAME, PART_NAME conditional
AC_DEFUN([CURFEW_PART],
[AC_ARG_ENABLE([$1], [AS_HELP_STRING([--disable-$1], [leave out: $3])], [], [enable_$1=auto])
_CURFEW_DECIDE([$1], [$2], [$1], [$3])
AM_CONDITIONAL([PART_]m4_toupper([$1]), [test "$build_$1" = yes])])

# _CURFEW_DECIDE(VARIABLE, NEEDS, LABEL, SUMMARY): sets build_VARIABLE and adds a row to the table
AC_DEFUN([_CURFEW_DECIDE],
[build_$1=yes
missing_$1=
m4_ifnblank([$2], [for need in $2; do
  AS_IF([eval test "x\$have_$need" != xyes],
    [build_$1=no
     eval "curfew_reason=\"\${old_$need:-needs \$packages_$need}\""
     missing_$1="${missing_$1:+$missing_$1; }$curfew_reason"])
done])
AS_IF([test "$enable_$1" = no], [build_$1=off],
      [test "$enable_$1" = yes && test "$build_$1" = no],
        [AC_MSG_ERROR([$3 was asked for, but: $missing_$1])])
m4_append([curfew_rows], [[$1|$3|$4]], [,])])

AC_DEFUN([CURFEW_SANITIZERS],
[AC_ARG_ENABLE([sanitizers],
  [AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
  [], [enable_sanitizers=no])
AS_IF([test "$enable_sanitizers" = yes],
  [SANITIZER_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"])
AC_SUBST([SANITIZER_FLAGS])
AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])])

# clang with libFuzzer's run-time library, for t/fuzz: sets CLANG and HAVE_FUZZER
AC_DEFUN([CURFEW_FUZZER],
[AC_PATH_PROG([CLANG], [clang])
have_FUZZER=no
AS_IF([test -n "$CLANG"],
  [AC_MSG_CHECKING([whether $CLANG has libFuzzer])
   printf '%s\n' 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return d != 0 && n > 9; }' >conftest.c
   AS_IF([$CLANG -fsanitize=fuzzer,address,undefined -o conftest$EXEEXT conftest.c >&AS_MESSAGE_LOG_FD 2>&1], [have_FUZZER=yes])
   rm -f conftest.c conftest$EXEEXT
   AC_MSG_RESULT([$have_FUZZER])])
AM_CONDITIONAL([HAVE_FUZZER], [test "$have_FUZZER" = yes])])

# _CURFEW_TRY_FLAG(FLAG, VARIABLE): appends the flag if the compiler takes it
AC_DEFUN([_CURFEW_TRY_FLAG],
[AC_MSG_CHECKING([whether $CC takes $1])
save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("x");]])],
  [AC_MSG_RESULT([yes]); $2="$$2 $1"], [AC_MSG_RESULT([no])])
CFLAGS=$save_CFLAGS])

AC_DEFUN([CURFEW_WARNINGS],
[AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make warnings errors (CI does)])], [], [enable_werror=no])
WARNING_FLAGS=
m4_foreach_w([flag], [-Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla],
  [_CURFEW_TRY_FLAG(m4_quote(flag), [WARNING_FLAGS])
])
AS_IF([test "$enable_werror" = yes], [WARNING_FLAGS="$WARNING_FLAGS -Werror"])
AC_SUBST([WARNING_FLAGS])])

AC_DEFUN([CURFEW_HARDENING],
[AC_ARG_ENABLE([hardening], [AS_HELP_STRING([--disable-hardening], [leave the hardening flags out])], [], [enable_hardening=yes])
HARDENING_CFLAGS=
HARDENING_LDFLAGS=
AS_IF([test "$enable_hardening" = yes],
  [m4_foreach_w([flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE],
     [_CURFEW_TRY_FLAG(m4_quote(flag), [HARDENING_CFLAGS])
])
   AS_CASE([" $CFLAGS "], [*" -O0 "*], [],
     [AS_IF([test "$enable_sanitizers" != yes], [HARDENING_CFLAGS="$HARDENING_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])])
   m4_foreach_w([flag], [-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed],
     [_CURFEW_TRY_FLAG(m4_quote(flag), [HARDENING_LDFLAGS])
])])
AC_SUBST([HARDENING_CFLAGS])
AC_SUBST([HARDENING_LDFLAGS])
# A module is no program, and must find everything in what it is linked with.
MODULE_LDFLAGS=$(printf '%s\n' "$HARDENING_LDFLAGS" | $SED 's/ -pie//')
AS_IF([test "$enable_sanitizers" != yes], [MODULE_LDFLAGS="$MODULE_LDFLAGS -Wl,-z,defs"])
AC_SUBST([MODULE_LDFLAGS])])

AC_DEFUN([_CURFEW_ROW],
[AS_CASE(["$build_$1"],
  [yes], [printf '  %-16s built      %s\n' "$2" "$3"],
  [off], [printf '  %-16s off        %s\n' "$2" "$3"],
  [printf '  %-16s not built  %s: %s\n' "$2" "$3" "$missing_$1"])
])

AC_DEFUN([CURFEW_SUMMARY],
[printf '\n%s %s\n' "$PACKAGE_NAME" "$PACKAGE_VERSION"
m4_foreach([row], m4_dquote(curfew_rows), [_CURFEW_ROW(m4_unquote(m4_split(m4_quote(row), [|])))])
AS_IF([test "$have_CMOCKA" = yes], [printf '  %-16s built      by make check\n' 'unit tests'],
  [printf '  %-16s not built  for make check: needs %s\n' 'unit tests' "$packages_CMOCKA"])
AS_IF([test "$ac_cv_sizeof_time_t" -lt 8],
  [printf '  %-16s %s\n' 'time' 'time_t has 32 bits: this machine has no clock after January 2038'])
printf '\n  prefix %s, sanitizers %s, hardening %s\n' "$prefix" "$enable_sanitizers" "$enable_hardening"
eval "printf '  configuration %s/curfew/curfew.conf, root'\''s state %s/lib/curfew\n\n' \"$sysconfdir\" \"$localstatedir\""])
