#include "tests/test.h"

#include "tests/sim/world.h"

const int pair_of[PAIRS][2] = {{ANNA, BEN}, {ANNA, CARLA}};
char *base;
struct node people[PEOPLE];
char home[PEOPLE][128], then[PEOPLE][200], saved[PEOPLE][200];
unsigned saved_at[PEOPLE]; /* 0: never */
bool put_back[PEOPLE];     /* and not verified with all since */
bool settled[PAIRS];       /* verified since the last put back */

struct doc docs[DOCS_MAX];
struct word words[WORDS_MAX];
struct title titles[WORDS_MAX];
size_t doc_count, word_count, title_count;
struct talk talks[PAIRS];
bool is_open[PAIRS];
struct buf plain[PAIRS], cipher[PAIRS];
unsigned step;
uint64_t seed;
bool with_restores;
enum paths paths;
struct buf story; /* what happened, a line each; told when something is wrong */

void tell(const char *what, int person, const struct doc *doc)
{
	buf_add_format(&story, "%u: %s", step, what);
	if (person >= 0)
		buf_add_format(&story, " %s", people[person].name);
	if (doc != NULL)
		buf_add_format(&story, " of document %d", (int)(doc - docs));
	buf_add_text(&story, "\n");
}

bool holds(const struct buf *buf, const char *text)
{
	return buf->len > 0 && memmem(buf->at, buf->len, text, strlen(text)) != NULL;
}
