# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages and completions are made from the programs' table of options by
# mkdoc, and are not in the tarball.  A page for another program: one line in
# MADE_PAGES and one that names its source.
noinst_PROGRAMS += doc/mkdoc
doc_mkdoc_SOURCES = doc/mkdoc.c
doc_mkdoc_LDADD = $(LIBCURFEW)

if PART_AGENT
AGENT_PAGE = doc/curfew-agent.8
AGENT_BASH_COMPLETION = doc/completions/curfew-agent
AGENT_ZSH_COMPLETION = doc/completions/_curfew-agent
endif
if PART_POLICY
POLICY_PAGE = doc/enforce_sessions.1 doc/explain_sessions.1 doc/rehearse_sessions.1
POLICY_BASH_COMPLETION = doc/completions/enforce_sessions doc/completions/explain_sessions doc/completions/rehearse_sessions
POLICY_ZSH_COMPLETION = doc/completions/_enforce_sessions doc/completions/_explain_sessions doc/completions/_rehearse_sessions
endif
MADE_PAGES = $(AGENT_PAGE) $(POLICY_PAGE) \
	doc/check_sessions.1 \
	doc/disconnect_sessions.1 \
	doc/logoff_sessions.1 \
	doc/message_sessions.1
man_MANS += $(MADE_PAGES)
CLEANFILES += $(MADE_PAGES)

doc/check_sessions.1: doc/check_sessions.1.in
doc/curfew-agent.8: doc/curfew-agent.8.in
doc/disconnect_sessions.1: doc/disconnect_sessions.1.in
doc/enforce_sessions.1: doc/enforce_sessions.1.in
doc/logoff_sessions.1: doc/logoff_sessions.1.in
doc/message_sessions.1: doc/message_sessions.1.in
doc/explain_sessions.1: doc/explain_sessions.1.in
doc/rehearse_sessions.1: doc/rehearse_sessions.1.in
$(MADE_PAGES): doc/handlers.man doc/mkdoc$(EXEEXT)
	$(AM_V_GEN)doc/mkdoc$(EXEEXT) man $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

# bash-completion looks for a file with the command's name, zsh for one with the function's.
BASH_COMPLETIONS = $(AGENT_BASH_COMPLETION) $(POLICY_BASH_COMPLETION) \
	doc/completions/check_sessions \
	doc/completions/disconnect_sessions \
	doc/completions/logoff_sessions \
	doc/completions/message_sessions
bashcompletionsdir = $(datadir)/bash-completion/completions
nodist_bashcompletions_DATA = $(BASH_COMPLETIONS)
ZSH_COMPLETIONS = $(AGENT_ZSH_COMPLETION) $(POLICY_ZSH_COMPLETION) \
	doc/completions/_check_sessions \
	doc/completions/_disconnect_sessions \
	doc/completions/_logoff_sessions \
	doc/completions/_message_sessions
zshcompletionsdir = $(datadir)/zsh/site-functions
nodist_zshcompletions_DATA = $(ZSH_COMPLETIONS)
CLEANFILES += $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS)

$(BASH_COMPLETIONS): doc/mkdoc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	doc/mkdoc$(EXEEXT) bash $(@F) >$@.tmp && mv $@.tmp $@
$(ZSH_COMPLETIONS): doc/mkdoc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && program=$(@F) && \
	doc/mkdoc$(EXEEXT) zsh "$${program#_}" >$@.tmp && mv $@.tmp $@

dist_man_MANS += \
	doc/curfew-run.8 \
	doc/curfew-wtsapi.7 \
	doc/curfew.conf.5

# For operators; doc/design is for those who change Curfew.
dist_doc_DATA = \
	doc/architecture.md \
	doc/audit.md \
	doc/compatibility.md \
	doc/curfew.schema.json \
	doc/explain.schema.json \
	doc/rehearse.schema.json \
	doc/field-test.md \
	doc/first-hour-azure.md \
	doc/first-hour-nrpe.md \
	doc/first-hour-windows.md \
	doc/first-hour-xrdp.md \
	doc/five-commands.md \
	doc/json.md \
	doc/monitoring-servers.md \
	doc/policy.md \
	doc/snmp.md \
	doc/thresholds.md \
	doc/troubleshooting.md \
	doc/windows-parity.md

# Of README.md.
picturesdir = $(docdir)/pictures
dist_pictures_DATA = doc/pictures/overview.svg doc/pictures/terminal.svg

designdocdir = $(docdir)/design
dist_designdoc_DATA += \
	doc/design/bench.md \
	doc/design/developing.md \
	doc/design/packages.md \
	doc/design/policy.md \
	doc/design/provider-guide.md \
	doc/design/recording.md \
	doc/design/worker-protocol.md

EXTRA_DIST += \
	doc/check_sessions.1.in \
	doc/curfew-agent.8.in \
	doc/disconnect_sessions.1.in \
	doc/enforce_sessions.1.in \
	doc/explain_sessions.1.in \
	doc/handlers.man \
	doc/logoff_sessions.1.in \
	doc/message_sessions.1.in \
	doc/rehearse_sessions.1.in
