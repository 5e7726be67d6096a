import { describe, expect, it } from '@jest/globals';
import { writeOle } from '../../testing/files/write-ole.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

const parse = (content: Uint8Array | string, name = 'a.eml') =>
  parseBytes({ content: typeof content === 'string' ? Buffer.from(content) : content, name }, defaultLimits);

const attachment = (type: string, name: string | undefined, content: string, disposition = 'attachment'): string =>
  `--b\r\nContent-Type: ${type}\r\nContent-Disposition: ${disposition}${name === undefined ? '' : `; filename="${name}"`}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`;
const mail = (...parts: readonly string[]): string =>
  `From: Ada <ada@x.example>\r\nTo: b@x.example\r\nCc: c@x.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n${parts.join('')}--b--\r\n`;

describe('the attachments of an e-mail', () => {
  it('are parts with their names and types', async () => {
    const { parts, text } = await parse(
      mail(attachment('text/csv', 'prices.csv', 'a,b\n1,2\n'), attachment('text/plain', undefined, 'note')),
    );

    expect(parts?.map(({ name, mediaType, content }) => [name, mediaType, Buffer.from(content).toString()])).toEqual([
      ['prices.csv', 'text/csv', 'a,b\n1,2\n'],
      ['attachment-2.txt', 'text/plain', 'note'],
    ]);
    expect(text).toContain('Cc: c@x.example\nAttachments: prices.csv, attachment-2.txt\n\nHello.');
  });

  it('may be e-mails', async () => {
    const inner = mail(attachment('text/plain', 'deep.txt', 'deep'));
    const { parts } = await parse(
      mail(
        `--b\r\nContent-Type: message/rfc822\r\n\r\n${inner.replaceAll('--b', '--c').replace('boundary=b', 'boundary=c')}\r\n`,
      ),
    );
    const [message] = parts ?? [];

    expect(message?.mediaType).toBe('message/rfc822');
    expect((await parse(message?.content ?? '')).parts?.map(({ name }) => name)).toEqual(['deep.txt']);
  });

  it('are only named when they carry no content: signatures, and pictures within the text', async () => {
    const { parts, unread, metadata } = await parse(
      mail(
        attachment('application/pkcs7-signature', 'smime.p7s', 'x'),
        attachment('image/png', 'logo.png', 'x', 'inline'),
      ),
    );

    expect([parts, unread]).toEqual([undefined, undefined]);
    expect(metadata).toMatchObject({
      attachments: ['smime.p7s', 'logo.png'],
      signatures: ['smime.p7s'],
      pictures: ['logo.png'],
    });
  });

  it('are listed with a reason when they cannot be read', async () => {
    const { unread } = await parse(
      mail(attachment('application/pkcs7-mime', 'smime.p7m', 'x'), attachment('application/pdf', 'empty.pdf', '')),
    );

    expect(unread?.map(({ name, code }) => [name, code])).toEqual([
      ['smime.p7m', 'document_encrypted'],
      ['empty.pdf', 'document_empty'],
    ]);
  });
});

describe('an Outlook message', () => {
  const wide = (text: string) => Buffer.from(text, 'utf16le');
  const properties = (head: number, ...entries: readonly (readonly [tag: number, value: bigint])[]): Buffer => {
    const bytes = Buffer.alloc(head + entries.length * 16);
    for (const [index, [tag, value]] of entries.entries()) {
      bytes.writeUInt32LE(tag, head + index * 16);
      bytes.writeBigUInt64LE(value, head + index * 16 + 8);
    }
    return bytes;
  };
  const sent = BigInt(Date.UTC(2026, 0, 5) + 11_644_473_600_000) * 10_000n;
  const message = (path: string, subject: string, head: number) => ({
    [`${path}__properties_version1.0`]: properties(head, [0x00390040, sent]),
    [`${path}__substg1.0_0037001F`]: wide(subject),
    [`${path}__substg1.0_0C1A001F`]: wide('Ada'),
    [`${path}__substg1.0_5D01001F`]: wide('ada@x.example'),
    [`${path}__substg1.0_1000001F`]: wide('Grüße\r\nund mehr'),
    [`${path}__recip_version1.0_#00000000/__substg1.0_3001001F`]: wide('Bob'),
    [`${path}__recip_version1.0_#00000000/__substg1.0_39FE001F`]: wide('bob@x.example'),
  });

  it('contains sender, recipients, date and text, and has its attachments and messages as parts', async () => {
    const first = '__attach_version1.0_#00000000/';
    const second = '__attach_version1.0_#00000001/';
    const file = writeOle({
      ...message('', 'Plan über 2026', 32),
      [`${first}__properties_version1.0`]: properties(8),
      [`${first}__substg1.0_3707001F`]: wide('prices.csv'),
      [`${first}__substg1.0_37010102`]: 'a,b\n1,2\n',
      ...message(`${second}__substg1.0_3701000D/`, 'Inner', 24),
      [`${second}__properties_version1.0`]: properties(8),
      [`${second}__substg1.0_3001001F`]: wide('Inner'),
    });
    const { text, title, parts, mediaType } = await parse(file, 'a.msg');

    expect([title, mediaType]).toEqual(['Plan über 2026', 'application/vnd.ms-outlook']);
    expect(text).toMatch(
      /^Subject: Plan über 2026\nFrom: Ada <ada@x\.example>\nTo: Bob <bob@x\.example>\nDate: 2026-01-05T00:00:00.*\nAttachments: prices\.csv, Inner\.eml\n\nGrüße\nund mehr$/,
    );
    expect(parts?.map(({ name }) => name)).toEqual(['prices.csv', 'Inner.eml']);
    expect((await parse(parts?.[1]?.content ?? '')).title).toBe('Inner');
  });

  it('is read when it is rich text only', async () => {
    const rtf = Buffer.concat([
      Buffer.alloc(8),
      Buffer.from('MELA'),
      Buffer.alloc(4),
      Buffer.from('{\\rtf1 Only rich\\par}'),
    ]);
    const file = writeOle({ ...message('', 'S', 32), '__substg1.0_1000001F': '', '__substg1.0_10090102': rtf });

    expect((await parse(file, 'a.msg')).text).toContain('Only rich');
  });
});
