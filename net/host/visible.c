#include "net/host/visible.h"

enum visible visible_on(const struct invisible *invisible, const struct network *networks,
	size_t count, bool all_named)
{
	for (size_t i = 0; i < count; i++)
		if (invisible_on(invisible, networks[i].b))
			return INVISIBLE_HERE;
	return invisible->count > 0 && !all_named ? INVISIBLE_UNSURE : VISIBLE;
}

enum visible visible_now(const struct invisible *invisible)
{
	struct network networks[VISIBLE_NETWORKS];
	bool all_named;
	size_t count = networks_now(networks, VISIBLE_NETWORKS, &all_named);
	return visible_on(invisible, networks, count, all_named);
}
