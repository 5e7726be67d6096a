import type { DocumentEdge } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { inputSources } from './input-sources.js';

/** A run with these executions, whose nodes gave values at the named ports. */
function runOf(executions: Readonly<Record<string, readonly string[]>>) {
  const paths = Object.keys(executions);
  return {
    pathsOf: (group: string) => paths.filter((path) => path.replace(/@[\d.]+$/, '') === group),
    execution: (path: string) =>
      ({ path, outputs: Object.fromEntries((executions[path] ?? []).map((port) => [port, {}])) }) as never,
  };
}
const sources = (edges: readonly DocumentEdge[], run: ReturnType<typeof runOf>, path: string) =>
  inputSources(edges, run, path).map(({ edge, path: from }) => [edge.from, from]);

describe('the sources of the inputs of an execution', () => {
  const looping: readonly DocumentEdge[] = [
    { from: 'who.start', to: 'note.value' },
    { from: 'who.tone', to: 'note.tone' },
    { from: 'note.text', to: 'turn.value' },
    { from: 'turn.again', to: 'note.value', loop: { max: 5 } },
    { from: 'turn.done', to: 'reply.end' },
  ] as readonly DocumentEdge[];
  const run = runOf({
    who: ['start', 'tone'],
    'note@0': ['text'],
    'turn@0': ['again'],
    'note@1': ['text'],
    'turn@1': ['again'],
    'note@2': ['text'],
    'turn@2': ['done'],
    reply: [],
  });

  it('are outside in the first iteration, and in the previous iteration in the others', () => {
    expect(sources(looping, run, 'note@0')).toEqual([
      ['who.start', 'who'],
      ['who.tone', 'who'],
    ]);
    expect(sources(looping, run, 'note@2')).toEqual([
      ['who.tone', 'who'],
      ['turn.again', 'turn@1'],
    ]);
  });

  it('are in the same iteration within a loop, and in the last one after it', () => {
    expect(sources(looping, run, 'turn@1')).toEqual([['note.text', 'note@1']]);
    expect(sources(looping, run, 'reply')).toEqual([['turn.done', 'turn@2']]);
  });

  it('are outside when the loop edge carried nothing', () => {
    const other = runOf({ who: ['start', 'tone'], 'note@0': ['text'], 'turn@0': [], 'note@1': ['text'] });
    expect(sources(looping, other, 'note@1')).toEqual([
      ['who.start', 'who'],
      ['who.tone', 'who'],
    ]);
  });

  it('are in the previous iteration of the loop of their edge, when loops are nested', () => {
    const nested: readonly DocumentEdge[] = [
      { from: 'in.x', to: 'a.x' },
      { from: 'a.x', to: 'b.x' },
      { from: 'b.again', to: 'b.y', loop: { max: 3 } },
      { from: 'b.x', to: 'c.x' },
      { from: 'c.again', to: 'a.y', loop: { max: 3 } },
    ] as readonly DocumentEdge[];
    const deep = runOf({
      in: ['x'],
      'a@0': ['x'],
      'b@0.0': ['x', 'again'],
      'b@0.1': ['x'],
      'c@0': ['x', 'again'],
      'a@1': ['x'],
      'b@1.0': ['x', 'again'],
      'b@1.1': ['x'],
      'c@1': ['x'],
    });
    expect(sources(nested, deep, 'b@1.1')).toEqual([
      ['a.x', 'a@1'],
      ['b.again', 'b@1.0'],
    ]);
    expect(sources(nested, deep, 'c@0')).toEqual([['b.x', 'b@0.1']]);
    expect(sources(nested, deep, 'a@1')).toEqual([
      ['in.x', 'in'],
      ['c.again', 'c@0'],
    ]);
  });

  it('are in the same item inside a node that runs a workflow for each item', () => {
    const edges = [{ from: 'part.text', to: 'write.prompt' }] as readonly DocumentEdge[];
    const each = runOf({ 'each#0/part': ['text'], 'each#0/write': [], 'each#1/part': ['text'], 'each#1/write': [] });
    expect(sources(edges, each, 'each#0/write')).toEqual([['part.text', 'each#0/part']]);
  });
});
