" SPDX-License-Identifier: EUPL-1.2
autocmd BufNewFile,BufRead *.convenant,*.baseline setfiletype convenant
