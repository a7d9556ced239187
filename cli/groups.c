/* The parts of the help and of the manual. */
#include "cli/command.h"
#include "core/base/tr.h"

const struct group groups[] = {
	[GROUP_NONE] = {"", ""},
	[GROUP_WRITING] = {"writing", N_("Write and read")},
	[GROUP_VISITS] = {"visits", N_("Visit each other, from plan to next step")},
	[GROUP_OBSERVING] = {"observing", N_("Watch a lesson")},
	[GROUP_SHARING] = {"sharing", N_("Share, and take back")},
	[GROUP_MEETING] = {"meeting", N_("Find a partner and meet")},
	[GROUP_REPORTS] = {"reports", N_("Charts, and everything out of kith")},
	[GROUP_STORE] = {"store", N_("Care of the store")},
	[GROUP_KITH] = {"kith", N_("Help")},
};
const size_t group_count = sizeof groups / sizeof groups[0];
