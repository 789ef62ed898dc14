/* SPDX-License-Identifier: EUPL-1.2
 *
 * What ThreadSanitizer must not say, and why. Compiled into every program that
 * links libzmq when all is built with it: the daemon's parts start without an
 * environment, so that no file of suppressions could be named to them. */

const char *__tsan_default_suppressions(void);

const char *
__tsan_default_suppressions(void)
{
    return
        /* Not instrumented: its threads hand memory to each other by atomic
         * operations that are not seen, so that every message looks like a
         * race. Our own code is watched also where its threads call it. */
        "called_from_lib:libzmq.so.5\n"
        /* libzmq's strings and streams, on its threads */
        "called_from_lib:libstdc++.so.6\n"
        /* libzmq decrypts a message on one thread and we read it on another */
        "called_from_lib:libsodium.so.23\n";
}
