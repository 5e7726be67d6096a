import { freeName, HeddleError, type DocumentPart, type ParsedDocument, type UnreadPart } from '@heddle/core';
import { z } from 'zod';
import { checkHtml, htmlToMarkdown, parseHtml } from '../parsers/html.js';
import { pageSpans, type PageStart } from '../parsers/page-spans.js';

const Text = z.union([z.string(), z.array(z.string()).transform((values) => values[0] ?? '')]);
/**
 * A document in a reply of Tika: the sent document, or an attachment in it. The names of the fields for exceptions differ between versions
 * of Tika.
 */
const Entry = z.looseObject({
  'Content-Type': Text.optional(),
  'X-TIKA:content': z.string().optional(),
  'X-TIKA:embedded_resource_path': Text.optional(),
  resourceName: Text.optional(),
  'dc:title': Text.optional(),
});
type Entry = z.infer<typeof Entry>;
const Reply = z.tuple([Entry], Entry);

/** Tika writes this before each page of a PDF. The same markup within a text is escaped. */
const pageMark = '<div class="page">';
/** For an archive, Tika shows the name of each contained document in the archive's own text. */
const entryMark = /<div class="package-entry"><h1>[^<]*<\/h1>\s*<\/div>/g;
const unknownType = 'application/octet-stream';

/** Reads the reply of Tika's `/rmeta/html`. Its first entry is the document that was sent; the others are the documents that it contains. */
export function readTika(reply: unknown): ParsedDocument {
  const [whole, ...inner] = Reply.parse(reply);
  const document = documentOf(whole);
  const { parts, unread } = partsOf(inner);
  const all = [...document.unread, ...unread];
  const text =
    document.text === '' && parts.length > 0
      ? `Attachments: ${parts.map(({ name }) => name).join(', ')}`
      : document.text;
  if (text === '') throw emptyError(whole);
  return {
    ...document,
    text,
    spans: text === document.text ? document.spans : [{ start: 0, end: text.length }],
    ...(parts.length === 0 ? {} : { parts }),
    unread: all.length === 0 ? undefined : all,
  };
}

function documentOf(entry: Entry): ParsedDocument & { readonly unread: readonly UnreadPart[] } {
  const html = (entry['X-TIKA:content'] ?? '').replaceAll(entryMark, '');
  const mediaType = typeOf(entry) ?? unknownType;
  const [, ...pages] = html.split(pageMark);
  const written = pages.length === 0 ? parseHtml(html) : pagesOf(html, pages);
  const text = written.text.trim() === '' ? '' : written.text;
  const title = entry['dc:title']?.trim() ?? '';
  const exception = exceptionOf(entry);
  const unread = [
    ...(written.unread ?? []),
    ...(exception === undefined || text === '' ? [] : [{ name: 'the document', ...reasonOf(exception) }]),
  ];
  return { ...written, mediaType, text, unread, ...(title === '' ? {} : { title }) };
}

function pagesOf(html: string, pages: readonly string[]): ParsedDocument {
  checkHtml(html);
  const starts: PageStart[] = [];
  const texts: string[] = [];
  const unread: UnreadPart[] = [];
  let length = 0;
  for (const [index, page] of pages.entries()) {
    const text = htmlToMarkdown(page).trim();
    if (text === '') {
      const message = 'Apache Tika found no text on it: it is empty or a picture.';
      unread.push({ name: `page ${index + 1}`, code: 'document_scanned', message });
      continue;
    }
    const joint = texts.length === 0 ? '' : '\n\n';
    starts.push({ start: length + joint.length, page: index + 1 });
    texts.push(joint + text);
    length += joint.length + text.length;
  }
  const text = texts.join('');
  return {
    mediaType: 'application/pdf',
    format: 'markdown',
    text,
    spans: pageSpans(text, starts),
    metadata: { pages: pages.length },
    unread,
  };
}

/** The contained documents, each as HTML. Pictures without text are left out. */
function partsOf(entries: readonly Entry[]): { readonly parts: DocumentPart[]; readonly unread: UnreadPart[] } {
  const parts: DocumentPart[] = [];
  const unread: UnreadPart[] = [];
  const names = new Set<string>();
  for (const entry of entries) {
    const wanted = entry['X-TIKA:embedded_resource_path']?.replace(/^\/+/, '') ?? entry.resourceName ?? 'attachment';
    const name = freeName(wanted === '' ? 'attachment' : wanted, names);
    names.add(name);
    const html = entry['X-TIKA:content'] ?? '';
    const exception = exceptionOf(entry);
    if (parseHtml(html).text.trim() !== '')
      parts.push({ name, mediaType: 'text/html', content: Buffer.from(html, 'utf8') });
    else if (exception !== undefined) unread.push({ name, ...reasonOf(exception) });
    else if (typeOf(entry)?.startsWith('image/') !== true)
      unread.push({ name, code: 'document_empty', message: 'Apache Tika found no text in it.' });
  }
  return { parts, unread };
}

const typeOf = (entry: Entry): string | undefined => entry['Content-Type']?.split(';')[0]?.trim();

/** The exception while Tika read the document. Warnings and the name of the parser do not count. */
function exceptionOf(entry: Entry): string | undefined {
  for (const [key, value] of Object.entries(entry)) {
    if (!key.startsWith('X-TIKA:EXCEPTION:') || /:warn$|_parser$/.test(key)) continue;
    const text = Text.safeParse(value);
    if (text.success) return text.data;
  }
  return undefined;
}

/** The first line names the exception; the others are the stack trace. */
function reasonOf(exception: string): Pick<UnreadPart, 'code' | 'message'> {
  const line = exception.split('\n', 1)[0]?.slice(0, 200) ?? '';
  if (/encrypt|password/i.test(line))
    return {
      code: 'document_encrypted',
      message: 'It is protected by a password: remove it and import the file again.',
    };
  return { code: 'document_damaged', message: `Apache Tika cannot read it (${line}): save it again or convert it.` };
}

function emptyError(entry: Entry): HeddleError {
  const exception = exceptionOf(entry);
  if (exception !== undefined) {
    const { code, message } = reasonOf(exception);
    return new HeddleError(code, message);
  }
  const type = typeOf(entry) ?? unknownType;
  const isUnknown = JSON.stringify(entry['X-Parsed-By'] ?? entry['X-TIKA:Parsed-By'] ?? '').includes('EmptyParser');
  return isUnknown
    ? new HeddleError('document_type', `Apache Tika does not read files of type ${type} either: convert it.`)
    : new HeddleError('document_empty', 'Apache Tika found no text in it: it can be left out.');
}
