import { HeddleError, toHeddleError, type ParsedDocument } from '@heddle/core';
import { binaryKind } from './kinds/binary-kind.js';
import { decodeText, normaliseNewlines } from './kinds/decode-text.js';
import type { DocumentSource } from './document-source.js';
import { hintedKind, type DocumentKind } from './kinds/kinds.js';
import type { DocumentLimits } from './limits.js';
import { named, requireText } from './parse-text-kind.js';
import { parseMarkdown } from './parsers/markdown.js';
import { parseText } from './parsers/text.js';
import { sniffText } from './kinds/sniff-text.js';

/** Parses a document of any kind that Heddle reads. The parsers load when they are first needed. */
export async function parseBytes(source: DocumentSource, limits: DocumentLimits): Promise<ParsedDocument> {
  const { content, name, mediaType } = source;
  if (content.length === 0) requireText('', name);
  if (content.length > limits.sourceBytes) throw tooLarge(name, content.length, limits.sourceBytes, 'bytes');
  const hint = hintedKind(name, mediaType);
  try {
    const document = await parseKind(source, hint, limits);
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
  limits: DocumentLimits,
): Promise<ParsedDocument> {
  const { content } = source;
  if (typeof content !== 'string') {
    switch (await binaryKind(content)) {
      case 'pdf':
        return (await import('./parsers/pdf.js')).parsePdf(content, limits);
      case 'docx':
        return (await import('./parsers/docx.js')).parseDocx(content);
      case 'xlsx':
        return (await import('./parsers/xlsx.js')).parseXlsx(content, limits);
      case 'pptx':
        return (await import('./parsers/pptx.js')).parsePptx(content);
      case 'epub':
        return (await import('./parsers/epub.js')).parseEpub(content);
      case undefined:
        break;
    }
  }
  const text = typeof content === 'string' ? normaliseNewlines(content) : decodeText(content);
  requireText(text, source.name);
  return parseTextKind(sniffText(text, hint), text, source, limits);
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
      return (await import('./parsers/csv.js')).parseCsv(text, limits);
    case 'json':
    case 'jsonl':
      return (await import('./parsers/json.js')).parseJson(
        text,
        kind,
        limits,
        hintedKind(source.name, source.mediaType) === kind,
      );
    case 'xml':
      return (await import('./parsers/xml.js')).parseXml(text);
    case 'eml':
      return (await import('./parsers/eml.js')).parseEml(source.content);
    default:
      return parseText(text);
  }
}

const tooLarge = (name: string | undefined, size: number, limit: number, unit: string): HeddleError =>
  new HeddleError(
    'document_too_large',
    `${named(name)} has ${size} ${unit}, more than the ${limit} that are read: split it into smaller documents.`,
    {
      details: { size, limit },
    },
  );

/** Says which document an error of a parser speaks of. */
function withName(error: HeddleError, name: string | undefined): HeddleError {
  if (name === undefined || error.message.includes(`'${name}'`)) return error;
  return new HeddleError(error.code, `${named(name)}: ${error.message}`, {
    cause: error.cause ?? error,
    retryable: error.retryable,
    details: { ...error.details, document: name },
  });
}
