import { fileNameParameter } from './file-name-parameter.js';

export interface MimePart {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** Whether it is a picture within the text. */
  readonly isInline?: boolean;
}

interface Mail {
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly html?: Uint8Array;
  readonly parts: readonly MimePart[];
}

/** Writes an e-mail in MIME format, for example one that another program stored in its own format. */
export function writeMime({ headers, text, html, parts }: Mail): Buffer {
  let boundary = '----part';
  const contents = [text ?? '', ...(html === undefined ? [] : [Buffer.from(html).toString('latin1')])];
  while (contents.some((content) => content.includes(boundary))) boundary += '-x';
  const pieces: (string | Uint8Array)[] = Object.entries(headers)
    .filter(([, value]) => value.trim() !== '')
    .map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ').trim()}\r\n`);
  pieces.push(`MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`);
  if (text !== undefined) pieces.push(`--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`);
  if (html !== undefined)
    pieces.push(`--${boundary}\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n`, wrapped(html));
  for (const { name, mediaType, content, isInline } of parts) {
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream';
    pieces.push(
      `--${boundary}\r\nContent-Type: ${type}\r\n`,
      `Content-Disposition: ${isInline === true ? 'inline' : 'attachment'}; ${fileNameParameter(name)}\r\n`,
      'Content-Transfer-Encoding: base64\r\n\r\n',
      wrapped(content),
    );
  }
  pieces.push(`--${boundary}--\r\n`);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

const wrapped = (content: Uint8Array): string =>
  `${Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n')}\r\n`;
