/* SPDX-License-Identifier: EUPL-1.2
 *
 * The only error space of the project. Whatever can fail returns an enum
 * dhk_err; decisions have types of their own (policy/evaluate.h). */
#ifndef PROTO_ERR_H
#define PROTO_ERR_H

#include <stddef.h>

#define DHK_MUST_USE __attribute__((warn_unused_result))

enum dhk_err {
    DHK_OK = 0,
    DHK_NOMEM,    /* out of memory */
    DHK_IO,       /* the operating system refused; errno may tell more */
    DHK_FORMAT,   /* bytes are not of the form that the protocol fixes */
    DHK_LIMIT,    /* larger, longer or more than limits.h allows */
    DHK_AUTH,     /* a signature, key or tag does not verify */
    DHK_DENIED,   /* the agreement or the role does not allow it */
    DHK_NOTFOUND, /* no such object */
    DHK_EXISTS,   /* there already, with other content */
    DHK_STATE,    /* not possible now: wrong order, or not in force */
    DHK_VERSION,  /* a version or suite that this program does not speak */
};

/* Where and why a decoder or verifier gave up. `what` is static text that
 * never holds a value from the input; `at` is a byte offset into it. Pure
 * modules fill it, the program that knows the file or peer prints it. */
struct diag {
    const char *what;
    size_t at;
};

/* Static English text of ERR, for logs and messages. Never NULL. */
const char *dhk_strerror(enum dhk_err err);

/* Fatal on a programmer's error; always on. Never used on a condition that
 * a peer, a file or a user controls. */
#define must(expr)                                                             \
    ((expr) ? (void)0 : err_must_failed(#expr, __FILE__, __LINE__))
_Noreturn void err_must_failed(const char *expr, const char *file, int line);

#endif
