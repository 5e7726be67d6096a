/** A format of documents that Heddle reads. */
interface Format {
  /** The name for people. */
  readonly title: string;
  readonly mediaType: string;
  /** File extensions, the usual one first. */
  readonly extensions: readonly string[];
}

const office = 'application/vnd.openxmlformats-officedocument';
const openDocument = 'application/vnd.oasis.opendocument';

/** The formats of documents that Heddle reads: the one list behind parsers, messages, docs, help texts and the editor. */
export const documentFormats = {
  text: { title: 'plain text', mediaType: 'text/plain', extensions: ['txt', 'text', 'log'] },
  markdown: { title: 'Markdown', mediaType: 'text/markdown', extensions: ['md', 'markdown', 'mdx'] },
  rst: { title: 'reStructuredText', mediaType: 'text/x-rst', extensions: ['rst'] },
  org: { title: 'Org', mediaType: 'text/x-org', extensions: ['org'] },
  html: { title: 'HTML', mediaType: 'text/html', extensions: ['html', 'htm', 'xhtml'] },
  pdf: { title: 'PDF', mediaType: 'application/pdf', extensions: ['pdf'] },
  docx: { title: 'Word', mediaType: `${office}.wordprocessingml.document`, extensions: ['docx', 'docm', 'dotx'] },
  doc: { title: 'Word 97', mediaType: 'application/msword', extensions: ['doc', 'dot'] },
  odt: { title: 'OpenDocument text', mediaType: `${openDocument}.text`, extensions: ['odt', 'ott', 'fodt'] },
  rtf: { title: 'rich text', mediaType: 'application/rtf', extensions: ['rtf'] },
  xlsx: { title: 'Excel', mediaType: `${office}.spreadsheetml.sheet`, extensions: ['xlsx', 'xlsm', 'xltx'] },
  xls: { title: 'Excel 97', mediaType: 'application/vnd.ms-excel', extensions: ['xls', 'xlt'] },
  ods: {
    title: 'OpenDocument spreadsheet',
    mediaType: `${openDocument}.spreadsheet`,
    extensions: ['ods', 'ots', 'fods'],
  },
  csv: { title: 'CSV', mediaType: 'text/csv', extensions: ['csv'] },
  tsv: { title: 'TSV', mediaType: 'text/tab-separated-values', extensions: ['tsv', 'tab'] },
  pptx: {
    title: 'PowerPoint',
    mediaType: `${office}.presentationml.presentation`,
    extensions: ['pptx', 'pptm', 'ppsx'],
  },
  ppt: { title: 'PowerPoint 97', mediaType: 'application/vnd.ms-powerpoint', extensions: ['ppt', 'pps'] },
  odp: {
    title: 'OpenDocument presentation',
    mediaType: `${openDocument}.presentation`,
    extensions: ['odp', 'otp', 'fodp'],
  },
  epub: { title: 'EPUB', mediaType: 'application/epub+zip', extensions: ['epub'] },
  eml: { title: 'e-mail', mediaType: 'message/rfc822', extensions: ['eml'] },
  msg: { title: 'Outlook e-mail', mediaType: 'application/vnd.ms-outlook', extensions: ['msg'] },
  tnef: { title: 'Outlook attachment (winmail.dat)', mediaType: 'application/vnd.ms-tnef', extensions: ['tnef'] },
  json: { title: 'JSON', mediaType: 'application/json', extensions: ['json'] },
  jsonl: { title: 'JSON lines', mediaType: 'application/x-ndjson', extensions: ['jsonl', 'ndjson'] },
  xml: { title: 'XML', mediaType: 'application/xml', extensions: ['xml'] },
  notebook: { title: 'Jupyter notebook', mediaType: 'application/x-ipynb+json', extensions: ['ipynb'] },
  code: {
    title: 'source code',
    mediaType: 'text/x-source',
    extensions: [
      ...['py', 'js', 'mjs', 'cjs', 'jsx', 'ts', 'tsx', 'mts', 'java', 'kt', 'scala', 'groovy', 'c', 'h', 'cc', 'cpp'],
      ...['hpp', 'cs', 'go', 'rs', 'rb', 'php', 'swift', 'dart', 'lua', 'r', 'jl', 'pl', 'pm', 'sh', 'bash', 'sql'],
      ...['ex', 'exs', 'erl', 'hs', 'ml', 'clj', 'vb', 'ps1', 'css', 'scss', 'less', 'proto', 'graphql'],
    ],
  },
  image: {
    title: 'images with text',
    mediaType: 'image/*',
    extensions: ['png', 'jpg', 'jpeg', 'tif', 'tiff', 'bmp', 'webp', 'gif'],
  },
} as const satisfies Readonly<Record<string, Format>>;

/** A kind of document that Heddle reads. */
export type DocumentKind = keyof typeof documentFormats;

/** The formats that another program may read for Heddle: all but short texts, and `other` for formats that Heddle does not read. */
export type ServedFormat = Exclude<DocumentKind, 'text' | 'markdown'> | 'other';

const isServed = (kind: string): kind is Exclude<DocumentKind, 'text' | 'markdown'> =>
  kind !== 'text' && kind !== 'markdown' && Object.hasOwn(documentFormats, kind);

/** The formats of `ServedFormat`, in the order of the list. */
export const servedFormats: readonly ServedFormat[] = [...Object.keys(documentFormats).filter(isServed), 'other'];

/** The usual file extension of each format, for messages and help texts. */
export const readableExtensions: readonly string[] = Object.values(documentFormats).map(
  ({ extensions }: Format) => extensions[0] ?? '',
);

/** The formats as a phrase, for sentences about what can be imported. */
export const readableFormats = (): string => {
  const titles = Object.values(documentFormats).map(({ title, extensions }: Format) =>
    title.toLowerCase() === extensions[0] ? title : `${title} (${extensions.slice(0, 1).join(', ')})`,
  );
  return `${titles.slice(0, -1).join(', ')} and ${titles.at(-1) ?? ''}`;
};
