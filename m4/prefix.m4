# SPDX-License-Identifier: GPL-3.0-or-later
# CURFEW_PREFIX: for the prefixes /usr/local (the default) and /usr, configuration and state
# are in /etc/curfew and /var/lib/curfew, where pages, units and people look for them, unless
# --sysconfdir or --localstatedir says otherwise.  Any other prefix has all of it below itself.
# And folders that make install makes can be entered by all, whatever root's umask is: the
# programs are run by accounts other than root.
AC_DEFUN([CURFEW_PREFIX],
[AS_CASE([$prefix], [NONE|/usr|/usr/local],
  [AS_IF([test "$sysconfdir" = '${prefix}/etc'], [sysconfdir=/etc])
   AS_IF([test "$localstatedir" = '${prefix}/var'], [localstatedir=/var])])
MKDIR_P="umask 022; $MKDIR_P"])

# CURFEW_PLUGINDIR: --with-plugindir=DIR, PLUGIN_LINK
AC_DEFUN([CURFEW_PLUGINDIR],
[AC_ARG_WITH([plugindir],
  [AS_HELP_STRING([--with-plugindir=DIR],
    [where a monitoring server looks for plugins (/usr/lib/nagios/plugins): check_sessions is linked there too @<:@no@:>@])],
  [], [with_plugindir=no])
AS_CASE([$with_plugindir], [no], [plugindir=], [/*], [plugindir=$with_plugindir],
  [AC_MSG_ERROR([--with-plugindir wants a folder, like /usr/lib/nagios/plugins])])
AC_SUBST([plugindir])
AM_CONDITIONAL([PLUGIN_LINK], [test -n "$plugindir"])])
