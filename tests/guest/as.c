/* as: runs a command as another user, or without capabilities. */
/* Knows no names: users and capabilities are numbers. */
#include "guest.h"

#include <sys/prctl.h>

/*
 *   as UID DROP COMMAND...
 *
 * DROP: "all" capabilities, "none", or the number of one (linux/capability.h). They leave the
 * bounding set, so that the exec of user 0 does not give them back.
 */
int main(int argc, char **argv)
{
	unsigned long first = 0, last = 63;

	if (argc < 4) {
		fputs("as UID DROP COMMAND...\n", stderr);
		return 2;
	}
	if (!strcmp(argv[2], "none"))
		first = last + 1;
	else if (strcmp(argv[2], "all"))
		first = last = strtoul(argv[2], NULL, 10);
	for (unsigned long cap = first; cap <= last; cap++)
		if (prctl(PR_CAPBSET_READ, cap) == 1 && prctl(PR_CAPBSET_DROP, cap))
			die("PR_CAPBSET_DROP");
	if (setuid((uid_t)strtoul(argv[1], NULL, 10)))
		die("setuid");
	execvp(argv[3], argv + 3);
	die(argv[3]);
}
