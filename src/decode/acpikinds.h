/* The kinds of structures in ACPI tables as strings, and the one walk over such structures. */
/* For the files that hold those strings and for the two decoders that use them: acpitable.c and cper.c. */
#ifndef DECODE_ACPIKINDS_H
#define DECODE_ACPIKINDS_H

#include "decode/acpitable.h"
#include "decode/fields.h"

/*
 * Kinds are entries one after another, ended by an empty one, which the compiler adds:
 *
 *     "KEY NAME" ["" TAIL] "\0" ROWS "\0"        "1 I/O APIC\0" "1n ID\0" ... "\0"
 *
 * KEY is the type in hexadecimal, or several, "1,b", or a table's signature; an empty one fits all, and is the last. ROWS are
 * those of fields.h, without the head. TAIL tells what lies behind the rows; without one that is a fact
 * "unknown". It is '>' and
 *
 *     a letter           a list of structures, acpi_lists[letter - 'a']
 *     letter, offset     so many of them as the byte at that offset (hexadecimal) of the structure says
 *     a capital letter   what the function of that letter does, in acpitable.c
 *     '=' and letters    cper.c: which bit of the first field says that a row is valid, 'a' for bit 0
 *
 * A list is three characters, then the rows of the head, an empty one, and the kinds:
 *
 *     width of the type at offset 0; offset of the length; width of the length
 *
 * Width 0: there is none. Without a length a structure has the rows' and what its tail counts. Offset 'v': by
 * type, as an IVHD's device entries have it.
 */
struct acpi_kind {
	const char *name, *tail, *rows; /* name ends where tail begins, or with a 0; tail may be "" */
};

extern const char acpi_tables[]; /* kinds, by signature */
extern const char *const acpi_lists[];

#define ACPI_LIST_MADT "a"
#define ACPI_LIST_SRAT "b"
#define ACPI_LIST_MCFG "c"
#define ACPI_LIST_DMAR "d"
#define ACPI_LIST_SCOPE "e"
#define ACPI_LIST_PATH "f"
#define ACPI_LIST_IVRS "g"
#define ACPI_LIST_IVHD "h"
#define ACPI_LIST_NFIT "i"
#define ACPI_LIST_LINE "j"
#define ACPI_LIST_HINT "k"
#define ACPI_LIST_HEST "l"
#define ACPI_LIST_BANK "m"
#define ACPI_LIST_EINJ "n"
#define ACPI_LIST_ERST "o"

extern const char acpi_madt[], acpi_srat[], acpi_mcfg[];		   /* acpisystem.c */
extern const char acpi_dmar[], acpi_scope[], acpi_path[], acpi_ivrs[], acpi_ivhd[]; /* acpiiommu.c */
extern const char acpi_nfit[], acpi_line[], acpi_hint[];		   /* acpinfit.c */
extern const char acpi_hest[], acpi_bank[], acpi_einj[], acpi_erst[];	   /* acpierror.c */

/* A generic address (ACPI 6.5, 5.2.3.2) in one fact: 12 bytes. */
#define ACPI_GAS(name) "c@ " name ":G\0"

/* Behind the rows, an empty one. */
const char *acpi_rows_end(const char *rows);
bool acpi_kind_find(const char *kinds, const char *key, struct acpi_kind *ret_kind);
void acpi_part_begin(const struct acpi_sink *to, struct acpi_part *part, const struct acpi_kind *kind);
/* The facts of v, by rows that may have '@' and '!' in them. */
void acpi_fields(const struct acpi_sink *to, const char *rows, const struct view *v);

#endif
