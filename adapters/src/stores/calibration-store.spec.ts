import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EvaluatorSetup } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createCalibrationStore } from './calibration-store.js';

const evaluator = EvaluatorSetup.parse({ kind: 'judge', config: { models: ['m'] } });
const pair = (subject: string, person: number) => ({ subject, judge: 1, person });

describe('calibrations of judges', () => {
  let folder: string;
  let database: HeddleDatabase;
  let now = 1;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-calibrations-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keep what each person said last, by project and judge', () => {
    const store = createCalibrationStore(database, { now: () => now });
    store.add('a', { judge: 'h', evaluator }, [pair('run-1', 0), pair('run-2', 1)], 'user:1');
    now = 2;
    store.add('a', { judge: 'h', evaluator }, [pair('run-1', 0.5)], 'user:1');
    store.add('a', { judge: 'h', evaluator }, [pair('run-1', 0)], 'user:2');
    store.add('b', { judge: 'h', evaluator }, [pair('run-9', 0)], 'user:1');
    expect(store.list('a')).toEqual([{ judge: 'h', evaluator, updatedAt: 2 }]);
    expect(store.pairs('a', 'h').map(({ subject, person }) => [subject, person])).toEqual([
      ['run-1', 0.5],
      ['run-1', 0],
      ['run-2', 1],
    ]);
    expect(createCalibrationStore(database, { now: () => 3 }).find('a', 'h')).toEqual({
      judge: 'h',
      evaluator,
      updatedAt: 2,
    });
  });

  it('are removed whole, in their project only', () => {
    const store = createCalibrationStore(database, { now: () => 1 });
    store.add('a', { judge: 'h', evaluator }, [pair('run-1', 0)], 'user:1');
    store.add('b', { judge: 'h', evaluator }, [pair('run-1', 0)], 'user:1');
    expect([store.remove('a', 'h'), store.remove('a', 'h'), store.remove('c', 'h')]).toEqual([true, false, false]);
    expect([store.list('a'), store.pairs('a', 'h'), store.pairs('b', 'h').length]).toEqual([[], [], 1]);
  });
});
