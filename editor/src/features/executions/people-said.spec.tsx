import { breakpointKey } from '@heddle/core';
import { expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { PathRecord } from '../run/index.js';
import { PeopleSaid } from './PeopleSaid.js';

const said = (key: string, value: unknown): string => {
  const shared = { time: 0, runId: 'r', path: 'a', requestId: 'q' };
  const records = [
    { ...shared, seq: 1, type: 'human-input-start', key, question: { title: 'Paused before a' } },
    { ...shared, seq: 2, type: 'human-input-end', outcome: 'answered', value, by: 'local' },
  ];
  return renderToStaticMarkup(<PeopleSaid records={records as unknown as PathRecord[]} />).replaceAll(/<[^>]+>/g, '');
};

it('says what was done at a breakpoint in words, and what was answered to a question', () => {
  expect(said(breakpointKey, { step: true })).toContain('Paused before a stepped');
  expect(said(breakpointKey, { step: false })).toContain('Paused before a continued');
  expect(said('own', { choice: 'approve', step: true })).toContain('Paused before a approve {&quot;step&quot;:true}');
});
