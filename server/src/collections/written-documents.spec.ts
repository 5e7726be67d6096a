import { describe, expect, it } from '@jest/globals';
import { ticksDuring } from '../testing/ticks-during.js';
import { writtenDocuments } from './written-documents.js';

const documentsOf = (count: number, metadata?: object) =>
  Array.from({ length: count }, (_, index) => ({
    id: `d${index}`,
    text: `Text ${index}`,
    ...(metadata === undefined ? {} : { metadata }),
  }));
const refused = (body: unknown): Promise<unknown> =>
  writtenDocuments(body, async (readers) => readers).then(
    () => 'none',
    (error: unknown) => error,
  );

describe('documents of a JSON body', () => {
  it('are read with pauses, whether they are many or each has much metadata', async () => {
    const many = await ticksDuring(() =>
      writtenDocuments({ documents: documentsOf(10_000) }, async (readers) => readers),
    );
    expect(many.result).toMatchObject({ sync: false });
    expect(many.ticks).toBeGreaterThanOrEqual(20);
    const metadata = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`k${index}`, index]));
    const large = await ticksDuring(() =>
      writtenDocuments({ documents: documentsOf(30, metadata), sync: true }, async (readers) => readers),
    );
    expect(large.result).toMatchObject({ sync: true });
    expect(large.ticks).toBeGreaterThanOrEqual(28);
  });

  it('are refused at the first invalid one, with its position', async () => {
    const broken = [...documentsOf(9_999), { id: 'last', text: 7 }];
    expect(await refused({ documents: broken })).toMatchObject({
      code: 'bad_request',
      details: { issues: [{ field: 'documents.9999.text' }] },
    });
    expect(await refused({ documents: [] })).toBeInstanceOf(Error);
    expect(await refused({ documents: documentsOf(1), more: 1 })).toMatchObject({ code: 'bad_request' });
    expect(await refused(undefined)).toMatchObject({ code: 'unsupported_media_type' });
    expect(await refused({ documents: [...documentsOf(2), ...documentsOf(1)] })).toMatchObject({ code: 'bad_request' });
  });
});
