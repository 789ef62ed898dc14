/* SPDX-License-Identifier: EUPL-1.2
 *
 * What runs between the broker's processes: typed, length-checked records over
 * SOCK_SEQPACKET socketpairs. A record longer than LIMIT_RECORD_PART travels
 * in parts. Fixed binary heads (big-endian), no msgpack: neither side parses
 * a foreign language to talk to its own.
 *
 *   part = u8 type | u8 0 | u16 part | u16 parts | u16 0 | u32 record id |
 *          u32 total bytes | payload part
 *
 * The parent keeps both ends of every pair, so that a router that died can be
 * replaced on the same pair: parts of a broken record are dropped when the
 * next record id comes. */
#ifndef BROKER_PROCESS_H
#define BROKER_PROCESS_H

#include "bytes.h"
#include "err.h"
#include "limits.h"

enum process_record {
    PROCESS_NONE = 0,
    /* router -> core */
    PROCESS_ROUTER_UP = 1,    /* u64 generation: all peers before are gone */
    PROCESS_PEER_MESSAGE = 2, /* u64 peer | 32 transport key | message */
    PROCESS_PEER_GONE = 3,    /* u64 peer: its connection ended; one may be
                                 told of twice, or be unknown */
    /* core -> router */
    PROCESS_ACCESS = 10, /* 32-byte CURVE keys, all that may connect */
    PROCESS_SEND = 11,   /* u64 peer | message */
    PROCESS_DROP = 12,   /* u64 peer: forget it, answer nothing more */
    /* core -> keeper */
    PROCESS_HEAD_ASK = 20, /* - */
    PROCESS_SIGN = 21, /* u64 size | 32 root | u64 old size | 32 * n proof */
    /* keeper -> core */
    PROCESS_HEAD = 30,         /* u64 size | 32 root | u8 has | 64 signature |
                                  32 log public key | origin */
    PROCESS_SIGNED = 31,       /* u64 size | 32 root | 64 signature */
    PROCESS_SIGN_REFUSED = 32, /* u64 size | text: core must stop */
    /* parent -> core */
    PROCESS_CONTROL = 40, /* u32 client | control request (control.h) */
    /* metrics -> parent */
    PROCESS_REPORT_ASK = 41, /* - */
    /* core -> parent */
    PROCESS_CONTROL_REPLY = 50, /* u32 client | u8 exit code | text */
    /* any -> parent */
    PROCESS_READY = 51, /* router: u16 port | endpoint text; others empty */
    /* parent -> metrics */
    PROCESS_REPORT = 52, /* u8 exit code | report (report.h) */
    /* parent -> any */
    PROCESS_STOP = 60,
    /* parent -> child, first record: its part of the configuration, as
     * "name=value\n" lines checked by the parent (config.h) */
    PROCESS_CONFIG = 61,
    /* parent -> router, keeper: secret, never in argv or environment */
    PROCESS_SECRET = 62,
};

/* File descriptors at which every child finds its links. */
enum {
    PROCESS_FD_PARENT = 3,
    PROCESS_FD_CORE = 4,   /* router, keeper: link to core */
    PROCESS_FD_ROUTER = 4, /* core: link to the router */
    PROCESS_FD_KEEPER = 5, /* core: link to the keeper */
};
enum { PROCESS_HEAD_BYTES = 16 };
enum { PROCESS_PART = LIMIT_RECORD_PART - PROCESS_HEAD_BYTES };
/* Most bytes of a record on each kind of link: what the operator hands in; all
 * keys that may connect (several cards for each partner); a proof. */
enum {
    PROCESS_MAX_PARENT = 2 * 1024 * 1024,
    PROCESS_MAX_ROUTER = 4 * 1024 * 1024,
    PROCESS_MAX_KEEPER = 64 * 1024,
};

/* One end of a pair with its reassembly buffer. */
struct process_link;
/* FD is owned from now on. MAX: most bytes of a whole record. */
DHK_MUST_USE enum dhk_err process_link_new(
    struct process_link **out, int fd, size_t max);
void process_link_destroy(struct process_link **l);
int process_link_fd(const struct process_link *l);
/* Wipes the record that was received last: it was a secret. */
void process_link_wipe(struct process_link *l);
/* From now on process_send() reads what arrives on L into memory while it
 * waits for room, so that two ends that send at once cannot wait for each
 * other. One end of a pair is enough: the router's. Who asks for it calls
 * process_receive() without waiting after every process_send(), for poll()
 * does not show what was read already. */
void process_link_drain(struct process_link *l);
/* How long process_send() waits for room, a minute unless told: whoever reads
 * nothing for so long hangs, and others wait for us meanwhile. */
void process_link_patience(struct process_link *l, int ms);
/* Whether at least one part would be taken without waiting. */
bool process_link_has_room(const struct process_link *l);
/* Sends a record of HEAD then BODY (either may be empty). Blocks until the
 * kernel took it (both sides always drain). DHK_IO when the peer is gone or
 * hangs. */
DHK_MUST_USE enum dhk_err process_send(struct process_link *l,
    enum process_record type, struct slice head, struct slice body);
/* Receives one whole record; *PAYLOAD borrows until the next call. With WAIT
 * false DHK_NOTFOUND when none is complete yet. DHK_IO: the peer is gone.
 * DHK_FORMAT: not of this form: the caller exits. */
DHK_MUST_USE enum dhk_err process_receive(struct process_link *l,
    enum process_record *type, struct slice *payload, bool wait);

/* A pair of sockets for two links, both close-on-exec. */
DHK_MUST_USE enum dhk_err process_pair(int fd[2]);

#endif
