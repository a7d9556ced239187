/* The thousand records of bench_records in one document. */
#ifndef KITH_TESTS_BENCH_RECORDS_ONE_H
#define KITH_TESTS_BENCH_RECORDS_ONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDS 1000u
#define EDITS   2000u
#define RUNS    9u

/* Times in ms, medians; sizes in bytes. */
struct one_document {
	double build, load, edits, merge;
	size_t base, final, sent, json;
	bool ok;
};

/* The id of a record of a log: as good as random, as the program's are, since what is
 * random is not squeezed. (S. Vigna's splitmix64.) */
void record_id(uint8_t who, size_t n, uint8_t out[8]);

void one_document_run(struct one_document *out);

#endif
