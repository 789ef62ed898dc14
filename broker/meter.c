/* SPDX-License-Identifier: EUPL-1.2 */
#include "meter.h"

#include <string.h>

static void
take_sample(struct meter *m, uint64_t mono)
{
    struct meter_sample *s = &m->sample[m->samples++ % METER_SAMPLES];
    s->at = mono;
    memcpy(s->total, m->kept, sizeof s->total);
}

void
meter_start(struct meter *m, uint64_t wall, uint64_t mono)
{
    *m = (struct meter){.started = wall};
    take_sample(m, mono);
}

static void
count_marks(struct meter *m, const struct entry_accepted *a)
{
    size_t good = 0;
    for (size_t i = 0; i < a->n; i++)
        good += a->mark[i].code == ENTRY_CODE_NONE;
    m->total[REPORT_ACCEPTED] += good;
    m->total[REPORT_REFUSED] += a->n - good;
}

static size_t
answered(const struct entry_delivered *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += d->index[i] != 0; /* the others were over before */
    return n;
}

void
meter_entry(struct meter *m, const struct entry *e)
{
    /* every other kind changes what is in force, and is seen there */
    if (e->kind == ENTRY_SHARE)
        m->total[REPORT_SHARED]++;
    else if (e->kind == ENTRY_ACCEPTED)
        count_marks(m, &e->u.accepted);
    else if (e->kind == ENTRY_DELIVERED)
        m->total[REPORT_ANSWERED] += answered(&e->u.delivered);
    else if (e->kind == ENTRY_REFUSED)
        m->total[REPORT_REFUSED] += e->u.refused.ids.n / 32;
    else if (e->kind == ENTRY_RETURNED)
        m->total[REPORT_RETURNED]++;
    else if (e->kind == ENTRY_EXPIRED)
        m->total[REPORT_EXPIRED] += e->u.expired.n;
    else if (e->kind == ENTRY_QUERIED)
        m->total[REPORT_QUERIED]++;
}

void
meter_commit(struct meter *m, uint64_t wall)
{
    memcpy(m->kept, m->total, sizeof m->kept);
    m->commits++;
    m->committed = wall;
    m->full = false;
}

void
meter_abort(struct meter *m, bool full)
{
    memcpy(m->total, m->kept, sizeof m->total);
    m->full = m->full || full;
}

void
meter_turn(struct meter *m, uint64_t mono)
{
    const struct meter_sample *last =
        &m->sample[(m->samples - 1) % METER_SAMPLES];
    if (mono - last->at >= METER_SAMPLE_MS)
        take_sample(m, mono);
}

uint64_t
meter_rate(const struct meter *m, enum report_event e, uint64_t mono)
{
    /* the oldest that is kept: of a minute ago, or of the start */
    size_t first = m->samples < METER_SAMPLES ? 0 : m->samples;
    const struct meter_sample *s = &m->sample[first % METER_SAMPLES];
    uint64_t ms = mono - s->at, n = m->kept[e] - s->total[e];
    return ms == 0 ? 0 : n * 1000000 / ms;
}
