# SPDX-License-Identifier: GPL-3.0-or-later
# The tests' Windows host (t/servers/tsts) needs libraries that Samba keeps to itself, so
# that only a program that links shows whether they are there.
AC_DEFUN([CURFEW_WINDOWS_RIG],
[PKG_CHECK_MODULES([WINDOWS_RIG], [dcerpc samba-hostconfig tevent talloc ndr], [have_windows_rig=yes], [have_windows_rig=no])
AS_IF([test "$have_windows_rig" = yes],
  [samba_libdir=$($PKG_CONFIG --variable=libdir dcerpc)/samba
   _CURFEW_PRIVATE_LIBRARIES([auth npa-tstream samba-sockets])
   WINDOWS_RIG_CFLAGS=$(printf '%s\n' "$WINDOWS_RIG_CFLAGS" | $SED 's/-I/-isystem /g')
   WINDOWS_RIG_LIBS="-L$samba_libdir -Wl,-rpath,$samba_libdir $WINDOWS_RIG_LIBS -ldcerpc-server-core -ldcerpc-binding -lsamba-util -lsamba-errors -lsmbconf$private_libraries"
   AC_MSG_CHECKING([whether the Windows host of the tests can be linked])
   save_LIBS=$LIBS
   LIBS="$WINDOWS_RIG_LIBS $LIBS"
   AC_LINK_IFELSE([AC_LANG_PROGRAM(
     [[void auth_generic_prepare(void), tstream_npa_accept_existing_send(void), _tstream_bsd_existing_socket(void);
       void lp_load_global(void), dcesrv_init_context(void), global_event_context(void);]],
     [[auth_generic_prepare(); tstream_npa_accept_existing_send(); _tstream_bsd_existing_socket();
       lp_load_global(); dcesrv_init_context(); global_event_context();]])],
     [], [have_windows_rig=no])
   LIBS=$save_LIBS
   AC_MSG_RESULT([$have_windows_rig])])
AC_SUBST([WINDOWS_RIG_CFLAGS])
AC_SUBST([WINDOWS_RIG_LIBS])
AM_CONDITIONAL([WINDOWS_RIG], [test "$have_windows_rig" = yes])])

# _CURFEW_PRIVATE_LIBRARIES(NAMES): sets private_libraries to the files in samba_libdir: libNAME-samba4.so.0
# in Samba 4.17, libNAME-private-samba.so.0 in 4.22.  One that is not there is missed by the link.
AC_DEFUN([_CURFEW_PRIVATE_LIBRARIES],
[private_libraries=
for name in $1; do
  for file in "$samba_libdir/lib$name-private-samba.so".* "$samba_libdir/lib$name-samba4.so".*; do
    AS_IF([test -f "$file"], [private_libraries="$private_libraries -l:$(basename "$file")"; break])
  done
done])
