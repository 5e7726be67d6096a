import { HeddleError, type ParsedDocument } from '@heddle/core';
import iconv from 'iconv-lite';
import { mediaTypes } from '../../kinds/kinds.js';
import { inflateRtf } from '../ole/compressed-rtf.js';
import { parseRtf } from '../rtf/rtf.js';
import { parseEml } from './eml.js';
import { writeMime, type MimePart } from './write-mime.js';

// The ids of message attributes in the format.
const subject = 0x00018004;
const body = 0x0002800c;
const messageProperties = 0x00069003;
const attachmentBegins = 0x00069002;
const attachmentData = 0x0006800f;
const attachmentTitle = 0x00018010;
const attachmentProperties = 0x00069005;
const codePage = 0x00069007;

const headLength = 6;
const mostAttachments = 500;
const mostProperties = 20_000;
/** The deepest nesting of messages in messages that is read. */
const deepest = 8;

/** Parses Outlook's own attachment format (winmail.dat) as the e-mail that it contains; its files are attachments of the e-mail. */
export async function parseTnef(bytes: Uint8Array): Promise<ParsedDocument> {
  const document = await parseEml(mimeOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0));
  return { ...document, mediaType: mediaTypes.tnef };
}

interface File {
  title: string;
  data: Buffer | undefined;
  properties: Properties;
}

function mimeOf(content: Buffer, depth: number): Buffer {
  if (depth > deepest)
    throw new HeddleError(
      'document_bomb',
      `It was not opened, because its messages are nested deeper than ${deepest} levels.`,
    );
  let page = 'windows-1252';
  let properties: Properties = new Map();
  const texts = { subject: '', body: '' };
  const files: File[] = [];
  for (const { id, data } of attributesOf(content)) {
    const file = files.at(-1);
    if (id === codePage && data.length >= 4) page = encodingOf(data.readUInt32LE(0));
    else if (id === subject) texts.subject = decode(data, page);
    else if (id === body) texts.body = decode(data, page);
    else if (id === messageProperties) properties = propertiesOf(data, page);
    else if (id === attachmentBegins) {
      if (files.length >= mostAttachments)
        throw new HeddleError(
          'document_bomb',
          `It has more than ${mostAttachments} attachments: save them separately.`,
        );
      files.push({ title: '', data: undefined, properties: new Map() });
    } else if (file !== undefined && id === attachmentTitle) file.title = decode(data, page);
    else if (file !== undefined && id === attachmentData) file.data = data;
    else if (file !== undefined && id === attachmentProperties) file.properties = propertiesOf(data, page);
  }
  const text = (id: number): string => textOf(properties, id);
  const sender = text(0x0c1a);
  const address = [text(0x5d01), text(0x0c1f)].find((found) => found.includes('@')) ?? '';
  return writeMime({
    headers: {
      Subject: text(0x0037) || texts.subject,
      From: address === '' ? sender : `"${sender.replaceAll('"', "'")}" <${address}>`,
      To: text(0x0e04),
      Cc: text(0x0e03),
      'Message-ID': text(0x1035),
    },
    ...contentOf(properties, texts.body),
    parts: files.map((file, index) => partOf(file, index, depth)),
  });
}

/** The body of the message: plain text, otherwise HTML, otherwise rich text. */
function contentOf(properties: Properties, plain: string): { readonly text?: string; readonly html?: Uint8Array } {
  const text = textOf(properties, 0x1000) || plain;
  if (text.trim() !== '') return { text };
  const html = properties.get(0x1013);
  if (html !== undefined && html.length > 0) return { html: typeof html === 'string' ? Buffer.from(html) : html };
  const rich = properties.get(0x1009);
  return rich === undefined || typeof rich === 'string' ? {} : { text: parseRtf(inflateRtf(rich)).text };
}

function partOf({ title, data, properties }: File, index: number, depth: number): MimePart {
  const object = properties.get(0x3701);
  const name = textOf(properties, 0x3707) || title || textOf(properties, 0x3001) || `attachment-${index + 1}`;
  // An embedded message follows the id of its kind.
  const inner = typeof object === 'object' && object.length > 20 ? object.subarray(16) : undefined;
  if (inner !== undefined && isTnef(inner))
    return {
      name: name.endsWith('.eml') ? name : `${name}.eml`,
      mediaType: 'message/rfc822',
      content: mimeOf(inner, depth + 1),
    };
  return {
    name,
    mediaType: textOf(properties, 0x370e) || 'application/octet-stream',
    content: data ?? (typeof object === 'object' ? object : Buffer.alloc(0)),
  };
}

const isTnef = (content: Buffer): boolean => content.length > headLength && content.readUInt32LE(0) === 0x223e9f78;

/** Reads the attributes of a TNEF stream in order. Errors: `document_damaged` if an attribute is cut off. */
function* attributesOf(content: Buffer): Generator<{ readonly id: number; readonly data: Buffer }> {
  for (let at = headLength; at + 9 <= content.length;) {
    const id = content.readUInt32LE(at + 1);
    const length = content.readUInt32LE(at + 5);
    const end = at + 9 + length;
    if (end > content.length) throw damaged();
    yield { id, data: content.subarray(at + 9, end) };
    // A checksum follows.
    at = end + 2;
  }
}

const damaged = (): HeddleError =>
  new HeddleError('document_damaged', 'The Outlook attachment is cut off: ask for the e-mail again.');

/** Properties by id: text or bytes. */
type Properties = ReadonlyMap<number, string | Buffer>;

const textOf = (properties: Properties, id: number): string => {
  const value = properties.get(id);
  return typeof value === 'string' ? value : '';
};

const several = 0x1000;
/** The lengths of values with a fixed size, in bytes. */
const lengths: Readonly<Record<number, number>> = {
  0x01: 4,
  0x02: 4,
  0x03: 4,
  0x04: 4,
  0x05: 8,
  0x06: 8,
  0x07: 8,
  0x0a: 4,
  0x0b: 4,
  0x14: 8,
  0x40: 8,
  0x48: 16,
};
const narrowText = 0x1e;
const wideText = 0x1f;

/** Reads a list of properties. Errors: `document_damaged`, `document_bomb`. */
function propertiesOf(data: Buffer, page: string): Properties {
  const found = new Map<number, string | Buffer>();
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > data.length) throw damaged();
    at += length;
    return data.subarray(at - length, at);
  };
  const number = (): number => take(4).readUInt32LE(0);
  const sized = (): Buffer => {
    const length = number();
    const value = take(length);
    // Values are padded to a multiple of four bytes; the last one may lack the padding.
    at = Math.min(data.length, at + ((4 - (length % 4)) % 4));
    return value;
  };
  const count = number();
  if (count > mostProperties)
    throw new HeddleError('document_bomb', `The Outlook attachment claims ${count} properties: it was not opened.`);
  for (let index = 0; index < count; index += 1) {
    const tag = number();
    const type = tag & 0xffff;
    const id = tag >>> 16;
    if (id >= 0x8000) {
      take(16);
      if (number() === 0) number();
      else sized();
    }
    const kind = type & ~several;
    const fixed = lengths[kind];
    const values = fixed === undefined || (type & several) !== 0 ? number() : 1;
    if (values > mostProperties) throw damaged();
    for (let value = 0; value < values; value += 1) {
      const bytes = fixed === undefined ? sized() : take(fixed);
      if (found.has(id) || fixed !== undefined) continue;
      if (kind === wideText) found.set(id, bytes.toString('utf16le').replace(/\0+$/, ''));
      else if (kind === narrowText) found.set(id, decode(bytes, page));
      else found.set(id, bytes);
    }
  }
  return found;
}

const decode = (bytes: Buffer, page: string): string => iconv.decode(bytes, page).replace(/\0+$/, '');

function encodingOf(number: number): string {
  const name = number === 65001 ? 'utf-8' : `cp${number}`;
  return iconv.encodingExists(name) ? name : 'windows-1252';
}
