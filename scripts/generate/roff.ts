/** Text made safe for roff: hyphens that are hyphens, backslashes, and no line that begins like a request. */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n');
}

/** The Markdown that prose is written in: `## ` headings, paragraphs, lists with dashes, indented or fenced code, `code`. */
export function markdownToRoff(markdown: string): string {
  const out: string[] = [];
  let code = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      out.push(code ? '.fi\n.RE' : '.PP\n.RS 4\n.nf');
      code = !code;
    } else if (code) out.push(roff(line));
    else if (/^#+ /.test(line)) out.push(`.SH ${roff(line.replace(/^#+ /, '').toUpperCase())}`);
    else if (line.startsWith('- ')) out.push(`.IP \\(bu 2\n${inline(line.slice(2))}`);
    else if (line.trim() === '') out.push('.PP');
    else out.push(inline(line.trim()));
  }
  return `${out
    .join('\n')
    .replace(/(\.PP\n)+\.PP/g, '.PP')
    .replace(/\n\.PP\n(\.SH|\.IP)/g, '\n$1')
    .replace(/\.PP$/, '')
    .trimEnd()}\n`;
}

const inline = (text: string): string => roff(text).replace(/`([^`]+)`/g, '\\fB$1\\fR');
