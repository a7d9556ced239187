/*
 * Random histories over real notebooks, with the truth beside them (shared with the
 * model: README.md there). Every word a teacher writes is one of its kind, so that one
 * that is lost, doubled or leaked can be named.
 *
 *   I1 equal vectors, equal sums           I5 a value nobody saw is never replaced
 *   I2 no word lost or doubled             I6 everything ends verified
 *   I3 nothing unshared, nor what was      I7 the ledger never says "not sent" of
 *      deleted before sealing, is said        what was
 *   I4 taken back stays gone
 *
 * Each history runs in a process of its own, from its number alone: it is repeated, and
 * shortened, by leaving steps out.
 *
 *   laws_notebook                     a few histories; KITH_LAWS_CASES=n: n times as many
 *   laws_notebook FIRST COUNT [STEPS] those, with what else happens: r c three
 */
#include <sys/wait.h>
#include <unistd.h>

#include "tests/laws/notebook_world.h"

#define QUICK_CASES 24
#define STEPS       60

static void history(uint64_t number, size_t steps, const bool *skip)
{
	chance_state = number;
	w.persons = percent(30) ? 3 : 2;
	w.with_restore = percent(50);
	w.with_copy = percent(15);
	for (size_t i = 0; i < 16; i++) {
		static const unsigned tastes[] = {0, 1, 1, 3};
		w.taste[i] = i == 6 || i == 7 || i == 3 ? 1 : tastes[below(4)];
	}
	for (size_t i = 0; i < w.persons; i++)
		w.machines[w.machine_count++] =
			(struct machine){.t = &teachers[i], .person = (int)i};
	for (size_t i = 0; i < TEACHERS; i++)
		teacher_put_back(&teachers[i], "law");
	for (size_t i = 0; i < steps; i++) {
		chance_state = number * 1000003 + i;
		sodium_state = ~chance_state;
		if (skip != NULL && skip[i])
			continue;
		act();
		check_pairs(false);
	}
	chance_state = ~number;
	check_at_the_end();
}

/* In a process of its own. 0: held; 4: beyond the design. */
static int run(uint64_t number, size_t steps, const bool *skip, FILE *out)
{
	pid_t child = fork();
	if (child == 0) {
		report = out;
		if (out == NULL) {
			if (freopen("/dev/null", "w", stderr) == NULL ||
				freopen("/dev/null", "w", stdout) == NULL)
				exit(1);
		}
		(void)atexit(print_trace);
		(void)alarm(120);
		history(number, steps, skip);
		w.trace_count = 0;
		exit(0);
	}
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void shorten(uint64_t number, size_t steps, int how)
{
	bool *skip = mem_array(steps, sizeof *skip), *all = mem_array(steps, sizeof *all);
	for (size_t size = steps / 2; size > 0; size /= 2) {
		for (size_t i = 0; i < steps; i += size) {
			memcpy(all, skip, steps * sizeof *all);
			for (size_t k = i; k < i + size && k < steps; k++)
				all[k] = true;
			if (run(number, steps, all, NULL) == how)
				memcpy(skip, all, steps * sizeof *all);
		}
	}
	(void)run(number, steps, skip, stdout);
	mem_free(skip);
	mem_free(all);
}

int main(int argc, char **argv)
{
	const char *times = getenv("KITH_LAWS_CASES");
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t count =
		argc > 2 ? strtoull(argv[2], NULL, 10)
			 : QUICK_CASES * (times != NULL ? strtoull(times, NULL, 10) : 1);
	size_t steps = argc > 3 ? strtoul(argv[3], NULL, 10) : STEPS;
	unsigned failures = 0, beyond = 0;
	install_chance();
	sodium_state = 1;
	if (teachers_start(NULL) != 0)
		return 1;
	teachers_pair(amina, carla);
	teachers_pair(ben, carla);
	for (size_t i = 0; i < TEACHERS; i++) {
		teacher_keep(&teachers[i], "law");
		teacher_close(&teachers[i]);
	}
	for (uint64_t number = first; number < first + count && failures < 3; number++) {
		int how = run(number, steps, NULL, NULL);
		beyond += how == 4;
		if (how == 0 || how == 4)
			continue;
		failures++;
		printf("history %llu (%d):\n", (unsigned long long)number, how);
		(void)fflush(stdout);
		shorten(number, steps, how);
	}
	printf("%llu histories, %u failed, %u beyond the design\n",
		(unsigned long long)count, failures, beyond);
	(void)teachers_stop(NULL);
	return failures > 0;
}
