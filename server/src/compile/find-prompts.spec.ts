import { describe, expect, it } from '@jest/globals';
import type { PromptReference, StoredPromptVersion, WorkflowDocument } from '@heddle/core';
import { findPrompts, namesPrompts } from './find-prompts.js';

const documentOf = (...references: readonly PromptReference[]): WorkflowDocument => ({
  heddle: 2,
  name: 'Says',
  nodes: Object.fromEntries(
    references.map((template, index) => [
      `say${index}`,
      { type: 'template', version: 1, config: {}, prompts: { template } },
    ]),
  ),
  edges: [],
});

describe('the prompts of documents', () => {
  const asked: unknown[] = [];
  const resolve = (project: string, { prompt, label, version = 7 }: PromptReference) => {
    asked.push([project, prompt, label, version]);
    const found: StoredPromptVersion = {
      version: label === 'production' ? 3 : version,
      hash: `sha256:${prompt}`,
      note: '',
      who: 'local',
      createdAt: 0,
      content: { kind: 'text', text: prompt },
    };
    return Promise.resolve(prompt === 'gone' ? undefined : found);
  };

  it('are read once each, before the compilation', async () => {
    const inner = { ...documentOf(), workflows: { inside: documentOf({ prompt: 'deep' }) } };
    const named = documentOf(
      ...[{ prompt: 'a', label: 'production' }, { prompt: 'a', label: 'production' }, { prompt: 'a' }],
      ...[{ prompt: 'gone' }, { prompt: 'a', version: 2 }],
    );
    const find = await findPrompts({ resolve }, 'p', [documentOf(), named, inner]);
    expect([namesPrompts(documentOf()), namesPrompts(named), namesPrompts(inner)]).toEqual([false, true, true]);
    expect(asked).toEqual([
      ['p', 'a', 'production', 7],
      ['p', 'a', undefined, 7],
      ['p', 'gone', undefined, 7],
      ['p', 'a', undefined, 2],
      ['p', 'deep', undefined, 7],
    ]);
    expect([find({ prompt: 'a', label: 'production' })?.version, find({ prompt: 'a' })?.version]).toEqual([3, 7]);
    // The references as a document with filled-in defaults has them.
    expect([
      find({ prompt: 'a', label: 'production', version: 3 })?.version,
      find({ prompt: 'a', version: 7 })?.version,
    ]).toEqual([3, 7]);
    expect([find({ prompt: 'gone' }), find({ prompt: 'not named' })]).toEqual([undefined, undefined]);
  });
});
