/* jail: runs a command with another folder as its root. */
/* Mounts nothing there: a test that wants /proc in it has mounted it before. */
#include "guest.h"

/* jail FOLDER COMMAND... */
int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("jail FOLDER COMMAND...\n", stderr);
		return 2;
	}
	if (chroot(argv[1]) || chdir("/"))
		die(argv[1]);
	execvp(argv[2], argv + 2);
	die(argv[2]);
}
