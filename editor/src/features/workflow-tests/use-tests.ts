import type { TestResult } from '@heddle/core';
import { useState } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { type Loaded } from '../../data/queries/use-loaded.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { readTests, writeTests, type TestLine } from './test-lines.js';

/** The tests of a workflow with their results, and functions that save and run them. */
export interface Tests {
  readonly loaded: Loaded<string>;
  readonly lines: readonly TestLine[] | undefined;
  readonly results: ReadonlyMap<string, TestResult>;
  readonly running: ReadonlySet<string>;
  readonly saving: Action;
  readonly testing: Action;
  /** Runs the named tests, or all tests without names. */
  readonly run: (names?: readonly string[]) => void;
  readonly save: (lines: readonly TestLine[], then?: () => void) => void;
}

const none: ReadonlySet<string> = new Set();

/** Loads and saves the tests of a workflow. */
export function useTests(id: string): Tests {
  const loaded = useGet('/api/workflows/{id}/tests', { params: { path: { id } } }, ({ content }) => content);
  const [saved, setSaved] = useState<readonly TestLine[]>();
  const [results, setResults] = useState<ReadonlyMap<string, TestResult>>(new Map());
  const [running, setRunning] = useState(none);
  const saving = useAction();
  const testing = useAction();
  const lines = saved ?? (loaded.value === undefined ? undefined : readTests(loaded.value));
  const run = (names?: readonly string[]): void =>
    testing.run(async () => {
      const all = lines?.flatMap((line) => (line.kind === 'test' ? [line.test.name] : [])) ?? [];
      setRunning(new Set(names ?? all));
      try {
        const report = await client.POST('/api/workflows/{id}/tests/run', {
          params: { path: { id } },
          body: { names },
        });
        setResults((before) => new Map([...before, ...report.results.map((result) => [result.name, result] as const)]));
      } finally {
        setRunning(none);
      }
    });
  const save = (next: readonly TestLine[], then?: () => void): void =>
    saving.run(async () => {
      await client.PUT('/api/workflows/{id}/tests', { params: { path: { id } }, body: { content: writeTests(next) } });
      setSaved(next);
      then?.();
    });
  return { loaded, lines, results, running, saving, testing, run, save };
}
