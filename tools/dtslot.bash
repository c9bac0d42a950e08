# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of dtslot for bash.

_dtslot_slots()
{
	local slot

	for slot in "${DTSLOT_ROOT-}"/sys/class/dtslot/*/; do
		[ -e "$slot/state" ] && basename "$slot"
	done
}

_dtslot()
{
	local current=${COMP_WORDS[COMP_CWORD]} words='' files=''

	# names of slots have colons, at which bash splits words
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : -c current
	fi
	case $COMP_CWORD:${COMP_WORDS[1]} in
	1:*)		words="attach check detach doctor help id list reprogram tree wait watch" ;;
	*:attach|*:detach|*:reprogram)	words=$(_dtslot_slots) ;;
	*:doctor)	words="--json --kernel --overlay --quiet $(ls /lib/modules 2>/dev/null)"
			files=yes ;;
	*:list|*:watch)	words="--json" ;;
	*:tree)		words="--json $(_dtslot_slots)" ;;
	*:wait)		words="--timeout $(_dtslot_slots)" ;;
	*:check)	words="--base --card --export --json --slot --source --target"
			files=yes ;;
	*:id)		words="--force --format --json show make write"
			files=yes ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	# a file's name is what is not a word
	if [ -n "$files" ] && [ ${#COMPREPLY[@]} -eq 0 ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$current"
	fi
}

complete -F _dtslot dtslot
