/** Puts variables in the place of `$(NAME)`, as Kubernetes does: an unknown one stays as it is, `$$` is one dollar sign. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^()]*)\))/g, (whole, escaped: string, name: string | undefined) => {
    if (escaped === '$') return '$';
    return name !== undefined && Object.hasOwn(env, name) ? env[name]! : whole;
  });
}
