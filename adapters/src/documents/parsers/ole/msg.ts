import { HeddleError, type ParsedDocument } from '@heddle/core';
import iconv from 'iconv-lite';
import { mediaTypes } from '../../kinds/kinds.js';
import { parseEml } from '../mail/eml.js';
import { parseRtf } from '../rtf/rtf.js';
import { inflateRtf } from './compressed-rtf.js';
import { openOle, type Ole } from './open-ole.js';
import { writeMime, type MimePart } from '../mail/write-mime.js';

/** The deepest nesting of messages in messages that is read. */
const deepest = 8;

/** Parses an Outlook message as an e-mail; its attachments are those of the e-mail. */
export async function parseMsg(bytes: Uint8Array): Promise<ParsedDocument> {
  const document = await parseEml(mimeOf(openOle(bytes), '', 0));
  return { ...document, mediaType: mediaTypes.msg };
}

/** Converts a message of the container to MIME. */
function mimeOf(ole: Ole, path: string, depth: number): Buffer {
  if (depth > deepest)
    throw new HeddleError(
      'document_bomb',
      `It was not opened, because its messages are nested deeper than ${deepest} levels.`,
    );
  const read = createProperties(ole, path);
  const sender = read.text('0C1A') || read.text('0042');
  const address = [read.text('5D01'), read.text('0C1F'), read.text('0065')].find((found) => found.includes('@')) ?? '';
  const date = read.time('0039') ?? read.time('0E06');
  const transport = read.text('007D');
  return writeMime({
    headers: {
      Subject: read.text('0037') || headerOf(transport, 'Subject'),
      From:
        address === '' || address === sender
          ? sender || headerOf(transport, 'From')
          : `"${sender.replaceAll('"', "'")}" <${address}>`,
      To: recipients(ole, path) || read.text('0E04'),
      Cc: read.text('0E03'),
      Date: date?.toUTCString() ?? headerOf(transport, 'Date'),
      'Message-ID': read.text('1035'),
    },
    ...bodyOf(read),
    parts: attachmentsOf(ole, path, depth),
  });
}

/** The body of a message: plain text, otherwise HTML, otherwise rich text. */
function bodyOf(read: Properties): { readonly text?: string; readonly html?: Uint8Array } {
  const text = read.text('1000');
  if (text.trim() !== '') return { text };
  const html = read.bytes('1013', '0102') ?? Buffer.from(read.text('1013'));
  if (html.length > 0) return { html };
  const rtf = read.bytes('1009', '0102');
  if (rtf === undefined) return {};
  return { text: parseRtf(inflateRtf(rtf)).text };
}

function attachmentsOf(ole: Ole, path: string, depth: number): readonly MimePart[] {
  return childPaths(ole, path, '__attach_version1.0_').map((attachment, index): MimePart => {
    const read = createProperties(ole, attachment);
    const embedded = `${attachment}__substg1.0_3701000D/`;
    const isMessage = ole.names.some((name) => name.startsWith(`${embedded}__properties_version1.0`));
    const name = read.text('3707') || read.text('3704') || read.text('3001') || `attachment-${index + 1}`;
    if (isMessage)
      return {
        name: name.endsWith('.eml') ? name : `${name}.eml`,
        mediaType: 'message/rfc822',
        content: mimeOf(ole, embedded, depth + 1),
      };
    const isInline = read.text('3712') !== '' && /^image\//.test(read.text('370E'));
    return {
      name,
      mediaType: read.text('370E') || 'application/octet-stream',
      content: read.bytes('3701', '0102') ?? Buffer.alloc(0),
      ...(isInline ? { isInline } : {}),
    };
  });
}

function recipients(ole: Ole, path: string): string {
  return childPaths(ole, path, '__recip_version1.0_')
    .map((recipient) => {
      const read = createProperties(ole, recipient);
      const name = read.text('3001').replaceAll('"', "'");
      const address = [read.text('39FE'), read.text('3003')].find((found) => found.includes('@'));
      return address === undefined ? name : name === '' || name === address ? address : `"${name}" <${address}>`;
    })
    .filter((found) => found !== '')
    .join(', ');
}

/** Folders of one kind directly below a path. */
function childPaths(ole: Ole, path: string, kind: string): readonly string[] {
  const found = new Set<string>();
  for (const name of ole.names) {
    if (!name.startsWith(path + kind)) continue;
    found.add(name.slice(0, name.indexOf('/', path.length) + 1));
  }
  return [...found].sort();
}

interface Properties {
  text(id: string): string;
  bytes(id: string, type: string): Buffer | undefined;
  time(id: string): Date | undefined;
}

function createProperties(ole: Ole, path: string): Properties {
  const fixed = ole.read(`${path}__properties_version1.0`) ?? Buffer.alloc(0);
  const head = path === '' ? 32 : path.includes('__substg1.0_3701000D/') && path.endsWith('3701000D/') ? 24 : 8;
  const valueOf = (tag: number): number | undefined => {
    for (let at = head; at + 16 <= fixed.length; at += 16) if (fixed.readUInt32LE(at) === tag) return at + 8;
    return undefined;
  };
  const bytes: Properties['bytes'] = (id, type) => ole.read(`${path}__substg1.0_${id}${type}`);
  return {
    bytes,
    text: (id) => {
      const wide = bytes(id, '001F');
      if (wide !== undefined) return wide.toString('utf16le').replace(/\0+$/, '');
      const narrow = bytes(id, '001E');
      if (narrow === undefined) return '';
      const page = valueOf(0x3fde0003) ?? valueOf(0x3ffd0003);
      const number = page === undefined ? 1252 : fixed.readUInt32LE(page);
      const encoding = number === 65001 ? 'utf-8' : number === 20127 ? 'windows-1252' : `cp${number}`;
      return iconv.decode(narrow, iconv.encodingExists(encoding) ? encoding : 'windows-1252').replace(/\0+$/, '');
    },
    time: (id) => {
      const at = valueOf(Number.parseInt(`${id}0040`, 16));
      if (at === undefined) return undefined;
      const date = new Date(Number(fixed.readBigUInt64LE(at) / 10_000n) - 11_644_473_600_000);
      return Number.isNaN(date.getTime()) || date.getTime() < 0 ? undefined : date;
    },
  };
}

const headerOf = (headers: string, name: string): string =>
  new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(headers)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
