import { describe, expect, it } from '@jest/globals';
import { compilePlan, createCatalog, parseDocument } from '@heddle/core';
import { standardNodes } from '../index.js';

/** The issues about missing inputs of a node. `question` is connected to the node if its template uses it. */
function issuesOf(type: string, config: object): readonly { message: string; fix?: string | undefined }[] {
  const usesQuestion = JSON.stringify(config).includes('{{ question }}');
  const document = parseDocument({
    heddle: 2,
    name: 'Templates',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
      say: { type, version: 1, config },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Json' }] } },
    },
    edges: [
      ...(usesQuestion ? [{ from: 'ask.question', to: 'say.question' }] : []),
      { from: type === 'set' ? 'say.value' : type === 'http' ? 'say.body' : 'say.text', to: 'reply.answer' },
    ],
  });
  const { issues } = compilePlan(document, createCatalog(standardNodes));
  return issues.filter(({ code }) => code === 'input-missing').map(({ message, fix }) => ({ message, fix }));
}
const alone =
  'A template can read only the connected inputs of its node, not environment variables, secrets or other nodes.';

describe('a template that uses an input without an edge', () => {
  it.each([
    ['prompt', { template: '{{ question }} at {{ env.HOME }}' }],
    ['set', { value: { text: '{{ question }}', home: '{{ env.HOME }}' } }],
    ['http', { url: 'https://example.com/{{ question }}?home={{ env.HOME }}' }],
  ])('is reported with its placeholder and the connected inputs (%s)', (type, config) => {
    expect(issuesOf(type, config)).toEqual([
      {
        message: "'say' uses {{ env.HOME }}, but nothing is connected to its input 'env'.",
        fix: `Connect an output to the input 'env', or use a connected input: {{ question }}. ${alone}`,
      },
    ]);
  });

  it('reports every path once, and names no other inputs if nothing is connected', () => {
    expect(issuesOf('prompt', { template: '{{ a.b }} {{ a.c? }} {{ a.b }} {{ d? }}', system: '{{ a[0] }}' })).toEqual([
      {
        message: "'say' uses {{ a[0] }}, {{ a.b }}, {{ a.c }}, but nothing is connected to its input 'a'.",
        fix: `Connect an output to the input 'a'. ${alone}`,
      },
    ]);
  });
});
