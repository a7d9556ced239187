# fish completion for kith. What may stand next is asked of kith itself.
function __kith_next
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    kith help --plain --complete -- $typed[2..] "$current" 2>/dev/null </dev/null | while read -l row
        switch $row
            case ':file*'
                __fish_complete_path $current
            case ':dir*'
                __fish_complete_directories $current
            case '*'
                echo $row
        end
    end
end
complete -c kith -f -k -a '(__kith_next)'
