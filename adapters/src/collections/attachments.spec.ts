import { afterAll, describe, expect, it } from '@jest/globals';
import type { DocumentInput } from '@heddle/core';
import { documents, setUp } from '../testing/collections-setup.js';

afterAll(() => documents.close());

const part = (type: string, name: string, content: string): string =>
  `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`;
const mail = (...parts: readonly string[]): DocumentInput => ({
  id: 'mails/plan.eml',
  source: '/mails/plan.eml',
  label: { level: 'confidential', marks: [] },
  content: Buffer.from(
    `From: ada@x.example\r\nSubject: Plan\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n${parts.join('')}--b--\r\n`,
  ),
});
const inner =
  'From: bob@x.example\nSubject: Inner\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nInner text.\n--i\nContent-Disposition: attachment; filename="deep.txt"\n\nDeep words.\n--i--\n';
const whole = (): DocumentInput =>
  mail(
    part('text/csv', 'a.csv', 'name,price\nLamp,12\n'),
    part('text/plain', 'a.csv', 'A second one.'),
    part('message/rfc822', 'inner.eml', inner),
    part('application/zip', 'x.zip', 'PK\u0003\u0004 no zip'),
  );

describe('the attachments of an e-mail', () => {
  it('become documents of their own, linked to the e-mail, and each one that is left out is reported', async () => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'mails', embedding: 'fake' });
    const report = await collection.ingest([whole()]);

    expect(report).toMatchObject({ documents: 6, done: 5, failed: 1 });
    expect(report.failures).toEqual([
      { document: 'mails/plan.eml#x.zip', code: 'document_damaged', message: expect.stringContaining('x.zip') },
    ]);
    const stored = await collection.documents();
    expect(stored.map(({ id }) => id)).toEqual([
      'mails/plan.eml',
      'mails/plan.eml#a.csv',
      'mails/plan.eml#a~2.csv',
      'mails/plan.eml#inner.eml',
      'mails/plan.eml#inner.eml#deep.txt',
    ]);
    expect(stored[1]).toMatchObject({
      label: { level: 'confidential', marks: [] },
      source: '/mails/plan.eml',
      metadata: { partOf: 'mails/plan.eml' },
    });
    expect(stored[0]?.metadata).toMatchObject({ unread: ['x.zip'] });
    // An e-mail is stored after its attachments: after an interruption, the next import reads it again.
    const order = store.puts.flat().map(({ document }) => document.id);
    expect(order.indexOf('mails/plan.eml#inner.eml#deep.txt')).toBeLessThan(order.indexOf('mails/plan.eml#inner.eml'));
    expect(order.at(-1)).toBe('mails/plan.eml');
  });

  it('stay while the e-mail is unchanged, and are removed with the version that contained them', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'mails', embedding: 'fake' });
    await collection.ingest([whole()]);

    expect(await collection.ingest([whole()], { sync: true })).toMatchObject({ unchanged: 1, removed: 0 });
    expect(
      await collection.ingest([mail(part('text/csv', 'a.csv', 'name,price\nLamp,12\n'))], { sync: true }),
    ).toMatchObject({
      done: 1,
      unchanged: 1,
      removed: 3,
    });
  });
});
