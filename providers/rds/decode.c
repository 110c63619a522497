/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/decode.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/rds/instance.h"

enum { HOST_MOST = 253 };

const char *host_name(const char *text, struct arena *arena)
{
	size_t length = text != NULL ? strlen(text) : 0;
	char *name;

	if (length == 0 || length > HOST_MOST || !isalnum((unsigned char)text[0]))
		return NULL;
	name = arena_strdup(arena, text);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];

		if ((!isalnum(c) && strchr("-_.", c) == NULL) || c >= 0x80 || (c == '.' && name[i + 1] == '.'))
			return NULL;
		name[i] = (char)tolower(c);
	}
	return name;
}

/* The program that the session was begun with (the client's StartProgram): RemoteApp's is rdpinit.exe, or an alias
   behind two bars.  None: a desktop. */
static void read_application(struct listed *listed, const struct xml_element *instance, struct arena *arena)
{
	const char *text = instance_text(instance, "ApplicationType");

	listed->application = instance_clean(instance, "ApplicationType", arena);
	if (text == NULL)
		listed->kind = KIND_UNKNOWN;
	else if (text[0] == '\0' || text_same(text, "Desktop"))
		listed->kind = KIND_DESKTOP;
	else if (text_same(text, "rdpinit.exe") || text_same(text, "RemoteApp") || strncmp(text, "||", 2) == 0)
		listed->kind = KIND_REMOTE_APP;
	else
		listed->kind = KIND_UNKNOWN;
}

int listed_read(struct listed *listed, const struct xml_element *instance, struct arena *arena)
{
	bool extended = instance_is(instance, CLASS_EXTENDED);

	*listed = (struct listed){.alias = "", .state = STATE_OTHER, .state_text = ""};
	if (!extended && !instance_is(instance, CLASS_BASE))
		return -1;
	listed->user = instance_clean(instance, "UserName", arena);
	listed->domain = instance_clean(instance, "DomainName", arena);
	listed->created = instance_time(instance, "CreateTime");
	listed->disconnected = instance_time(instance, "DisconnectTime");
	read_application(listed, instance, arena);
	if (instance_number(instance, "SessionId", &listed->id) < 0)
		return -1;
	listed->host = host_name(instance_text(instance, "ServerName"), arena);
	if (extended)
		listed_read_extended(listed, instance, arena);
	else
		listed_read_base(listed, instance, arena);
	return listed->host != NULL ? 0 : -1;
}
