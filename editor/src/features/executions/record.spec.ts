import { breakpointKey } from '@heddle/core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { HumanInputAnswers } from './HumanInputAnswers.js';
import { describe, expect, it } from '@jest/globals';
import type { Label, RunEvent } from '@heddle/core';
import { createPathRecords, type PathRecord } from '../run/fold/path-records.js';
import type { NestedRun } from '../run/fold/side-events.js';
import { agentSteps } from './agent-steps.js';

const label: Label = { level: 'internal', marks: [] };
const at = { runId: 'r', time: 5, path: 'agent', attempt: 1 } as const;
const turn = (
  key: string,
  calls: readonly { id: string; name: string; arguments: string }[],
  seq: number,
): PathRecord => ({
  ...at,
  seq,
  type: 'node-step',
  key,
  value: {
    label,
    value: {
      text: calls.length === 0 ? 'Done.' : '',
      calls,
      usage: { inputTokens: 9, outputTokens: 3 },
      model: 'm',
      ms: 40,
    },
  },
});
const result = (key: string, value: unknown, seq: number): PathRecord => ({
  ...at,
  seq,
  type: 'node-step',
  key,
  value: { label, value },
});
const note = (tool: string, seq: number, more: object = {}): PathRecord => ({
  ...at,
  seq,
  type: 'tool-call',
  tool,
  source: 'builtin',
  permission: 'allow',
  argumentsHash: 'sha256:0',
  label,
  started: 1,
  ...more,
});

describe('the steps of an agent', () => {
  it('are its turns, each call with its arguments, its result, and who approved it', () => {
    const records = [
      turn('model-1', [{ id: '1', name: 'calculator', arguments: '{"expression":"1+1"}' }], 1),
      result('tool-1-0', { text: '2' }, 2),
      note('calculator', 3, { by: 'Ada' }),
      turn('model-2', [], 4),
    ];
    expect(agentSteps(records, [])).toMatchObject([
      {
        number: 1,
        calls: [
          { tool: 'calculator', arguments: '{"expression":"1+1"}', result: '2', approvedBy: 'Ada', state: 'done' },
        ],
      },
      { number: 2, turn: { text: 'Done.' }, calls: [] },
    ]);
  });

  it('distinguish a call that waits for a person from a refused one and from a running one', () => {
    const calls = ['a', 'b', 'c'].map((name, index) => ({ id: String(index), name, arguments: '{}' }));
    const ask: PathRecord = {
      ...at,
      seq: 3,
      type: 'human-input-start',
      requestId: 'q',
      key: 'approve-1-1-0123',
      question: { title: 'May b be called?', schema: {} },
    };
    const refused = note('a', 2, { error: { code: 'tool_denied', message: 'It must not be used.', retryable: false } });
    const [step] = agentSteps([turn('model-1', calls, 1), refused, ask], []);
    expect(step?.calls.map(({ state }) => state)).toEqual(['failed', 'waiting', 'asked']);
    const answered: PathRecord = {
      ...at,
      seq: 4,
      type: 'human-input-end',
      requestId: 'q',
      key: 'approve-1-1-0123',
      outcome: 'answered',
    };
    const [later] = agentSteps([turn('model-1', calls, 1), refused, ask, answered], []);
    expect(later?.calls[1]?.state).toBe('asked');
  });

  it('lead to the nested run when a tool is a workflow', () => {
    const run: NestedRun = {
      scope: 'agent#tool-1-0',
      path: 'agent',
      key: 'tool-1-0',
      workflow: 'w',
      inputs: {},
      startedAt: 1,
      endedAt: 2,
      error: undefined,
      outputs: { answer: { value: 'yes', label } },
    };
    const [step] = agentSteps([turn('model-1', [{ id: '1', name: 'w', arguments: '{}' }], 1)], [run]);
    expect(step?.calls[0]).toMatchObject({ scope: 'agent#tool-1-0', result: '{"answer":"yes"}', state: 'done' });
  });

  it('show the beginning of a value that is too large to send', () => {
    const large: PathRecord = {
      ...at,
      seq: 1,
      type: 'node-step',
      key: 'model-1',
      value: { label, preview: '{"text":"Long', size: 9000 },
    };
    expect(agentSteps([large], [])).toMatchObject([{ turn: undefined, preview: '{"text":"Long', calls: [] }]);
  });
});

describe('the records of executions', () => {
  const decision = (path: string, seq: number): RunEvent => ({
    ...at,
    path,
    seq,
    type: 'node-decision',
    kind: 'route',
    summary: 'first in the policy',
  });

  it('are kept by execution, and reported once', () => {
    const records = createPathRecords();
    records.apply(decision('a', 1));
    records.apply({ runId: 'r', seq: 2, time: 1, type: 'run-start' });
    expect(records.publish()).toEqual(['a']);
    expect(records.publish()).toEqual([]);
    expect(records.of('a')).toHaveLength(1);
    expect(records.of('a')).toBe(records.of('a'));
    expect(records.of('b')).toEqual([]);
  });

  it('are dropped from the oldest on when there are too many', () => {
    const records = createPathRecords();
    for (let index = 0; index <= 20_000; index += 1) records.apply(decision(`each#${index}/a`, index + 1));
    records.publish();
    expect(records.of('each#0/a')).toEqual([]);
    expect(records.of('each#20000/a')).toHaveLength(1);
  });
});

describe('the answers of people', () => {
  const shown = (key: string, value: unknown): string => {
    const shared = { time: 0, runId: 'r', path: 'a', requestId: 'q' };
    const records = [
      { ...shared, seq: 1, type: 'human-input-start', key, question: { title: 'Paused before a' } },
      { ...shared, seq: 2, type: 'human-input-end', outcome: 'answered', value, by: 'local' },
    ] as unknown as PathRecord[];
    return renderToStaticMarkup(createElement(HumanInputAnswers, { records })).replaceAll(/<[^>]+>/g, '');
  };

  it('say what was done at a breakpoint, and show the answer to a question', () => {
    expect(shown(breakpointKey, { step: true })).toContain('Paused before a stepped');
    expect(shown(breakpointKey, { step: false })).toContain('Paused before a continued');
    expect(shown('own', { choice: 'approve', step: true })).toContain(
      'Paused before a approve {&quot;step&quot;:true}',
    );
  });
});
