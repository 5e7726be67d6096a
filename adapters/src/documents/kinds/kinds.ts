/** The kinds of document that Heddle reads. */
export type DocumentKind =
  'text' | 'markdown' | 'html' | 'pdf' | 'docx' | 'csv' | 'json' | 'jsonl' | 'xlsx' | 'pptx' | 'epub' | 'eml' | 'xml';

/** Media type of each kind, as `ParsedDocument.mediaType` says it. */
export const mediaTypes: Readonly<Record<DocumentKind, string>> = {
  text: 'text/plain',
  markdown: 'text/markdown',
  html: 'text/html',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  epub: 'application/epub+zip',
  eml: 'message/rfc822',
  xml: 'application/xml',
};

const extensions: Readonly<Record<string, DocumentKind>> = {
  txt: 'text',
  text: 'text',
  log: 'text',
  md: 'markdown',
  markdown: 'markdown',
  mdx: 'markdown',
  htm: 'html',
  html: 'html',
  xhtml: 'html',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  eml: 'eml',
  pdf: 'pdf',
  docx: 'docx',
  xlsx: 'xlsx',
  pptx: 'pptx',
  epub: 'epub',
  xml: 'xml',
};

/** What a name or a media type suggests. Only a hint: the content decides. */
export function hintedKind(name: string | undefined, mediaType: string | undefined): DocumentKind | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name ?? '')?.[1]?.toLowerCase();
  const byName = extension !== undefined && Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
  if (byName !== undefined) return byName;
  const type = mediaType?.split(';')[0]?.trim().toLowerCase();
  const found = Object.entries(mediaTypes).find(([, value]) => value === type);
  if (found !== undefined) return kindOf(found[0]);
  return type === 'text/tab-separated-values' ? 'csv' : undefined;
}

function kindOf(name: string): DocumentKind | undefined {
  return Object.values(extensions).find((kind) => kind === name);
}
