#include "cli/reach.h"

const char *reach_word(enum reach reach)
{
	switch (reach) {
	case REACH_NOT_SENT:
		return "not_sent";
	case REACH_MAY_HAVE_LEFT:
		return "may_have_left";
	case REACH_HELD:
		return "held";
	}
	return "may_have_left";
}

const char *reach_before(enum reach was)
{
	return was == REACH_NOT_SENT ? "never_left" : reach_word(was);
}
