import { capabilities, clients, coveredBy } from '../compat/client-table.mjs';

const start = /<!-- clients: [^\n]* -->\n/;
const end = '<!-- /clients -->';

/** Puts the table of tested clients between the marks of a page. */
export function withClients(page) {
  const from = start.exec(page);
  const to = page.indexOf(end);
  if (from === null || to < 0) throw new Error('docs/clients.md has no marks for the table of clients');
  return `${page.slice(0, from.index + from[0].length)}\n${table()}\n${missing()}\n${page.slice(to)}`;
}

function table() {
  const head = ['client', 'version', 'case', ...capabilities];
  const rows = Object.entries(clients).map(([name, client]) => {
    const covered = coveredBy(client);
    return [
      ...[client.title, client.version, `\`${name}\``],
      ...capabilities.map((capability) => (covered.includes(capability) ? '✓' : '–')),
    ];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('');
}

/** Explains the empty cells, one line for each client. */
function missing() {
  return Object.values(clients)
    .map(({ title, lacks }) => {
      const reasons = new Map();
      for (const [capability, reason] of Object.entries(lacks))
        reasons.set(reason, [...(reasons.get(reason) ?? []), capability]);
      const said = [...reasons].map(([reason, names]) =>
        names.length === capabilities.length ? reason : `${names.join(', ')}: ${reason}`,
      );
      return said.length === 0 ? '' : `- ${title}: ${said.join('; ')}.\n`;
    })
    .join('');
}
