import { describe, expect, it } from '@jest/globals';
import { compilePlan, createCatalog, parseDocument, type Plan, type RunEvent } from '@heddle/core';
import { replayDecisions, type Decision } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The journal of a real run, and the decisions that were derived from it then (tools/replay/record.mjs). */
interface Recorded {
  readonly document: unknown;
  readonly events: readonly RunEvent[];
  readonly decisions: Readonly<Record<string, readonly Decision[]>>;
}

const folder = join(import.meta.dirname, '..', 'replay', '__fixtures__');
const names = readdirSync(folder).map((file) => file.replace('.json', ''));
const recorded = (name: string): Recorded => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded;

function planOf(document: unknown): Plan {
  const { plan, issues } = compilePlan(parseDocument(document), createCatalog(standardNodes));
  if (plan === undefined) throw new Error(issues.map((issue) => issue.message).join('; '));
  return plan;
}

const frameOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The decisions that the journal itself records, by the prefix of the paths. */
function writtenDown(events: readonly RunEvent[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const event of events) {
    if (event.type !== 'node-skip' && event.type !== 'loop-next' && event.type !== 'loop-limit') continue;
    found.set(frameOf(event.path), [...(found.get(frameOf(event.path)) ?? []), `${event.type} ${event.path}`]);
  }
  return found;
}

const derived = (decisions: readonly Decision[]): string[] =>
  decisions.filter(({ type }) => type !== 'ready').map(({ type, path }) => `${type} ${path}`);

describe('replaying recorded journals', () => {
  it('has journals of runs that branch, loop, nest, retry, fail, wait and stream', () => {
    const types = new Set(names.flatMap((name) => recorded(name).events.map((event) => event.type)));
    for (const type of [
      'node-skip',
      'loop-next',
      'loop-limit',
      'nested-start',
      'node-retry',
      'node-error',
      'node-suspend',
      'run-resume',
      'node-end',
    ])
      expect([type, types.has(type as RunEvent['type'])]).toEqual([type, true]);
  });

  describe.each(names)('%s', (name) => {
    const { document, events, decisions } = recorded(name);

    it('gives the recorded decisions from a newly compiled plan', () => {
      expect(Object.fromEntries(replayDecisions(planOf(document), events))).toEqual(decisions);
    });

    it('gives the beginning of the same decisions for every beginning of the journal, each time', () => {
      const plan = planOf(document);
      for (let length = 0; length <= events.length; length += 1) {
        const begun = events.slice(0, length);
        const replayed = replayDecisions(plan, begun);
        expect(replayDecisions(plan, begun)).toEqual(replayed);
        for (const [prefix, made] of replayed) expect(made).toEqual(decisions[prefix]?.slice(0, made.length));
      }
    });

    it('decides for every beginning at least what that beginning records, in the same order', () => {
      const plan = planOf(document);
      const starts = new Set<string>();
      for (let length = 1; length <= events.length; length += 1) {
        const last = events[length - 1];
        const replayed = replayDecisions(plan, events.slice(0, length));
        for (const [prefix, written] of writtenDown(events.slice(0, length)))
          expect(derived(replayed.get(prefix) ?? []).slice(0, written.length)).toEqual(written);
        if (last?.type === 'node-start') starts.add(last.path);
        for (const path of starts) expect(replayed.get(frameOf(path))).toContainEqual({ type: 'ready', path });
      }
    });
  });
});
