/** Global flags of the three tools that take the next word as their value. */
const flagsWithValue = new Set(
  `cdi-spec-dir cgroup-manager config conmon connection default-mounts-file events-backend hooks-dir identity imagestore log-level module
   network-cmd-path network-config-dir out root runroot runtime runtime-flag ssh storage-driver storage-opt tls-ca tls-cert tls-key tmpdir url
   volumepath registries-conf registries-conf-dir short-name-alias-conf userns-gid-map userns-uid-map user-agent-prefix command-timeout
   override-arch override-os override-variant policy registries.d`.split(/\s+/),
);

/** The words of a command line before its flags' and arguments' turn: `--root X container ls -a` gives `container ls`. */
function commandWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length && words.length < 2; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-')) words.push(word);
    else if (words.length > 0) break;
    else if (/^-[cH]$/.test(word) || (word.startsWith('--') && flagsWithValue.has(word.slice(2)))) at++;
  }
  return words;
}

const withoutNamespace: Record<'podman' | 'buildah', RegExp> = {
  podman:
    /^(version|help|completion|__complete(NoDesc)?|compose|machine|context|search|login|logout|mount|(container|image|volume) (mount|scp)|system connection|farm)\b/,
  buildah: /^(version|help|completion|__complete(NoDesc)?|login|logout|mount)\b/,
};

/**
 * Whether a command of a user without privileges has to run in the user namespace where ids are mapped and mounts allowed; `present`
 * if only when there is one already.
 */
export function needsUserNamespace(argv: readonly string[], program: string): boolean | 'present' {
  const words = commandWords(argv);
  if (program === 'selkie' && (words[0] === 'buildah' || words[0] === 'skopeo')) {
    return needsUserNamespace(argv.slice(argv.indexOf(words[0]) + 1), words[0]);
  }
  if (program === 'skopeo') return argv.some((word) => word.startsWith('containers-storage:'));
  if (program !== 'buildah' && words.join(' ') === 'system migrate') return 'present';
  return words.length > 0 && !withoutNamespace[program === 'buildah' ? 'buildah' : 'podman'].test(words.join(' '));
}
