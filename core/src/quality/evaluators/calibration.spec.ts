import { describe, expect, it } from '@jest/globals';
import { calibrate } from './calibration.js';

const pairs = (...counts: readonly (readonly [judge: number, person: number, rows: number])[]) =>
  counts.flatMap(([judge, person, rows]) => Array.from({ length: rows }, () => ({ judge, person })));

describe('calibrate', () => {
  it('gives agreement, kappa with its interval, and the table, as statsmodels does', () => {
    // statsmodels.stats.inter_rater.cohens_kappa([[20, 5], [10, 15]]): kappa 0.4, 95 % from 0.1499 to 0.6501.
    const found = calibrate(pairs([0, 0, 20], [0, 1, 5], [1, 0, 10], [1, 1, 15]), 2);
    expect(found).toMatchObject({
      rows: 50,
      isCalibrated: true,
      agreement: 0.7,
      table: [
        [20, 5],
        [10, 15],
      ],
    });
    expect(found.kappa).toBeCloseTo(0.4, 9);
    expect([found.kappaInterval!.low, found.kappaInterval!.high]).toEqual([
      expect.closeTo(0.1499, 2),
      expect.closeTo(0.6501, 2),
    ]);
    expect(found.summary).toMatch(/^It agrees with people on 70 % of 50 rows; kappa 0\.40 \(0\.1\d to 0\.6\d\)\.$/);
  });

  it('says that the judge is not calibrated before people have judged 30 rows', () => {
    expect(calibrate([], 5)).toMatchObject({
      rows: 0,
      isCalibrated: false,
      summary: 'Not calibrated: people have judged 0 of the 30 rows that are needed.',
    });
    expect(calibrate(pairs([1, 1, 29]), 2).summary).toContain('people have judged 29 of the 30 rows');
    expect(calibrate(pairs([1, 1, 30]), 2)).toMatchObject({ isCalibrated: true, agreement: 1 });
  });

  it('has no kappa if judge and people always give the same level, and says why', () => {
    const found = calibrate(pairs([1, 1, 40]), 3);
    expect(found).not.toHaveProperty('kappa');
    expect(found.summary).toContain('kappa is undefined');
  });

  it('rounds scores to the nearest level, and counts near misses in the weighted kappa', () => {
    const near = calibrate(pairs([0.3, 0.25, 10], [0.26, 0.5, 10], [1, 0.75, 10], [0, 0, 10]), 5);
    expect(near.table[1]).toEqual([0, 10, 10, 0, 0]);
    expect(near.weightedKappa!).toBeGreaterThan(near.kappa!);
    expect(near.levels).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});
