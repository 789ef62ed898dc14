" SPDX-License-Identifier: EUPL-1.2
" The agreement language; see convenant(5). The words are those of grammar.y,
" which tests/editors.sh sees to.
if exists('b:current_syntax')
  finish
endif
syntax case match
syntax iskeyword @,48-57,-

syntax keyword convenantHead convenant baseline version valid until timezone supersedes
syntax keyword convenantHead signed
syntax keyword convenantDeclare party group purpose ground attribute window
syntax keyword convenantDeclare signal fields attributes required requires psk
syntax keyword convenantDeclare special category
syntax keyword convenantType yes-no level choice number broker closed urgent
syntax keyword convenantPermit permit share shares exactly
syntax keyword convenantForbid forbid never withhold deny because
syntax keyword convenantCondition when unless and is not one of at least most
syntax keyword convenantCondition below above during outside any except no
syntax keyword convenantDuty oblige retain days onward only approval notify log
syntax keyword convenantExpect expect
syntax keyword convenantWord from to for on with by

syntax match convenantRule /\<[A-Z][A-Z0-9]*\>/
syntax match convenantValue /\<\(yes\|unknown\)\>/
syntax match convenantNumber /\<\d[0-9:-]*\>/
syntax match convenantHash /\<sha256:[0-9a-f]\{64}\>/
syntax region convenantTitle start=/"/ end=/"/ oneline
syntax match convenantComment /#.*$/ contains=@Spell
" errors of the language: tabs, carriage returns, what cannot be seen
syntax match convenantError /[\t\r\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/
  \ containedin=ALL

highlight default link convenantHead PreProc
highlight default link convenantDeclare Structure
highlight default link convenantType Type
highlight default link convenantPermit Statement
highlight default link convenantForbid Exception
highlight default link convenantCondition Conditional
highlight default link convenantDuty Operator
highlight default link convenantExpect Debug
highlight default link convenantWord Keyword
highlight default link convenantRule Label
highlight default link convenantValue Boolean
highlight default link convenantNumber Number
highlight default link convenantHash Constant
highlight default link convenantTitle String
highlight default link convenantComment Comment
highlight default link convenantError Error

let b:current_syntax = 'convenant'
