import { describe, expect, it } from '@jest/globals';
import { calculate } from './calculate.js';

describe('calculate', () => {
  it.each([
    ['2 * (3 + 4)^2', 98],
    ['-2^2', -4],
    ['2^3^2', 512],
    ['17 % 5 / 2', 1],
    ['sqrt(16) + pi', 4 + Math.PI],
    ['1.5e3 - 1', 1499],
  ])('%s is %d', (text, value) => {
    expect(calculate(text)).toBeCloseTo(value);
  });

  it.each(['', '1 +', '(1', '1 2', '1/0', 'alert(1)', 'constructor(1)', '('.repeat(600), '9'.repeat(2_000)])(
    'refuses %s',
    (text) => {
      expect(() => calculate(text)).toThrow(expect.objectContaining({ code: 'expression_invalid' }));
    },
  );
});
