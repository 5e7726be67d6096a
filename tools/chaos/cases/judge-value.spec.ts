import { checkValueSteps, runThrough } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../random.js';
import { hostileText } from './hostile-texts.js';
import { judgeValue, type ValueEnd } from './judge-value.js';

const good: ValueEnd = {
  end: { status: 'failed', code: 'value_too_complex' },
  others: ['done', 'done'],
  slowestReplyMs: 40,
  isHealthy: true,
};

describe('a run that met a hostile value', () => {
  it('ends with the reason, beside others that are done', () => {
    expect(judgeValue(good)).toEqual([]);
  });

  it.each<readonly [string, Partial<ValueEnd>, RegExp]>([
    ['no end', { end: undefined }, /nothing/],
    ['another reason', { end: { status: 'failed', code: 'storage_failed' } }, /storage_failed/],
    ['a value that was accepted', { end: { status: 'done', code: undefined } }, /done/],
    ['another run that waits for it', { others: ['done', undefined] }, /others ended/],
    ['a server that is blocked', { slowestReplyMs: 17_700 }, /17700 ms/],
    ['a health that is degraded', { isHealthy: false }, /degraded/],
  ])('is a violation with %s', (_, more, expected) => {
    expect(judgeValue({ ...good, ...more })).toEqual([expect.stringMatching(expected)]);
  });

  it('has a value above the bounds for every seed', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { name, text } = hostileText(createRandom(seed));
      let value: unknown;
      try {
        value = JSON.parse(text());
      } catch {
        expect(name).toContain('nothing closes');
        continue;
      }
      expect(() => runThrough(checkValueSteps(value, name))).toThrow(
        expect.objectContaining({ code: 'value_too_complex' }),
      );
    }
  });
});
