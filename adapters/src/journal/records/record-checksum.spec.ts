import { expect, it } from '@jest/globals';
import { hasChecksum, recordChecksum, type RowValues } from './record-checksum.js';

const values: RowValues = [
  ...([7, 12, 'node-end', 1_795_935_383_726.5, 'a/b@1', 1] as const),
  ...([11, 1_795_935_383_720.25, '{"outputs":{}}', null] as const),
];
const row = (change: Partial<Record<number, string | number | null>> = {}): RowValues =>
  Object.assign([...values] as RowValues, change);

it('covers every column', () => {
  const checksum = recordChecksum(row());
  expect(hasChecksum(row(), checksum)).toBe(true);
  const changes: readonly (string | number | null)[] = [
    8,
    13,
    'node-error',
    1_795_935_383_726.25,
    'a/b@2',
    2,
    10,
    1_795_935_383_720.5,
    '{"outputs":[]}',
    '[]',
  ];
  for (const [index, value] of changes.entries())
    expect([index, hasChecksum(row({ [index]: value }), checksum)]).toEqual([index, false]);
  expect(hasChecksum(row({ 7: null }), checksum)).toBe(false);
});

it('accepts a row of an older version, whose checksum does not cover the start time', () => {
  // The checksum of an earlier version.
  const old = 910349074;
  expect(hasChecksum(row(), old)).toBe(true);
  expect(hasChecksum(row({ 8: '{}' }), old)).toBe(false);
});
