/* SIGBUS and SIGSEGV in unit tests: cmocka takes both over for every test. */
/* Installs no handler of its own: src/mem/touch.c has them. */
#ifndef UNIT_FAULTS_H
#define UNIT_FAULTS_H

/* Call it first in main(), and first in each test that meets a fault. */
void faults_to_touch(void);

#endif
