/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to report*.c: the reports, a family of them in each file. */
#ifndef CLIENTS_REPORT_FAMILIES_H
#define CLIENTS_REPORT_FAMILIES_H

#include "report.h"

/* A word of the shipped agreement that several reports look for. */
#define REPORT_PHASE "fase"

extern const struct report_spec report_shares_recipients, report_shares_police,
    report_shares_om;
extern const struct report_spec report_third_third;
extern const struct report_spec report_onward_intelligence,
    report_onward_handovers;
extern const struct report_spec report_special_transfers,
    report_special_representation;
extern const struct report_spec report_approvals_approvals;
extern const struct report_spec report_flows_purposes,
    report_flows_designations;
extern const struct report_spec report_weighing_weighing;
extern const struct report_spec report_refusals_refusals,
    report_refusals_recalls, report_refusals_withheld;
extern const struct report_spec report_rights_notices;
extern const struct report_spec report_overdue_overdue;
extern const struct report_spec report_destruction_destruction;
extern const struct report_spec report_subject_subject;
extern const struct report_spec report_force_in_force;
extern const struct report_spec report_people_readers, report_people_breach;
extern const struct report_spec report_integrity_integrity;
extern const struct report_spec report_yearly_yearly;
extern const struct report_spec report_overview_overview;

/* report_shares.c: how many there are in table T, and how many were taken */
void report_put_counts(struct report *r, const struct report_table *t);

/* report_charts.c: those that several have, of what was asked for */
void report_charts_matrix(struct report *r);
void report_charts_small_matrix(struct report *r); /* nothing below k */
void report_charts_time(struct report *r);
void report_charts_withheld(struct report *r);
void report_charts_open(struct report *r);

#endif
