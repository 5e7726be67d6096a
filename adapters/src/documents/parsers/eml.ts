import { withoutUndefined, type ParsedDocument } from '@heddle/core';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { checkHtml, htmlToMarkdown } from './html.js';

/** An e-mail: who, when, what and the names of attachments in the first lines, then its text. Attachments are not read. */
export async function parseEml(content: Uint8Array | string): Promise<ParsedDocument> {
  const email = await PostalMime.parse(content, { maxNestingDepth: 32 });
  const subject = email.subject?.replace(/\s+/g, ' ').trim() ?? '';
  const attachments = email.attachments.map(({ filename, mimeType }) => filename ?? mimeType);
  const head = headLines(email, subject, attachments).join('\n');
  const body = bodyOf(email);
  const text = [head, body].filter((part) => part !== '').join('\n\n');
  const bodyStart = text.length - body.length;
  const headings = subject === '' ? {} : { headings: [subject] };
  const metadata = withoutUndefined({
    from: email.from === undefined ? undefined : written([email.from]),
    to: email.to === undefined ? undefined : written(email.to),
    date: email.date,
    messageId: email.messageId,
    attachments: attachments.length === 0 ? undefined : attachments,
  });
  return {
    mediaType: 'message/rfc822',
    format: 'text',
    // Headers alone say nothing.
    text: body === '' && subject === '' ? '' : text,
    spans: [
      { start: 0, end: bodyStart, ...headings },
      ...(body === '' ? [] : [{ start: bodyStart, end: text.length, ...headings }]),
    ],
    metadata,
    ...(subject === '' ? {} : { title: subject }),
  };
}

function headLines(email: Email, subject: string, attachments: readonly string[]): readonly string[] {
  return [
    subject === '' ? '' : `Subject: ${subject}`,
    email.from === undefined ? '' : `From: ${written([email.from])}`,
    email.to === undefined ? '' : `To: ${written(email.to)}`,
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
