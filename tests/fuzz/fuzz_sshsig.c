/* SPDX-License-Identifier: EUPL-1.2
 *
 * First byte 0: the rest is a signature file; 1: the same bytes are the blob
 * inside one; else an allowed_signers file. */
#include "sshsig.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
verify(struct slice armor)
{
    static const struct sshsig_signers none;
    struct sshsig_result r;
    sshsig_verify(&r, armor, slice_str("text"), SSHSIG_NS_AGREEMENT, &none, 0);
    /* nobody is on the list */
    must(r.status == SSHSIG_INVALID || r.status == SSHSIG_UNKNOWN);
    must(r.signer == -1 && r.why != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sshsig_signers signers;
    uint8_t mem[LIMIT_SSHSIG];
    struct sink s;
    if (size < 1 || key_init() != DHK_OK)
        return 0;
    struct slice rest = slice_of(data + 1, size - 1);
    if (data[0] == 0) {
        verify(rest);
    } else if (data[0] == 1) {
        sink_init(&s, mem, sizeof mem);
        text_armor(&s, "SSH SIGNATURE", rest);
        verify(sink_done(&s));
    } else if (sshsig_signers_parse(&signers, rest, NULL) == DHK_OK) {
        for (size_t i = 0; i < signers.n; i++)
            must(bytes_is_name(slice_str(signers.list[i].principal)));
    }
    return 0;
}
