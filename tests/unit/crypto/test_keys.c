#include "tests/test.h"

#include <sodium.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "core/crypto/process.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == OK && crypto_start() == OK ? 0 : -1;
}

/* ---- Wiping. */

static const uint8_t zeros[512];

/* Wiped where it can be looked at afterwards. */
static struct secret *kept_place;

static void secret_mark_wipe(struct secret *secret)
{
	secret_wipe(secret);
	kept_place = secret;
	assert_memory_equal(secret, zeros, sizeof *secret);
}

static void use_a_secret(bool early)
{
	CLEANUP(secret_mark_wipe) struct secret key;
	random_secret(&key);
	assert_memory_not_equal(&key, zeros, sizeof key);
	if (early)
		return;
	key.b[0] ^= 1;
}

static void a_scope_that_ends_wipes_whichever_way_it_ends(void **state)
{
	(void)state;
	for (int early = 0; early < 2; early++) {
		kept_place = NULL;
		use_a_secret(early != 0);
		assert_non_null(kept_place);
	}
	WIPED(buf) buf = {0};
	buf_add_text(&buf, "secret");
	buf_wipe(&buf);
	assert_null(buf.at);
	assert_int_equal(buf.len + buf.cap, 0);
}

static void each_secret_type_is_wiped_whole(void **state)
{
	(void)state;
	struct wide_secret wide;
	struct dh_secret dh_own;
	struct identity_secret identity;
	struct hasher hasher;
	random_fill(&wide, sizeof wide);
	random_fill(&dh_own, sizeof dh_own);
	random_fill(&identity, sizeof identity);
	random_fill(&hasher, sizeof hasher);
	wide_secret_wipe(&wide);
	dh_secret_wipe(&dh_own);
	identity_secret_wipe(&identity);
	hasher_wipe(&hasher);
	assert_memory_equal(&wide, zeros, sizeof wide);
	assert_memory_equal(&dh_own, zeros, sizeof dh_own);
	assert_memory_equal(&identity, zeros, sizeof identity);
	assert_memory_equal(&hasher, zeros, sizeof hasher);
	uint8_t *none = NULL;
	wipe(none, 0);
}

static void locked_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	for (size_t size = 1; size < 300; size += 37) {
		uint8_t *p = locked_new(size);
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_memory_equal(p, zeros, size);
		locked_free(p);
	}
	locked_free(NULL);
	secret_free(NULL);
	struct secret *key = secret_new();
	assert_memory_equal(key, zeros, sizeof *key);
	secret_freep(&key);
}

/* Not one byte beyond: a guard page stands there. */
static void reading_past_locked_memory_ends_the_program(void **state)
{
	(void)state;
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
		(void)close(STDERR_FILENO);
		(void)signal(SIGSEGV, SIG_DFL);
		volatile uint8_t *p = locked_new(64);
		_exit(p[64] == 0 ? 0 : 3);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 1);
}

/* ---- Comparing. */

static void secrets_are_equal_when_every_byte_is(void **state)
{
	(void)state;
	uint8_t a[64], b[64];
	random_fill(a, sizeof a);
	memcpy(b, a, sizeof b);
	assert_true(secret_equal(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			b[i] ^= (uint8_t)(1u << bit);
			assert_false(secret_equal(a, b, sizeof a));
			b[i] ^= (uint8_t)(1u << bit);
		}
	assert_true(secret_equal(a, b, 0));
}

/* ---- Randomness. */

static void what_is_drawn_is_drawn_anew(void **state)
{
	(void)state;
	struct secret a, b;
	random_secret(&a);
	random_secret(&b);
	assert_memory_not_equal(&a, &b, sizeof a);
	assert_false(id_equal(random_id(), random_id()));
	struct dh_secret x, y;
	struct dh_public px, py;
	dh_pair(&x, &px);
	dh_pair(&y, &py);
	assert_false(dh_public_equal(&px, &py));
	random_fill(NULL, 0);
}

static void a_number_below_a_bound_takes_each_value(void **state)
{
	(void)state;
	unsigned seen[7] = {0};
	for (int i = 0; i < 7000; i++) {
		uint32_t v = random_below(7);
		assert_true(v < 7);
		seen[v]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 700, 1300);
	assert_int_equal(random_below(1), 0);
}

/* ---- Deriving. */

static void each_purpose_and_number_has_a_subkey_of_its_own(void **state)
{
	(void)state;
	static const char contexts[2][8] = {{'p', 'a', 'i', 'r', 'k', 'e', 'y', '1'},
		{'s', 't', 'o', 'r', 'e', '_', '_', '1'}};
	struct secret root, again, keys[8];
	random_secret(&root);
	for (size_t i = 0; i < 8; i++)
		secret_derive(&root, contexts[i / 4], i % 4, &keys[i]);
	for (size_t i = 0; i < 8; i++) {
		secret_derive(&root, contexts[i / 4], i % 4, &again);
		assert_memory_equal(&again, &keys[i], sizeof again);
		assert_memory_not_equal(&root, &keys[i], sizeof root);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(&keys[i], &keys[k], sizeof again);
	}
}

/* As crypto_kdf's page says: BLAKE2b with the key, the number as salt and the context as
 * personal string. */
static void a_subkey_is_what_libsodium_documents(void **state)
{
	(void)state;
	static const char context[8] = {'p', 'a', 'i', 'r', 'k', 'e', 'y', '1'};
	struct secret root, key;
	uint8_t salt[16] = {3}, personal[16] = {0}, expected[32];
	random_secret(&root);
	memcpy(personal, context, 8);
	assert_int_equal(crypto_generichash_blake2b_salt_personal(
				 expected, 32, NULL, 0, root.b, 32, salt, personal),
		0);
	secret_derive(&root, context, 3, &key);
	assert_memory_equal(&key, expected, 32);
}

/* ---- Hashing. */

static void a_hash_is_over_label_and_parts_in_a_row(void **state)
{
	(void)state;
	struct bytes parts[] = {bytes_text("ab"), bytes_text(""), bytes_text("c")};
	struct bytes whole = bytes_text("abc");
	struct hash a = hash_of("label", parts, 3), b = hash_of("label", &whole, 1);
	assert_true(hash_equal(&a, &b));
	b = hash_of("labe", (struct bytes[]){bytes_text("labc")}, 1);
	assert_true(hash_equal(&a, &b));
	b = hash_of("other", &whole, 1);
	assert_false(hash_equal(&a, &b));

	uint8_t expected[32];
	assert_int_equal(
		crypto_generichash(expected, 32, (const uint8_t *)"labelabc", 8, NULL, 0),
		0);
	assert_memory_equal(a.b, expected, 32);
}

static void a_keyed_hash_depends_on_key_and_length(void **state)
{
	(void)state;
	uint8_t key[64], out[64], expected[64];
	random_fill(key, sizeof key);
	static const size_t lens[] = {16, 32, 64};
	for (size_t i = 0; i < 3; i++)
		for (size_t key_len = 0; key_len <= 64; key_len += 16) {
			struct bytes part = bytes_text("part");
			keyed_hash((struct bytes){key, key_len}, "label", &part, 1, out,
				lens[i]);
			assert_int_equal(
				crypto_generichash(expected, lens[i],
					(const uint8_t *)"labelpart", 9, key, key_len),
				0);
			assert_memory_equal(out, expected, lens[i]);
		}
}

static void a_hasher_takes_its_input_in_any_pieces(void **state)
{
	(void)state;
	CLEAN_BUF struct buf input = {0};
	random_fill(buf_extend(&input, 1000), 1000);
	struct bytes whole = buf_bytes(&input);
	struct hash expected = hash_of("", &whole, 1), got;
	for (size_t step = 1; step < 400; step += 97) {
		struct hasher h;
		struct bytes rest = whole, part;
		hasher_init(&h);
		while (bytes_take(&rest, rest.len < step ? rest.len : step, &part) &&
			part.len > 0)
			hasher_add(&h, part);
		hasher_add(&h, (struct bytes){0});
		hasher_end(&h, got.b, sizeof got.b);
		assert_true(hash_equal(&got, &expected));
		assert_memory_equal(&h, zeros, sizeof h);
	}
}

/* A struct that holds one may lie anywhere on the heap. */
static void a_hasher_needs_no_more_alignment_than_memory_has(void **state)
{
	(void)state;
	uint8_t *room = mem_new(sizeof(struct hasher) + 64);
	struct hash first = hash_of("x", NULL, 0), got;
	for (size_t shift = 0; shift < 64; shift += 16) {
		struct hasher *h = (struct hasher *)(void *)(room + shift);
		hasher_init(h);
		hasher_add_text(h, "x");
		hasher_end(h, got.b, sizeof got.b);
		assert_true(hash_equal(&got, &first));
	}
	mem_free(room);
}

/* ---- Key agreement. */

static void both_sides_agree_and_small_order_is_refused(void **state)
{
	(void)state;
	struct dh_secret a, b;
	struct dh_public pa, pb, again;
	struct secret x, y;
	dh_pair(&a, &pa);
	dh_pair(&b, &pb);
	assert_true(dh(&a, &pb, &x));
	assert_true(dh(&b, &pa, &y));
	assert_true(secret_equal(&x, &y, sizeof x));
	dh_public_of(&a, &again);
	assert_true(dh_public_equal(&pa, &again));

	/* Of order 1, 2, 4 and 8: RFC 7748 §6.1 and the curve's torsion. */
	static const struct dh_public small[] = {
		{{0}},
		{{1}},
		{{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
		{{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa,
			0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1,
			0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00}},
	};
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		memset(&x, 1, sizeof x);
		assert_false(dh(&a, &small[i], &x));
		assert_memory_equal(&x, zeros, sizeof x);
	}
}

static void an_identity_holds_its_public_half(void **state)
{
	(void)state;
	struct identity_secret secret;
	struct person_id person;
	identity_pair(&secret, &person);
	assert_memory_equal(secret.b + 32, person.b, 32);
}

/* ---- Passphrases. */

static void a_passphrase_out_of_bounds_is_refused_before_memory_is_taken(void **state)
{
	(void)state;
	static const uint8_t salt[PASSPHRASE_SALT];
	static const struct {
		uint64_t ops, mem;
	} cases[] = {{0, PASSPHRASE_MEM_MIN}, {1, PASSPHRASE_MEM_MIN},
		{13, PASSPHRASE_MEM_MIN}, {3, PASSPHRASE_MEM_MIN - 1},
		{3, PASSPHRASE_MEM_MAX + 1}, {UINT64_MAX, UINT64_MAX}};
	struct rusage before, after;
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct secret key;
		memset(&key, 1, sizeof key);
		assert_int_equal(passphrase_key(bytes_text("x"), salt, cases[i].ops,
					 cases[i].mem, &key),
			ERR_INVALID);
		assert_memory_equal(&key, zeros, sizeof key);
	}
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096);
}

static void passphrase_and_salt_make_the_key(void **state)
{
	(void)state;
	uint8_t salt[PASSPHRASE_SALT] = {1};
	struct secret a, b;
	assert_int_equal(passphrase_key(bytes_text("words"), salt, PASSPHRASE_OPS_MIN,
				 PASSPHRASE_MEM_MIN, &a),
		OK);
	salt[15] ^= 1;
	assert_int_equal(passphrase_key(bytes_text("words"), salt, PASSPHRASE_OPS_MIN,
				 PASSPHRASE_MEM_MIN, &b),
		OK);
	assert_memory_not_equal(&a, &b, sizeof a);
	uint8_t expected[32];
	assert_int_equal(
		crypto_pwhash_argon2id(expected, 32, "words", 5, salt, PASSPHRASE_OPS_MIN,
			PASSPHRASE_MEM_MIN, crypto_pwhash_argon2id_ALG_ARGON2ID13),
		0);
	assert_memory_equal(&b, expected, 32);
}

/* ---- The process. */

static void a_hardened_process_leaves_no_core_and_private_files(void **state)
{
	(void)state;
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit limit = {1, 1};
		struct why why = {0};
		bool good = process_harden(&why) == OK && why.text[0] == '\0' &&
			    getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
		/* umask() says what it was. */
		_exit(good && umask(0) == 077 ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scope_that_ends_wipes_whichever_way_it_ends),
		cmocka_unit_test(each_secret_type_is_wiped_whole),
		cmocka_unit_test(locked_memory_is_zeroed_and_aligned),
		cmocka_unit_test(reading_past_locked_memory_ends_the_program),
		cmocka_unit_test(secrets_are_equal_when_every_byte_is),
		cmocka_unit_test(what_is_drawn_is_drawn_anew),
		cmocka_unit_test(a_number_below_a_bound_takes_each_value),
		cmocka_unit_test(each_purpose_and_number_has_a_subkey_of_its_own),
		cmocka_unit_test(a_subkey_is_what_libsodium_documents),
		cmocka_unit_test(a_hash_is_over_label_and_parts_in_a_row),
		cmocka_unit_test(a_keyed_hash_depends_on_key_and_length),
		cmocka_unit_test(a_hasher_takes_its_input_in_any_pieces),
		cmocka_unit_test(a_hasher_needs_no_more_alignment_than_memory_has),
		cmocka_unit_test(both_sides_agree_and_small_order_is_refused),
		cmocka_unit_test(an_identity_holds_its_public_half),
		cmocka_unit_test(
			a_passphrase_out_of_bounds_is_refused_before_memory_is_taken),
		cmocka_unit_test(passphrase_and_salt_make_the_key),
		cmocka_unit_test(a_hardened_process_leaves_no_core_and_private_files),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
