/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each budget is one number, the time at which all that was taken from it has
 * come back: taking moves it into the future, by so much for each, and there
 * is nothing left when it is too far ahead. */
#include "admission.h"

#include <netinet/in.h>
#include <string.h>

#include "key.h"

enum { SECOND_US = 1000000, PART_OF_DESCRIPTORS = 8 };

void
admission_init(struct admission *a, size_t descriptors)
{
    memset(a, 0, sizeof *a);
    key_random(a->key, sizeof a->key);
    a->strangers = descriptors / PART_OF_DESCRIPTORS;
    if (a->strangers > ADMISSION_STRANGERS)
        a->strangers = ADMISSION_STRANGERS;
    if (a->strangers == 0)
        a->strangers = 1;
}

static void
words_of(uint32_t w[4], const struct sockaddr_storage *from)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    memset(w, 0, 4 * sizeof w[0]);
    if (from->ss_family == AF_INET) {
        memcpy(&four, from, sizeof four);
        w[3] = four.sin_addr.s_addr;
        w[2] = 0xffff;
    } else if (from->ss_family == AF_INET6) {
        memcpy(&six, from, sizeof six);
        memcpy(w, &six.sin6_addr, 16);
        if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
            w[2] = 0xffff;
        else
            w[2] = w[3] = 0; /* who has one address has that many */
    }
}

/* Multilinear: with a random key no two addresses fall together more often
 * than by chance. */
static uint32_t
hash(const uint64_t key[5], const uint32_t w[4])
{
    uint64_t h = key[4];
    for (size_t i = 0; i < 4; i++)
        h += key[i] * w[i];
    return (uint32_t)(h >> 32);
}

struct allowance {
    uint64_t most, step_us;
};
static const struct allowance known = {
    ADMISSION_KNOWN, SECOND_US / ADMISSION_KNOWN_RATE};

static struct allowance
of_stranger(const struct admission *a)
{
    return (struct allowance){
        a->strangers < ADMISSION_STRANGER ? a->strangers : ADMISSION_STRANGER,
        SECOND_US / ADMISSION_STRANGER_RATE};
}

static struct allowance
of_strangers(const struct admission *a)
{
    return (struct allowance){
        a->strangers, SECOND_US / ADMISSION_STRANGERS_RATE};
}

static bool
has_left(uint64_t due, uint64_t now, struct allowance w)
{
    return due <= now || due - now <= (w.most - 1) * w.step_us;
}

static void
take(uint64_t *due, uint64_t now, struct allowance w)
{
    *due = (*due < now ? now : *due) + w.step_us;
}

static void
give_back(uint64_t *due, uint64_t now, struct allowance w)
{
    if (*due > now)
        *due -= w.step_us;
}

bool
admission_take(struct admission *a, struct admission_ticket *out,
    const struct sockaddr_storage *from, uint64_t now_us)
{
    uint32_t w[4];
    words_of(w, from);
    *out = (struct admission_ticket){
        .place = hash(a->key[0], w) % ADMISSION_PLACES,
        .tag = hash(a->key[1], w) | 1};
    struct admission_place *p = &a->place[out->place];
    out->stranger = p->tag != out->tag;
    struct allowance own = out->stranger ? of_stranger(a) : known;
    if (!has_left(p->due, now_us, own))
        return false;
    if (out->stranger) {
        if (!has_left(a->strangers_due, now_us, of_strangers(a)))
            return false;
        take(&a->strangers_due, now_us, of_strangers(a));
    }
    take(&p->due, now_us, own);
    out->open = true;
    return true;
}

void
admission_prove(
    struct admission *a, struct admission_ticket *t, uint64_t now_us)
{
    struct admission_place *p = &a->place[t->place];
    if (!t->open)
        return;
    t->open = false;
    if (!t->stranger)
        give_back(&p->due, now_us, known);
    else
        give_back(&a->strangers_due, now_us, of_strangers(a));
    if (p->tag == t->tag)
        return;
    p->tag = t->tag; /* begins anew, as a known one */
    p->due = now_us;
}
