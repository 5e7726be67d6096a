import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GateRule, HeddleError, type GateCheck } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createGateStore } from './gate-store.js';

const rule = GateRule.parse({ kind: 'tests', id: 'tests', title: 'Tests' });
const check = (reference: string, more: Partial<GateCheck> = {}): GateCheck => ({
  ...{ workflow: 'w', work: 'sha256:w', hash: 'sha256:h', basis: { datasetVersion: 2 }, reference, createdAt: 5 },
  ...more,
});

describe('gates in the database', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-gates-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keep the rules of each project, and count their changes', () => {
    const store = createGateStore(database);
    expect(store.get('a')).toBeUndefined();
    const change = { project: 'a', rules: [rule], changedAt: 7, changedBy: 'user:1' };
    expect(store.set(change, 0).revision).toBe(1);
    expect(store.set({ ...change, rules: [] }, undefined).revision).toBe(2);
    expect(createGateStore(database).get('a')).toEqual({ ...change, rules: [], revision: 2 });
    expect(store.get('b')).toBeUndefined();
  });

  it('refuse a change of an older state, and keep what is there', () => {
    const store = createGateStore(database);
    const change = { project: 'a', rules: [rule], changedAt: 7, changedBy: 'user:1' };
    store.set(change, undefined);
    const late = (): unknown => store.set({ ...change, rules: [] }, 0);
    expect(late).toThrow(HeddleError);
    expect(late).toThrow(/Another person/);
    expect(store.get('a')?.rules).toEqual([rule]);
  });

  it('keep the latest checks of a workflow and its work, newest first', () => {
    const store = createGateStore(database);
    for (let number = 0; number < 25; number += 1) store.addCheck(check(`x${number}`));
    store.addCheck(check('other', { work: 'sha256:o', result: '{"passed":1}' }));
    store.addCheck(check('elsewhere', { workflow: 'v' }));
    const found = store.checks('w', 'sha256:w');
    expect([found.length, found[0], found.at(-1)?.reference]).toEqual([20, check('x24'), 'x5']);
    expect(store.checks('w', 'sha256:o')).toEqual([check('other', { work: 'sha256:o', result: '{"passed":1}' })]);
  });
});
