# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += lib/libcurfew.a
lib_libcurfew_a_SOURCES = \
	lib/arena.c lib/arena.h \
	lib/buffer.c lib/buffer.h \
	lib/clock.c lib/clock.h \
	lib/error.c lib/error.h
