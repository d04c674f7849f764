/* Gives SIGBUS and SIGSEGV back to src/mem/touch.c. */
/* touch.c installs its handlers once in a process, which is right everywhere but here. */
#include "faults.h"

#include "unit.h"

#include "mem/touch.h"

#include <signal.h>

static const int signals[] = { SIGBUS, SIGSEGV };

static void nothing(void *arg)
{
	(void)arg;
}

void faults_to_touch(void)
{
	static struct sigaction handlers[ARRAY_LEN(signals)];
	static bool known;
	struct err e = ERR_INIT;

	if (!known && !touch_run(nothing, NULL, &e))
		abort();
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], known ? &handlers[i] : NULL, known ? NULL : &handlers[i]))
			abort();
	known = true;
}
