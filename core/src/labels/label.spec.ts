import { describe, expect, it } from '@jest/globals';
import { joinLabels, labelOf, declassifyLabel, type LabelLevel } from './label.js';

const levels: LabelLevel[] = ['public', 'internal', 'confidential', 'restricted'];

describe('labels', () => {
  it('joins to the highest level and the union of the marks', () => {
    for (const [index, level] of levels.entries()) {
      for (const [other, second] of levels.entries()) {
        expect(joinLabels(labelOf(level, ['b']), labelOf(second, ['a']))).toEqual({
          level: levels[Math.max(index, other)],
          marks: ['a', 'b'],
        });
      }
    }
  });

  it('returns an existing object if one label covers the other', () => {
    const low = labelOf('internal');
    const high = labelOf('restricted', ['untrusted']);
    expect(joinLabels(low, high)).toBe(high);
    expect(joinLabels(high, low)).toBe(high);
    expect(labelOf('restricted', ['untrusted'])).toBe(high);
  });

  it('lowers labels up to the level that a declassification covers, never raises one, and drops only the named marks', () => {
    const declassification = { from: 'confidential', to: 'internal', dropMarks: ['untrusted'] } as const;
    expect(declassifyLabel(labelOf('confidential', ['untrusted', 'x']), declassification)).toBe(
      labelOf('internal', ['x']),
    );
    expect(declassifyLabel(labelOf('public'), declassification)).toBe(labelOf('public'));
    expect(declassifyLabel(labelOf('restricted', ['untrusted']), declassification)).toBe(
      labelOf('restricted', ['untrusted']),
    );
  });
});
