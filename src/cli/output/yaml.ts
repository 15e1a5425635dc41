import type { Document, Scalar } from 'yaml';

/** YAML as Go's sigs.k8s.io/yaml writes it: keys sorted, lists not indented, quotes only where the text would be read as something else. */
export function goYaml(value: unknown): string {
  const { Document, visit } = require('yaml') as typeof import('yaml');
  const document: Document = new Document(JSON.parse(JSON.stringify(value)), { version: '1.1', sortMapEntries: true });
  visit(document, {
    Scalar(_, node: Scalar) {
      const text = node.value;
      if (typeof text !== 'string') return;
      if (text.includes('\n')) node.type = 'BLOCK_LITERAL';
      else if (
        text === '' ||
        /^(true|false|yes|no|on|off|y|n|null|~|[-+]?(\d[\d_]*(\.\d*)?|\.\d+)(e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+|\d{4}-\d\d-\d\d.*)$/i.test(
          text,
        )
      )
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true });
}
