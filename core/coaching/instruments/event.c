#include "core/coaching/instruments/event.h"

#include <string.h>

static uint64_t overlap(uint64_t from, uint64_t to, const struct gap *gap)
{
	uint64_t begin = gap->t_ms > from ? gap->t_ms : from;
	uint64_t end = gap->t_ms + gap->length_ms;
	if (end > to)
		end = to;
	return end > begin ? end - begin : 0;
}

uint64_t recording_observed_ms(
	const struct recording *recording, uint64_t from_ms, uint64_t to_ms)
{
	if (to_ms > recording->length_ms)
		to_ms = recording->length_ms;
	if (to_ms <= from_ms)
		return 0;
	uint64_t gaps = 0;
	for (size_t i = 0; i < recording->gap_count; i++)
		gaps += overlap(from_ms, to_ms, &recording->gaps[i]);
	return to_ms - from_ms - gaps;
}

unsigned event_seat(const struct event *event)
{
	struct bytes subj = event->subj;
	uint8_t digit = 0;
	if (subj.len > 0 && (subj.at[0] == 'S' || subj.at[0] == 's'))
		(void)bytes_take_u8(&subj, &digit);
	if (subj.len == 0 || subj.len > 3)
		return 0;
	unsigned seat = 0;
	while (bytes_take_u8(&subj, &digit)) {
		if (digit < '0' || digit > '9')
			return 0;
		seat = seat * 10 + (unsigned)(digit - '0');
	}
	return seat;
}
