/** Completion for bash 4.4 and later; needs no other package. */
export function bashScript(name: string, request: string): string {
  const fn = `__${name}_complete`;
  return `# bash completion for ${name}

# Words as the shell sees them, but for colons and equal signs, at which readline splits them further.
${fn}_words() {
    words=() cword=0
    local i glue=0 line=$COMP_LINE word
    for ((i = 0; i < \${#COMP_WORDS[@]}; i++)); do
        word=\${COMP_WORDS[i]}
        if ((i > 0)) && [[ $line != [[:space:]]* ]] && { ((glue)) || [[ $word == [:=]* ]]; }; then
            words[\${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        [[ $word == *[:=] ]] && glue=1 || glue=0
        line=\${line#"\${line%%[![:space:]]*}"}
        line=\${line#"$word"}
        ((i == COMP_CWORD)) && cword=$((\${#words[@]} - 1))
    done
}

${fn}() {
    local -a words lines args
    local cword cur line word about directive i
    ${fn}_words
    cur=\${words[cword]}
    for ((i = 1; i < cword; i++)); do
        word=\${words[i]}
        case $word in
            \\"*\\" | \\'*\\') word=\${word:1:\${#word} - 2} ;;
        esac
        args+=("$word")
    done
    mapfile -t lines < <("\${words[0]/#\\~/$HOME}" ${request} "\${args[@]}" "\${cur#[\\"\\']}" 2> /dev/null)
    ((\${#lines[@]} > 0)) || return
    directive=\${lines[-1]#:}
    unset 'lines[-1]'
    [[ $directive == +([0-9]) ]] || directive=0
    ((directive & 1)) && return
    ((directive & 2)) && compopt -o nospace 2> /dev/null
    ((directive & 4)) && compopt +o default 2> /dev/null
    ((directive & 32)) && compopt -o nosort 2> /dev/null

    COMPREPLY=()
    if ((directive & 16)); then
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
    fi
    local typed=$cur
    [[ $typed == --*=* ]] && typed=\${typed#*=}
    for line in "\${lines[@]}"; do
        word=\${line%%$'\\t'*}
        [[ $word == "$typed"* ]] && COMPREPLY+=("$line")
    done
    if ((\${#COMPREPLY[@]} > 1)) && [[ $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
        local widest=0
        for line in "\${COMPREPLY[@]}"; do
            word=\${line%%$'\\t'*}
            ((\${#word} > widest)) && widest=\${#word}
        done
        for i in "\${!COMPREPLY[@]}"; do
            word=\${COMPREPLY[i]%%$'\\t'*} about=\${COMPREPLY[i]#"\${COMPREPLY[i]%%$'\\t'*}"}
            about=\${about#$'\\t'}
            [[ -n $about ]] && printf -v "COMPREPLY[$i]" '%-*s  (%s)' "$widest" "$word" "\${about:0:\${COLUMNS:-80}}"
        done
    else
        for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=\${COMPREPLY[i]%%$'\\t'*}; done
    fi

    # What readline has split off already must not be inserted again.
    local kept=$typed
    case $typed in
        *[:=]*) kept=\${typed%"\${typed##*[:=]}"} ;;
        *) kept= ;;
    esac
    for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=\${COMPREPLY[i]#"$kept"}; done
}

shopt -s extglob
complete -o default -F ${fn} ${name}
`;
}
