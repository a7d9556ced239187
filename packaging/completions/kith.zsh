#compdef kith
# zsh completion for kith. What may stand next is asked of kith itself.
_kith()
{
	local row word
	local -a rows words_to_say
	rows=("${(@f)$(kith help --plain --complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
	for row in $rows; do
		word=${row%%$'\t'*}
		case $word in
		:file) _files ;;
		:dir) _files -/ ;;
		*) words_to_say+=("${word//:/\\:}:${row#*$'\t'}") ;;
		esac
	done
	(( $#words_to_say )) && _describe -V kith words_to_say
}
_kith "$@"
