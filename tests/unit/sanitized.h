/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sanitizers look for faults that a few rounds show, and make each long: a part
 * of N, and of what is tried one after the other each so many-th. */
#ifndef TESTS_SANITIZED_H
#define TESTS_SANITIZED_H

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef SANITIZED
#define SANITIZED_ROUNDS(n) ((n) / 6)
#define SANITIZED_STEP 7
#else
#define SANITIZED_ROUNDS(n) (n)
#define SANITIZED_STEP 1
#endif

#endif
