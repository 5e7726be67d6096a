const start = /<!-- formats: [^\n]* -->\n/;

/** Puts the table of document formats between the marks of a page. */
export async function withFormats(page) {
  const { documentFormats } = await import('@heddle/core');
  const from = start.exec(page);
  const end = page.indexOf('<!-- /formats -->');
  if (from === null || end < 0) throw new Error('docs/documents.md has no marks for the table of formats');
  const rows = Object.values(documentFormats).map(({ title, extensions }) => [title, extensions.join(', ')]);
  const widths = [0, 1].map((column) =>
    Math.max(...[['format', 'ends of names'], ...rows].map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  const table = [
    line(['format', 'ends of names']),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
  ].join('');
  return `${page.slice(0, from.index + from[0].length)}\n${table}\n${page.slice(end)}`;
}
