import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { verifyWebhook } from './webhooks.js';

const secret = `whsec_${Buffer.from('a secret of 24 bytes....').toString('base64')}`;
const now = 1_764_500_000_000;
const body = '{"type":"run.done","text":"Grüße"}';

function signed(time = '1764500000', key = Buffer.from('a secret of 24 bytes....')): Record<string, string> {
  const signature = createHmac('sha256', key).update(`d_1.${time}.${body}`).digest('base64');
  return { 'webhook-id': 'd_1', 'webhook-timestamp': time, 'webhook-signature': `v1a,xx v1,no v1,${signature}` };
}

describe('a webhook', () => {
  it('is read when its signature is valid, from a Headers object or a plain object', async () => {
    const expected = { type: 'run.done', text: 'Grüße' };
    expect(await verifyWebhook(secret, { headers: signed(), body }, now)).toEqual(expected);
    const headers = new Headers(signed());
    expect(await verifyWebhook(secret, { headers, body: Buffer.from(body) }, now)).toEqual(expected);
    const raised = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]));
    expect(await verifyWebhook(secret, { headers: raised, body }, now)).toEqual(expected);
    const plain = signed('1764500000', Buffer.from('plain'));
    expect(await verifyWebhook('plain', { headers: plain, body }, now)).toEqual(expected);
  });

  it.each([
    ['another body', signed(), `${body} `],
    ['another id', { ...signed(), 'webhook-id': 'd_2' }, body],
    ['another time', { ...signed(), 'webhook-timestamp': '1764500001' }, body],
    ['an old time', signed('1764499600'), body],
    ['a time in the future', signed('1764500400'), body],
    ['a time that is no number', signed('1e9'), body],
    ['another secret', signed('1764500000', Buffer.from('other')), body],
    ['no signature', { 'webhook-id': 'd_1', 'webhook-timestamp': '1764500000' }, body],
  ])('is refused with %s', async (_what, headers: Record<string, string>, text) => {
    await expect(verifyWebhook(secret, { headers, body: text }, now)).rejects.toMatchObject({
      code: 'webhook_invalid',
    });
  });

  it('is refused when the secret is empty or not base64', async () => {
    for (const wrong of ['', 'whsec_', 'whsec_%%%'])
      await expect(verifyWebhook(wrong, { headers: signed(), body }, now)).rejects.toMatchObject({
        code: 'bad_request',
      });
  });
});
