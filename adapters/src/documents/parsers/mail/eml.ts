import { withoutUndefined, type DocumentPart, type ParsedDocument, type UnreadPart } from '@heddle/core';
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { checkHtml, htmlToMarkdown } from '../html.js';

/**
 * Parses an e-mail: sender, recipients, date, subject and the names of attachments come first, then its text. Attachments and attached
 * messages are parts, to be read as separate documents; signatures and pictures within the text are only named.
 */
export async function parseEml(content: Uint8Array | string): Promise<ParsedDocument> {
  const email = await PostalMime.parse(content, { maxNestingDepth: 32, forceRfc822Attachments: true });
  const subject = email.subject?.replace(/\s+/g, ' ').trim() ?? '';
  const named = email.attachments.map((attachment, index) => ({ attachment, name: nameOf(attachment, index) }));
  const attachments = named.map(({ name }) => name);
  const head = headLines(email, subject, attachments).join('\n');
  const body = bodyOf(email);
  const text = [head, body].filter((part) => part !== '').join('\n\n');
  const bodyStart = text.length - body.length;
  const headings = subject === '' ? {} : { headings: [subject] };
  const isEmpty = body === '' && subject === '' && attachments.length === 0;
  const metadata = withoutUndefined({
    from: email.from === undefined ? undefined : written([email.from]),
    to: email.to === undefined ? undefined : written(email.to),
    cc: email.cc === undefined ? undefined : written(email.cc),
    date: email.date,
    messageId: email.messageId,
    attachments: attachments.length === 0 ? undefined : attachments,
  });
  return {
    mediaType: 'message/rfc822',
    format: 'text',
    // Headers alone have no content.
    text: isEmpty ? '' : text,
    spans: [
      { start: 0, end: bodyStart, ...headings },
      ...(body === '' ? [] : [{ start: bodyStart, end: text.length, ...headings }]),
    ],
    metadata: { ...metadata, ...notesOf(named) },
    ...(subject === '' ? {} : { title: subject }),
    ...partsOf(named),
  };
}

interface Named {
  readonly attachment: Attachment;
  readonly name: string;
}

/** A signature proves the sender; it has no text. */
const isSignature = ({ mimeType }: Attachment): boolean =>
  /^application\/(?:(?:x-)?pkcs7-signature|pgp-signature|pgp-keys)$/i.test(mimeType);

/** A picture that the text shows, such as a logo or an icon. */
const isWithinText = ({ mimeType, disposition, contentId, related }: Attachment): boolean =>
  /^image\//i.test(mimeType) &&
  disposition !== 'attachment' &&
  (disposition === 'inline' || related === true || contentId !== undefined);

/** Metadata with the names of signatures and pictures in the text, which are not read. */
function notesOf(named: readonly Named[]): Readonly<Record<string, unknown>> {
  const signatures = named.filter(({ attachment }) => isSignature(attachment)).map(({ name }) => name);
  const pictures = named.filter(({ attachment }) => isWithinText(attachment)).map(({ name }) => name);
  return {
    ...(signatures.length === 0 ? {} : { signatures }),
    ...(pictures.length === 0 ? {} : { pictures }),
  };
}

function partsOf(named: readonly Named[]): Pick<ParsedDocument, 'parts' | 'unread'> {
  const parts: DocumentPart[] = [];
  const unread: UnreadPart[] = [];
  for (const { attachment, name } of named) {
    if (isSignature(attachment) || isWithinText(attachment)) continue;
    const content =
      typeof attachment.content === 'string' ? Buffer.from(attachment.content) : new Uint8Array(attachment.content);
    if (/^application\/(?:x-)?pkcs7-mime$/i.test(attachment.mimeType))
      unread.push({
        name,
        code: 'document_encrypted',
        message: 'It is an encrypted or sealed message: save the e-mail decrypted.',
      });
    else if (content.length === 0) unread.push({ name, code: 'document_empty', message: 'It is empty.' });
    else parts.push({ name, mediaType: attachment.mimeType, content });
  }
  return { ...(parts.length === 0 ? {} : { parts }), ...(unread.length === 0 ? {} : { unread }) };
}

const endings: Readonly<Record<string, string>> = {
  'message/rfc822': 'eml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
};

function nameOf({ filename, mimeType }: Attachment, index: number): string {
  const name =
    filename
      ?.replace(/[\s/\\#]+/g, ' ')
      .trim()
      .slice(0, 200) ?? '';
  if (name !== '') return name;
  return `attachment-${index + 1}.${endings[mimeType] ?? /\/(?:x-)?([a-z0-9]{2,5})$/i.exec(mimeType)?.[1] ?? 'bin'}`;
}

function headLines(email: Email, subject: string, attachments: readonly string[]): readonly string[] {
  return [
    subject === '' ? '' : `Subject: ${subject}`,
    email.from === undefined ? '' : `From: ${written([email.from])}`,
    email.to === undefined ? '' : `To: ${written(email.to)}`,
    email.cc === undefined ? '' : `Cc: ${written(email.cc)}`,
    email.date === undefined ? '' : `Date: ${email.date}`,
    attachments.length === 0 ? '' : `Attachments: ${attachments.join(', ')}`,
  ].filter((line) => line !== '');
}

function bodyOf(email: Email): string {
  const plain = email.text?.replaceAll('\r\n', '\n').trim() ?? '';
  if (plain !== '' || email.html === undefined) return plain;
  checkHtml(email.html);
  return htmlToMarkdown(email.html).trim();
}

const written = (addresses: readonly Address[]): string =>
  addresses
    .map(({ name, address }) => (address === undefined ? name : name === '' ? address : `${name} <${address}>`))
    .join(', ');
