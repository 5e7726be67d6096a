/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Label, type StreamEvent } from '@heddle/core';
import { ReactFlowProvider } from '@xyflow/react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createRunView, type RunView } from '../run/fold/run-view.js';
import { RunContext } from '../run/use-run.js';
import { RunSummary } from './RunSummary.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const label = Label.parse({ level: 'internal', marks: [] });
const call = { runId: 'r', path: 'ask', attempt: 1, time: 1_500, label };
const start: StreamEvent = { type: 'run-start', runId: 'r', seq: 1, time: 1_000 };
const end = (status: 'done' | 'failed'): StreamEvent =>
  ({ type: 'run-end', runId: 'r', seq: 9, time: 5_200, status, outputs: {} }) as unknown as StreamEvent;
const model = (name: string, isLocal: boolean): StreamEvent =>
  ({ type: 'model-call', ...call, seq: 2, model: name, isLocal }) as unknown as StreamEvent;
const sent = (destination: string, decision = 'allowed'): StreamEvent =>
  ({ type: 'label-decision', ...call, seq: 3, decision, destination, reason: '' }) as unknown as StreamEvent;
const tool = (source: string): StreamEvent =>
  ({ type: 'tool-call', ...call, seq: 4, tool: 't', source }) as unknown as StreamEvent;

let root: Root;
let run: RunView;
const text = (): string => document.querySelector('.canvas-summary')?.textContent ?? '';
function show(...events: readonly StreamEvent[]): string {
  run = createRunView(events[0]?.runId ?? 'r', (callback) => callback());
  act(() =>
    root.render(
      <RunContext value={run}>
        <ReactFlowProvider>
          <RunSummary />
        </ReactFlowProvider>
      </RunContext>,
    ),
  );
  act(() => run.take(events.map((event, index) => ({ ...event, seq: index + 1 }) as StreamEvent)));
  return text();
}
beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => act(() => root.unmount()));

describe('the summary of a run', () => {
  it('is empty before the run has ended', () => {
    expect(show(start, model('smollm2', true))).toBe('');
  });

  it('says how long the run took, what it cost, and that all data stayed on this machine', () => {
    expect(show(start, model('smollm2', true), tool('builtin'), end('done'))).toBe(
      'Done in 4.2 s · no cost · all data stayed on this machine',
    );
  });

  it('names each destination outside this machine once, or counts them when there are many', () => {
    const left = [model('openai/gpt-5', false), sent('openai'), sent('web'), sent('mail', 'refused')];
    expect(show(start, ...left, end('failed'))).toMatch(/^Failed after 4.2 s.*data went to openai, web$/);
    expect(show(start, ...['a', 'b', 'c', 'd'].map((name) => sent(name)), end('done'))).toContain('4 destinations');
  });

  it('does not call a run local that used a tool server', () => {
    expect(show(start, tool('mcp'), end('done'))).toContain('tool servers');
  });

  it('is hidden by its button until the next run', () => {
    show(start, end('done'));
    act(() => document.querySelector<HTMLElement>('[aria-label="Hide summary"]')?.click());
    expect(text()).toBe('');
    expect(show({ ...start, runId: 'next' }, { ...end('failed'), runId: 'next' })).toContain('Failed after 4.2 s');
  });
});
