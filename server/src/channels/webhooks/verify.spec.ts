import { describe, expect, it } from '@jest/globals';
import type { HookScheme } from '@heddle/core';
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signStandard } from './sign.js';
import { schemes, signedHeaders, verifyMessage } from './verify.js';

const now = 1_700_000_000_000;
const timestamp = '1700000000';
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = Buffer.from('{"id":"evt_1","amount":3}');
const content: unknown = JSON.parse(body.toString());
const about = { secret, now, toleranceSeconds: 300 };

/** Headers of a message as each sender signs it. */
const signed = (name: HookScheme, given: { readonly timestamp?: string; readonly secret?: string } = {}) => ({
  ...signedHeaders(name, given.secret ?? secret, { id: 'm1', timestamp: given.timestamp ?? timestamp, body }),
});

const names = ['standard', 'github', 'stripe', 'slack'] as const;
const withTime = ['standard', 'stripe', 'slack'] as const;

describe('the signature of a webhook', () => {
  it('is made and checked as the library of Standard Webhooks does', () => {
    const theirs = new Webhook(secret);
    const time = new Date();
    const seconds = String(Math.floor(time.getTime() / 1000));
    const ours = signStandard(secret, { id: 'm1', timestamp: seconds, body });
    expect(theirs.verify(body.toString(), { ...ours })).toEqual({ id: 'evt_1', amount: 3 });
    const headers = { ...ours, 'webhook-signature': theirs.sign('m1', time, body.toString()) };
    const checked = verifyMessage('standard', { headers, body, content }, { ...about, now: time.getTime() });
    expect(checked).toEqual({ deliveryId: 'm1' });
  });

  it('of GitHub is the one of their documentation', () => {
    const headers = {
      'x-github-delivery': 'd',
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const received = { ...about, secret: "It's a Secret to Everybody" };
    expect(verifyMessage('github', { headers, body: Buffer.from('Hello, World!'), content }, received).deliveryId).toBe(
      'd',
    );
  });

  it.each(['github', 'stripe', 'slack'] as const)(
    'of %s is made with the text of the secret, whatever it begins with',
    (name) => {
      // As their libraries do, with a secret as Stripe writes it and as Heddle makes it.
      const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('hex');
      const headers = {
        github: { 'x-github-delivery': 'd', 'x-hub-signature-256': `sha256=${sign(body.toString())}` },
        stripe: { 'stripe-signature': `t=${timestamp},v1=${sign(`${timestamp}.${body.toString()}`)}` },
        slack: {
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${sign(`v0:${timestamp}:${body.toString()}`)}`,
        },
      }[name];
      expect(verifyMessage(name, { headers, body, content }, about).deliveryId).not.toBe('');
    },
  );

  it.each(names)('of %s is taken, and names the delivery', (name) => {
    const { deliveryId } = verifyMessage(name, { headers: signed(name), body, content }, about);
    expect(deliveryId).toEqual(
      name === 'stripe' ? 'evt_1' : name === 'slack' ? expect.stringMatching(/^sha256:/) : 'm1',
    );
  });

  it.each(names)('of %s is refused for another body, another secret, none, or nonsense', (name) => {
    const refuse = (headers: Record<string, string>, of = body): void => {
      expect(() => verifyMessage(name, { headers, body: of, content }, about)).toThrow(
        expect.objectContaining({ code: 'signature_invalid' }),
      );
    };
    refuse(signed(name), Buffer.from('{"id":"evt_1","amount":4}'));
    refuse(signed(name, { secret: 'whsec_AAAA' }));
    refuse({});
    refuse({ ...signed(name), [schemes[name].signatureHeader]: 'v1,=' });
    refuse({ ...signed(name), [schemes[name].signatureHeader]: 'v1,x '.repeat(100_000) });
  });

  it.each(withTime)('of %s is refused when it is old, or of the future', (name) => {
    for (const time of ['1699999600', '1700000400', '0', '999999999999999'])
      expect(() => verifyMessage(name, { headers: signed(name, { timestamp: time }), body, content }, about)).toThrow(
        expect.objectContaining({ code: 'signature_invalid' }),
      );
  });
});
