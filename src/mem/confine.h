/* Gives up what the program does not need: capabilities, new privileges, most system calls. */
/* Opens and closes nothing: what takes a privilege is open before, and stays open. */
#ifndef MEM_CONFINE_H
#define MEM_CONFINE_H

#include "base/err.h"

enum confine {
	CONFINE_CAPABILITIES = 1 << 0, /* there are none left */
	CONFINE_PRIVILEGES = 1 << 1, /* none are to be had by running a program: no_new_privs */
	CONFINE_CALLS = 1 << 2, /* seccomp: any other system call than those listed ends the process */
};

/*
 * From now on this process and those it makes read: files by name, what is open already, memory.
 * A protection that this kernel was built without is left out. Kind ERR_SYSTEM when one that it
 * has was refused.
 */
bool confine_enter(struct err *e) __attribute__((warn_unused_result));
/* The protections that are on: a mask of enum confine. */
unsigned int confine_state(void);

#endif
