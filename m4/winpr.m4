# SPDX-License-Identifier: GPL-3.0-or-later
# CURFEW_WINPR: --with-winpr=auto|2|3|no, and the headers of the one that is there.  Nothing that is
# installed is linked with it: only contrib/wtsinfo and the tests are.
AC_DEFUN([CURFEW_WINPR],
[AC_ARG_WITH([winpr], [AS_HELP_STRING([--with-winpr=auto|2|3|no], [which WinPR's headers to build with @<:@auto: 3, else 2@:>@])],
  [], [with_winpr=auto])
have_WINPR=no
packages_WINPR="libwinpr2-dev"
AS_CASE([$with_winpr],
  [auto|yes], [PKG_CHECK_MODULES([WINPR], [winpr3], [have_WINPR=yes],
    [PKG_CHECK_MODULES([WINPR], [winpr2 >= 2.9], [have_WINPR=yes], [have_WINPR=no])])],
  [2], [PKG_CHECK_MODULES([WINPR], [winpr2 >= 2.9], [have_WINPR=yes])],
  [3], [PKG_CHECK_MODULES([WINPR], [winpr3], [have_WINPR=yes])],
  [no], [],
  [AC_MSG_ERROR([--with-winpr is auto, 2, 3 or no, and not $with_winpr])])
# Other people's headers: their warnings are none of ours.
WINPR_CFLAGS=$(printf '%s\n' "$WINPR_CFLAGS" | $SED 's/-I/-isystem /g')
AC_SUBST([WINPR_CFLAGS])
AC_SUBST([WINPR_LIBS])
AM_CONDITIONAL([HAVE_WINPR], [test "$have_WINPR" = yes])])

# CURFEW_TSAN: can ThreadSanitizer be linked, beside the other sanitizers that were chosen?
AC_DEFUN([CURFEW_TSAN],
[AC_MSG_CHECKING([whether $CC has ThreadSanitizer])
save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -fsanitize=thread"
have_TSAN=no
AS_IF([test "$enable_sanitizers" != yes],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("x");]])], [have_TSAN=yes])])
CFLAGS=$save_CFLAGS
AC_MSG_RESULT([$have_TSAN])
AM_CONDITIONAL([HAVE_TSAN], [test "$have_TSAN" = yes])])
