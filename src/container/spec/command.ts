/** Where the init program is bound in a container with `--init`. */
export const initPath = '/run/podman-init';

export interface CommandParts {
  entrypoint?: string[];
  command?: string[];
  imageEntrypoint?: string[];
  imageCommand?: string[];
  init: boolean;
}

/** What runs: the image's command is dropped when the entrypoint was given, and an entrypoint of `[""]` means none. */
export function containerCommand(parts: CommandParts): string[] {
  const entrypoint = parts.entrypoint ?? parts.imageEntrypoint ?? [];
  const final = entrypoint.length === 1 && entrypoint[0] === '' ? [] : [...entrypoint];
  const given = parts.command ?? [];
  if (given.length > 0) final.push(...given);
  else if ((parts.entrypoint ?? []).length === 0) final.push(...(parts.imageCommand ?? []));
  if (final.length === 0) final.push('');
  return parts.init ? [initPath, '--', ...final] : final;
}
