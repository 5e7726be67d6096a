const start = /<!-- capabilities: [^\n]* -->\n/;

const texts = [
  ['keyword search in 18 languages', 'isMultilingual', 'yes', 'as the server does it'],
  [
    'title and headings weigh as a search asks',
    'weighsTitles',
    'yes',
    'always 2; another weight is refused (`search_unsupported`)',
  ],
  ['filters order texts', 'ordersTexts', 'yes', 'refused (`filter_invalid`), but dates and numbers'],
  ['a document is replaced', 'replacesAtOnce', 'in one step', 'new passages first, then the old ones go'],
  ['a search finds what any program wrote before', 'seesOtherPrograms', 'yes', 'some time later'],
  ['two Heddles on one server or machine keep apart', 'separatesTenants', 'yes', 'no'],
];

/** Puts the table of what each store supports between the marks of a page. */
export async function withStores(page) {
  const { storeCapabilities } = await import('@heddle/core');
  const from = start.exec(page);
  const end = page.indexOf('<!-- /capabilities -->');
  if (from === null || end < 0) throw new Error('docs/stores.md has no marks for the table of stores');
  const kinds = Object.keys(storeCapabilities);
  const rows = [
    ['', ...kinds.map((kind) => (kind === 'embedded' ? kind : `\`${kind}\``))],
    ...texts.map(([title, name, yes, no]) => [
      title,
      ...kinds.map((kind) => (storeCapabilities[kind][name] ? yes : no)),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  const [head, ...others] = rows;
  const table = [line(head), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('');
  return `${page.slice(0, from.index + from[0].length)}\n${table}\n${page.slice(end)}`;
}
