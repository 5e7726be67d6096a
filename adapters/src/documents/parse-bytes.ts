import { HeddleError, toHeddleError, type ParsedDocument } from '@heddle/core';
import { binaryKind, imageType, type BinaryKind } from './kinds/binary-kind.js';
import { decodeText, normaliseNewlines } from './kinds/decode-text.js';
import type { DocumentSource } from './document-source.js';
import { hintedKind, type DocumentKind } from './kinds/kinds.js';
import type { DocumentLimits } from './limits.js';
import type { ParseOptions } from './parse-options.js';
import { named, requireText } from './parse-text-kind.js';
import { parseMarkdown } from './parsers/markdown.js';
import { parseText } from './parsers/text.js';
import { withEmbedded } from './zip/embedded-parts.js';
import { sniffText } from './kinds/sniff-text.js';

/** Parses a document of any kind that Heddle reads. Each parser is loaded when it is first needed. */
export async function parseBytes(
  source: DocumentSource,
  limits: DocumentLimits,
  options: Omit<ParseOptions, 'limits'> = {},
): Promise<ParsedDocument> {
  const { content, name, mediaType } = source;
  if (content.length === 0) requireText('', name);
  if (content.length > limits.sourceBytes) throw tooLarge(name, content.length, limits.sourceBytes, 'bytes');
  const hint = hintedKind(name, mediaType);
  try {
    const document = await parseKind(source, hint, { limits, ...options });
    requireText(document.text, name);
    if (document.text.length > limits.textLength)
      throw tooLarge(name, document.text.length, limits.textLength, 'characters of text');
    return document;
  } catch (error) {
    throw withName(toHeddleError(error, 'document_damaged'), name);
  }
}

async function parseKind(
  source: DocumentSource,
  hint: DocumentKind | undefined,
  options: ParseOptions,
): Promise<ParsedDocument> {
  const { content } = source;
  if (typeof content !== 'string') {
    const kind = await binaryKind(content);
    if (kind !== undefined) {
      refuseLeft(kind, options);
      return parseBinary(kind, content, options);
    }
  }
  const text = typeof content === 'string' ? normaliseNewlines(content) : decodeText(content);
  requireText(text, source.name);
  const kind = sniffText(text, hint);
  refuseLeft(kind, options);
  return parseTextKind(kind, text, source, options.limits);
}

/** Refuses a kind that a service reads. */
function refuseLeft(kind: DocumentKind, { leave = [] }: ParseOptions): void {
  if (leave.some((left) => left === kind))
    throw new HeddleError('document_type', 'Another program reads this kind of document.', { details: { left: kind } });
}

async function parseBinary(kind: BinaryKind, content: Uint8Array, options: ParseOptions): Promise<ParsedDocument> {
  const { limits } = options;
  switch (kind) {
    case 'pdf':
      return (await import('./parsers/pdf.js')).parsePdf(content, options);
    case 'docx':
      return withEmbedded(await (await import('./parsers/docx.js')).parseDocx(content), content);
    case 'xlsx':
      return withEmbedded(await (await import('./parsers/xlsx.js')).parseXlsx(content, limits), content);
    case 'pptx':
      return withEmbedded(await (await import('./parsers/pptx.js')).parsePptx(content), content);
    case 'epub':
      return (await import('./parsers/epub.js')).parseEpub(content);
    case 'odt':
      return (await import('./parsers/odf/odt.js')).parseOdt(content);
    case 'ods':
      return (await import('./parsers/odf/ods.js')).parseOds(content, limits);
    case 'odp':
      return (await import('./parsers/odf/odp.js')).parseOdp(content);
    case 'rtf':
      return (await import('./parsers/rtf/rtf.js')).parseRtf(content);
    case 'doc':
      return (await import('./parsers/ole/doc.js')).parseDoc(content);
    case 'xls':
      return (await import('./parsers/ole/xls.js')).parseXls(content, limits);
    case 'ppt':
      return (await import('./parsers/ole/ppt.js')).parsePpt(content);
    case 'msg':
      return (await import('./parsers/ole/msg.js')).parseMsg(content);
    case 'tnef':
      return (await import('./parsers/mail/tnef.js')).parseTnef(content);
    case 'image':
      return (await import('./parsers/ocr/image.js')).parseImage(content, await imageType(content), options);
  }
}

async function parseTextKind(
  kind: DocumentKind,
  text: string,
  source: DocumentSource,
  limits: DocumentLimits,
): Promise<ParsedDocument> {
  switch (kind) {
    case 'markdown':
      return parseMarkdown(text);
    case 'html':
      return (await import('./parsers/html.js')).parseHtml(text);
    case 'csv':
    case 'tsv':
      return (await import('./parsers/csv.js')).parseCsv(text, limits, kind);
    case 'json':
    case 'jsonl':
      return (await import('./parsers/json.js')).parseJson(
        text,
        kind,
        limits,
        hintedKind(source.name, source.mediaType) === kind,
      );
    case 'xml':
      return parseXmlKind(text, limits);
    case 'rst':
      return (await import('./parsers/markup/rst.js')).parseRst(text);
    case 'org':
      return (await import('./parsers/markup/org.js')).parseOrg(text);
    case 'notebook':
      return (await import('./parsers/markup/notebook.js')).parseNotebook(text);
    case 'code':
      return (await import('./parsers/code.js')).parseCode(text);
    case 'eml':
      return (await import('./parsers/mail/eml.js')).parseEml(mailContent(source.content, text));
    default:
      return parseText(text);
  }
}

/** Flat OpenDocument is XML; its root element tells it apart. */
async function parseXmlKind(text: string, limits: DocumentLimits): Promise<ParsedDocument> {
  if (text.slice(0, 64_000).includes('<office:document')) {
    const { flatOdfType, parseFlatOdf } = await import('./parsers/odf/flat.js');
    const type = flatOdfType(text);
    if (type !== undefined) return parseFlatOdf(text, type, limits);
  }
  return (await import('./parsers/xml.js')).parseXml(text);
}

const tooLarge = (name: string | undefined, size: number, limit: number, unit: string): HeddleError =>
  new HeddleError(
    'document_too_large',
    `${named(name)} has ${size} ${unit}, more than the ${limit} that are read: split it into smaller documents.`,
    {
      details: { size, limit },
    },
  );

function withName(error: HeddleError, name: string | undefined): HeddleError {
  if (name === undefined || error.message.includes(`'${name}'`)) return error;
  return new HeddleError(error.code, `${named(name)}: ${error.message}`, {
    cause: error.cause ?? error,
    retryable: error.retryable,
    details: { ...error.details, document: name },
  });
}

/** An e-mail in an encoding that mail programs do not use, such as UTF-16, is read as text. */
function mailContent(content: Uint8Array | string, text: string): Uint8Array | string {
  return typeof content !== 'string' && content.subarray(0, 4).includes(0) ? text : content;
}
