#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/tr.h"

const char *err_text(enum err e)
{
	switch (e) {
	case OK:
		return tr("done");
#define ERR_CASE(name, sentence)                                                         \
	case name:                                                                       \
		return tr(sentence);
		ERRORS(ERR_CASE)
#undef ERR_CASE
	}
	return tr("an unknown error");
}

void why_say(struct why *why, const char *format, ...)
{
	if (why == NULL)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(why->text, sizeof why->text, tr(format), args);
	va_end(args);
}

const char *why_text(const struct why *why, enum err e)
{
	return why != NULL && why->text[0] != '\0' ? why->text : err_text(e);
}
