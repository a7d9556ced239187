#include "core/base/tr.h"

#include <libintl.h>
#include <locale.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "kith"

/* gettext translates only in a locale other than "C"; C.UTF-8 is one, and every glibc has
 * it, so that LANGUAGE=de works on a machine with no German locale. */
void tr_start(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	if (setlocale(LC_MESSAGES, "") == NULL ||
		strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0 ||
		strcmp(setlocale(LC_MESSAGES, NULL), "POSIX") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
	const char *folder = getenv("KITH_LOCALEDIR");
	bindtextdomain(
		DOMAIN, folder != NULL && folder[0] != '\0' ? folder : KITH_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

const char *tr(const char *sentence)
{
	/* An empty message is the catalogue's own header. */
	return sentence[0] == '\0' ? sentence : dgettext(DOMAIN, sentence);
}

struct bytes tr_bytes(struct bytes word)
{
	char key[256];
	if (word.len == 0 || word.len >= sizeof key)
		return word;
	memcpy(key, word.at, word.len);
	key[word.len] = '\0';
	const char *found = dgettext(DOMAIN, key);
	return found == key ? word : bytes_text(found);
}

const char *tr_n(const char *one, const char *many, unsigned long n)
{
	return dngettext(DOMAIN, one, many, n);
}

/* As GNU gettext writes contexts: context, EOT, word. */
const char *tr_in(const char *context, const char *word)
{
	char key[256];
	int len = snprintf(key, sizeof key, "%s\004%s", context, word);
	if (len < 0 || (size_t)len >= sizeof key)
		return word;
	const char *found = dgettext(DOMAIN, key);
	return found == key ? word : found;
}

const char *tr_language(void)
{
	return tr_in("language tag", "en");
}

bool tr_is_rtl(void)
{
	return strcmp(tr_in("text direction", "ltr"), "rtl") == 0;
}

const char *tr_decimal(void)
{
	return tr_in("decimal point", ".");
}
