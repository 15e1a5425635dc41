# fish completion for podman

function __podman_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] "$current" 2> /dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string sub --start 2 -- $lines[-1])
    set -e lines[-1]
    test (math "bitand($directive, 1)") -eq 0; or return

    set -l prefix ''
    if string match -qr '^--[^=]+=' -- $current
        set prefix (string replace -r '=.*' '=' -- $current)
    end
    if test (count $lines) -gt 0
        for line in $lines
            echo $prefix$line
        end
    else if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories (string replace -- $prefix '' $current)
    else if test (math "bitand($directive, 4)") -eq 0
        for path in (__fish_complete_path (string replace -- $prefix '' $current))
            echo $prefix$path
        end
    end
end

complete -c podman -e
complete -c podman -f -a '(__podman_complete)'
