import { describe, expect, it } from '@jest/globals';
import type { Issue } from '@heddle/core';
import { exceedingAt } from './exceeding.js';
import { groupFlows, type Flow } from './group-flows.js';

const flow = (node: string, more: Partial<Flow> = {}): Flow => ({
  node,
  destination: 'far/big',
  kind: 'model',
  isLocal: false,
  level: 'internal',
  marks: [],
  clearance: 'internal',
  declassifiedBy: [],
  ...more,
});
const issue: Issue = {
  code: 'label-exceeds',
  severity: 'warning',
  node: 'answer',
  edge: 'q.text->answer.prompt',
  message: "'q.text' can carry restricted data",
};

describe('the data map', () => {
  it('lists destinations that could get data above their clearance first, then those outside this machine', () => {
    const destinations = groupFlows(
      [
        flow('reply', { destination: 'reply', kind: 'reply', isLocal: true }),
        flow('other', { destination: 'web', kind: 'network' }),
        flow('answer', { level: 'restricted' }),
        flow('again/answer', { level: 'confidential' }),
      ],
      [issue],
    );
    expect(destinations.map(({ name, isExceeded }) => [name, isExceeded])).toEqual([
      ['far/big', true],
      ['web', false],
      ['reply', false],
    ]);
    expect(destinations[0]).toMatchObject({
      highest: 'restricted',
      flows: [{ excess: 'refused' }, { nodeId: 'again' }],
    });
  });

  it('marks a flow without an issue as passed over, not as exceeded', () => {
    const [destination] = groupFlows([flow('pick', { level: 'confidential' })], []);
    expect(destination?.flows[0]?.excess).toBe('passed-over');
    expect(destination?.isExceeded).toBe(false);
  });

  it('marks data above the clearance as left out of downloads and share pages, and separates downloads by clearance', () => {
    const destinations = groupFlows(
      [
        flow('reply', { destination: 'batches', kind: 'download', level: 'confidential', clearance: 'confidential' }),
        flow('reply', { destination: 'batches', kind: 'download', level: 'confidential' }),
        flow('reply', { destination: 'Intranet', kind: 'share', level: 'confidential' }),
      ],
      [{ ...issue, node: 'reply' }],
    );
    expect(
      destinations.map(({ name, clearance, isExceeded, flows }) => [name, clearance, isExceeded, flows[0]?.excess]),
    ).toEqual([
      ['batches', 'internal', true, 'left-out'],
      ['Intranet', 'internal', true, 'left-out'],
      ['batches', 'confidential', false, undefined],
    ]);
  });

  it('finds the issue of an edge', () => {
    const issues = [issue];
    expect(exceedingAt(issues, 'q.text->answer.prompt')).toBe(issue);
    expect(exceedingAt(issues, 'q.text->other.prompt')).toBeUndefined();
    expect(exceedingAt(undefined, 'q.text->answer.prompt')).toBeUndefined();
  });
});
