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

/** The headers of a message, signed as each sender does. */
const signed = (name: HookScheme, given: { readonly timestamp?: string; readonly secret?: string } = {}) => ({
  ...signedHeaders(name, given.secret ?? secret, { id: 'm1', timestamp: given.timestamp ?? timestamp, body }),
});

const names = ['standard', 'github', 'stripe', 'slack'] as const;
const withTime = ['standard', 'stripe', 'slack'] as const;

describe('the signature of a webhook', () => {
  it('matches the library of Standard Webhooks when it is made and when it is verified', () => {
    const theirs = new Webhook(secret);
    const time = new Date();
    const seconds = String(Math.floor(time.getTime() / 1000));
    const ours = signStandard(secret, { id: 'm1', timestamp: seconds, body });
    expect(theirs.verify(body.toString(), { ...ours })).toEqual({ id: 'evt_1', amount: 3 });
    const headers = { ...ours, 'webhook-signature': theirs.sign('m1', time, body.toString()) };
    const checked = verifyMessage('standard', { headers, body, content }, { ...about, now: time.getTime() });
    expect(checked).toEqual({ deliveryId: 'm1' });
  });

  it('of GitHub matches their documentation', () => {
    const headers = {
      'x-github-delivery': 'd',
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const received = { ...about, secret: "It's a Secret to Everybody" };
    expect(verifyMessage('github', { headers, body: Buffer.from('Hello, World!'), content }, received).deliveryId).toBe(
      'd',
    );
  });

  it.each(['github', 'stripe', 'slack'] as const)('of %s uses the secret as text, whatever its prefix', (name) => {
    // Signs as the libraries do, with a secret in the form of Stripe and in that of Heddle.
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
  });

  it.each(names)('of %s is accepted, and gives the id of the delivery', (name) => {
    const { deliveryId } = verifyMessage(name, { headers: signed(name), body, content }, about);
    expect(deliveryId).toEqual(
      name === 'stripe' ? 'evt_1' : name === 'slack' ? expect.stringMatching(/^sha256:/) : 'm1',
    );
  });

  it.each(names)('of %s is refused for another body, another secret, no signature, or nonsense', (name) => {
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

  it.each(withTime)('of %s is refused when it is old, or in the future', (name) => {
    for (const time of ['1699999600', '1700000400', '0', '999999999999999'])
      expect(() => verifyMessage(name, { headers: signed(name, { timestamp: time }), body, content }, about)).toThrow(
        expect.objectContaining({ code: 'signature_invalid' }),
      );
  });
});
