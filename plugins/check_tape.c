/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check_tape.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/collect/worker_protocol.h"
#include "lib/tape/recording.h"
#include "lib/tape/tape.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"

static struct recording *recording;

/* Makes one of our targets from a line of the recording. */
static int target_from(const json_t *json, struct settings *settings, struct target *target, struct error *error)
{
	const char *url = json_string_value(json_object_get(json, "target")), *name;
	json_t *options = json_object_get(json, "options"), *value;
	struct arena *arena = &settings->arena;

	if (url == NULL || target_parse(target, settings->config.providers, url, "", arena, error) < 0)
		return url == NULL ? error_set(error, ERROR_CONFIG, STEP_NONE, "a target of the recording has no URL")
		                   : -1;
	target->options = arena_alloc(arena, (json_object_size(options) + 1) * sizeof *target->options);
	json_object_foreach (options, name, value)
		if (json_is_string(value))
			target->options[target->option_count++] = (struct target_option){
			    arena_strdup(arena, name), arena_strdup(arena, json_string_value(value))};
	return 0;
}

static int replay_begin(struct settings *settings, struct error *error)
{
	json_t *targets = NULL, *exchanges = NULL, *json;
	int result = recording_read(settings->replay, &targets, &exchanges, error);
	size_t i;

	if (result == 0)
		settings->targets = arena_alloc(&settings->arena, json_array_size(targets) * sizeof *settings->targets);
	json_array_foreach (targets, i, json) {
		if (result < 0)
			break;
		result = target_from(json, settings, &settings->targets[settings->target_count++], error);
	}
	if (result == 0)
		tape_play(exchanges);
	json_decref(targets);
	json_decref(exchanges);
	return result;
}

int check_tape_begin(struct settings *settings, struct error *error)
{
	if (settings->replay != NULL)
		return replay_begin(settings, error);
	if (settings->record == NULL)
		return 0;
	if (recording_possible(settings->record, error) < 0)
		return -1;
	recording = recording_begin();
	return 0;
}

/* A target and its result.  Error texts contain names inside sentences, so only the code is written. */
static json_t *target_json(const struct visit *visit)
{
	const struct target *target = visit->target;
	const struct error *error = &visit->error;
	json_t *json = json_pack("{ss ss so}", "provider", target->scheme, "target", target->url, "trail",
	                         trail_to_json(&visit->trail));
	json_t *options = json_object();

	for (size_t i = 0; i < target->option_count; i++)
		json_object_set_new(options, target->options[i].name, json_string(target->options[i].value));
	json_object_set_new(json, "options", options);
	if (error->code != ERROR_NONE) {
		json_object_set_new(json, "failed",
		                    json_pack("{ss ss sI}", "code", error_code_name(error->code), "step",
		                              step_name(error->step), "native", (json_int_t)error->native));
		return json;
	}
	json_object_set_new(json, "sessions", json_integer((json_int_t)visit->snapshot.count));
	json_object_set_new(json, "complete", json_boolean(visit->snapshot.complete));
	return json;
}

static void tell(const struct settings *settings, const struct error *error, size_t count, struct buffer *out)
{
	if (error->code == ERROR_NONE) {
		buffer_puts(out, "recorded: ");
		text_escape(out, settings->record);
		buffer_printf(out, ", %zu exchange%s; names are replaced, but read it before you pass it on\n", count,
		              plural(count));
	} else {
		buffer_puts(out, "NOT recorded: ");
		text_escape(out, error->text);
		buffer_puts(out, "\n");
	}
}

int check_tape_end(const struct settings *settings, const struct visit *visits, struct buffer *out)
{
	struct error error = {0};
	int result;

	if (recording == NULL)
		return 0;
	for (size_t i = 0; i < settings->target_count; i++)
		recording_target(recording, target_json(&visits[i]));
	result = recording_write(recording, settings->record, &error);
	if (settings->output == OUTPUT_TEXT || result < 0)
		tell(settings, &error, recording_count(recording), out);
	recording_free(recording);
	recording = NULL;
	return result;
}
