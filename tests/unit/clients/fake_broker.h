/* SPDX-License-Identifier: EUPL-1.2
 *
 * A broker in memory that answers questions to the ledger, in place of
 * session_request(), and that lies when it is told to. */
#ifndef UNIT_CLIENTS_FAKE_BROKER_H
#define UNIT_CLIENTS_FAKE_BROKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../proto/tree.h"
#include "checkpoint.h"
#include "query.h"

#define ok(expr) assert_int_equal((expr), DHK_OK)

enum { SIZE = 40, PAGE = 7, OWN = 36, TEXT = 32 };
enum { BROKER_MEM = 64 * 1024 };

enum fault {
    FAULT_NONE,
    FAULT_ENTRY,     /* an entry reads otherwise */
    FAULT_PLACE,     /* an entry under another number */
    FAULT_STRANGER,  /* the note is signed by another key */
    FAULT_ORIGIN,    /* a note of another ledger */
    FAULT_LEFT_OUT,  /* an entry of the complete ledger is missing */
    FAULT_MIXED,     /* the same in a page with a proof among such without */
    FAULT_CUT,       /* the end of the complete ledger is missing */
    FAULT_AGAIN,     /* the page before comes again */
    FAULT_STAY,      /* the next page begins where this one did */
    FAULT_FAR,       /* the next page begins after the end */
    FAULT_OVERLAP,   /* the next page begins within this one */
    FAULT_OTHER_OWN, /* a page of another question */
    FAULT_LOOP,      /* always: nothing here, look further on */
    FAULT_SILENT,    /* no answer */
    FAULT_LOST,      /* the session is not known any more */
    FAULT_OBJECT,    /* another message than was asked for */
    FAULT_FORK,      /* a head, entries and proofs of another tree */
    FAULT_PROOF,     /* the proof between heads is wrong */
};

struct fake_broker {
    struct tree tree, other;
    struct sign_secret *log, *stranger, *card;
    struct sign_public log_pk, stranger_pk, card_pk;
    enum fault fault;
    size_t fault_page; /* the one that it happens in; from 0 */
    size_t pages, proofs;
    uint64_t step; /* every STEPth entry is shown; 0: none */
    uint64_t until;
    uint64_t head; /* size of the head that pages are of */
    bool whole;
    uint8_t mem[BROKER_MEM], nonce[32];
    struct query query; /* as it came first */
    uint8_t query_bytes[1024];
};

struct session;

/* SIZE entries; everything is shown, in pages of PAGE entries. */
struct fake_broker *fake_broker_new(void);
void fake_broker_destroy(struct fake_broker *b);
/* The log's key, which the node believes. */
const struct checkpoint_vkey *fake_broker_key(void);
struct slice fake_broker_note(
    struct fake_broker *b, struct sink *out, uint64_t size);
/* The bytes of entry INDEX; their number. */
size_t fake_broker_text(uint8_t text[TEXT], uint64_t index, bool forked);

#endif
