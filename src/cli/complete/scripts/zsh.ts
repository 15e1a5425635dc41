/** Completion for zsh. */
export function zshScript(name: string, request: string): string {
  return `#compdef ${name}
# zsh completion for ${name}

_${name}() {
    local -a lines candidates options
    local line word about directive
    lines=("\${(@f)$("\${(Q)words[1]}" ${request} "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
    directive=\${lines[-1]#:}
    lines[-1]=()
    [[ $directive == <-> ]] || directive=0
    ((directive & 1)) && return 1

    [[ $PREFIX == --*=* ]] && compset -P '*='
    for line in $lines; do
        [[ -n $line ]] || continue
        word=\${line%%$'\\t'*}
        about=\${line#"$word"}
        about=\${about#$'\\t'}
        candidates+=("\${word//:/\\\\:}\${about:+:$about}")
    done
    ((directive & 2)) && options+=(-S '')
    ((directive & 32)) && options+=(-V ${name})
    if (($#candidates)); then
        _describe $options ${name} candidates
    elif ((directive & 16)); then
        _files -/
    elif (((directive & 4) == 0)); then
        _files
    fi
}

if [[ $funcstack[1] == _${name} ]]; then
    _${name} "$@"
else
    compdef _${name} ${name}
fi
`;
}
