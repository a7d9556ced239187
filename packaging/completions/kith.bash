# bash completion for kith. What may stand next is asked of kith itself.
_kith()
{
	local word about
	COMPREPLY=()
	while IFS=$'\t' read -r word about; do
		case $word in
		:file) compopt -o default ;;
		:dir) compopt -o dirnames ;;
		*) COMPREPLY+=("$(printf '%q' "$word")") ;;
		esac
	done < <("$1" help --plain --complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
}
complete -F _kith kith
