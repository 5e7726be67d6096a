import { expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { entry, evidence, plain, runOf } from '../__fixtures__/history.js';
import { writeEvidence } from './write-evidence.js';

it('keeps the evidence of the runs with violations only', () => {
  const other = runOf(plain, { runId: 'two', rootId: 'two', tag: 'other' });
  const given = evidence({
    runs: [runOf(plain), other],
    ledger: [entry('once', 60), entry('once', 61, { tag: 'other' })],
  });
  const file = writeEvidence(given, [{ promise: 'G2', runId: 'one', message: 'again' }]);
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { runs: { runId: string }[]; ledger: { tag: string }[] };
    expect(kept.runs.map(({ runId }) => runId)).toEqual(['one']);
    expect(kept.ledger.map(({ tag }) => tag)).toEqual(['tag']);
  } finally {
    rmSync(dirname(file), { recursive: true });
  }
});
