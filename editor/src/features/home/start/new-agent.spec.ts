import { expect, it } from '@jest/globals';
import type { ModelState } from '@heddle/core';
import { agentDocument, agentModel } from './new-agent.js';

const model = (id: string, status: string, isStarter = false): ModelState =>
  ({ card: { id, kind: 'generate', isStarter }, status }) as unknown as ModelState;
const connection = (facts: object) =>
  ({
    id: 'openai',
    kind: 'openai',
    key: 'vault',
    isEnabled: true,
    models: [
      { name: 'plain', kind: 'generate', supports: {} },
      { name: 'gpt', kind: 'generate', supports: { tools: true } },
    ],
    ...facts,
  }) as never;
const starter = model('small', 'ready', true);

it.each([
  ['a connected model that supports tools', [starter], [connection({})], { id: 'openai/gpt', isWeak: false }],
  ['no model of a connection without a key', [starter], [connection({ key: 'none' })], { id: 'small', isWeak: true }],
  ['no model of a disabled connection', [starter], [connection({ isEnabled: false })], { id: 'small', isWeak: true }],
  ['a model that was added', [starter, model('qwen', 'ready')], [], { id: 'qwen', isWeak: false }],
  ['no model that is not downloaded', [starter, model('qwen', 'absent')], [], { id: 'small', isWeak: true }],
  ['the starter model when nothing is known', [], [], { id: 'smollm2-135m', isWeak: true }],
])('an agent gets %s', (_what, models, connections, expected) => {
  expect(agentModel(models, connections)).toEqual(expected);
});

it('the workflow of an agent warns when the starter model is too small', () => {
  const noteOf = (isWeak: boolean) => agentDocument({ id: 'small', isWeak }).layout?.notes[0]?.text;
  expect(noteOf(true)).toContain('The starter model seldom calls a tool');
  expect(noteOf(false)).not.toContain('starter');
});
