import { describe, expect, it } from '@jest/globals';
import { judgePower, type PowerHistory } from './judge-power.js';

const sent = { tag: 'run-1', effect: 'tell', key: 'key-1', body: '0.5', isAnswered: true };
const outputs = { heard: '0.5' };
const good: PowerHistory = {
  accepted: new Map([['one', 'run-1']]),
  seen: new Map([['one', outputs]]),
  after: new Map([['one', { status: 'done', outputs }]]),
  ledger: [sent, sent],
};

describe('the state after a power cut', () => {
  it.each<readonly [string, Partial<PowerHistory>]>([
    ['everything', {}],
    ['an effect that was repeated with the same body', { ledger: [sent, sent, sent] }],
    ['a request that was not answered', { ledger: [sent, { ...sent, body: '', isAnswered: false }] }],
  ])('is good with %s', (_, more) => {
    expect(judgePower({ ...good, ...more })).toEqual([]);
  });

  it.each<readonly [string, Partial<PowerHistory>, RegExp]>([
    ['an accepted run that is missing', { after: new Map(), seen: new Map() }, /one is lost/],
    ['an accepted run that failed', { after: new Map([['one', { status: 'failed', outputs }]]) }, /one is failed/],
    ['another result', { after: new Map([['one', { status: 'done', outputs: { heard: '0.7' } }]]) }, /and now/],
    ['two bodies under one key', { ledger: [sent, { ...sent, body: '0.7' }] }, /2 bodies/],
    ['one effect under two keys', { ledger: [sent, { ...sent, key: 'key-2' }] }, /2 keys/],
  ])('is a violation with %s', (_, more, text) => {
    expect(judgePower({ ...good, ...more })).toEqual([expect.stringMatching(text)]);
  });
});
