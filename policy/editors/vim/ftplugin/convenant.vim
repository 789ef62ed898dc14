" SPDX-License-Identifier: EUPL-1.2
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1
" a tab is an error in the language
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=80
setlocal comments=:# commentstring=#\ %s formatoptions-=t formatoptions+=croql
let b:undo_ftplugin = 'setlocal expandtab< shiftwidth< softtabstop<'
  \ . ' textwidth< comments< commentstring< formatoptions<'
