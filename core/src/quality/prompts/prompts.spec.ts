import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCatalog } from '../../node/catalog.js';
import { defineNode } from '../../node/node-definition.js';
import { compilePlan } from '../../plan/compile-plan.js';
import type { CompileFacts } from '../../plan/facts.js';
import { Json, Text } from '../../types/port.js';
import { templatePaths } from '../../template/parse-template.js';
import type { WorkflowDocument } from '../../document/workflow-document.js';
import { promptsOfDocument, withPrompts, type FindPrompt } from './fill-prompts.js';
import { PromptContent, variablesOfPrompt } from './prompt-content.js';

const text = (words: string): PromptContent => ({ kind: 'text', text: words });
const problemOf = (content: unknown): string | undefined => PromptContent.safeParse(content).error?.issues[0]?.message;

describe('a prompt', () => {
  it('names its variables once, in order', () => {
    const chat = PromptContent.parse({
      kind: 'chat',
      messages: [
        { role: 'system', content: 'You help {{ customer.name }}.' },
        { role: 'user', content: '{{ question }} {{ customer.city? }} {{ note? }}' },
      ],
    });
    expect(variablesOfPrompt(chat)).toEqual([
      { name: 'customer', isOptional: false, paths: ['customer.name', 'customer.city'] },
      { name: 'question', isOptional: false, paths: ['question'] },
      { name: 'note', isOptional: true, paths: ['note'] },
    ]);
  });

  it('refuses texts and chats that cannot be used, and says why', () => {
    expect(problemOf(text('Hello {{ name'))).toContain('no closing }}');
    const many = Array.from({ length: 10_000 }, (_none, index) => `{{v${index}}}`).join('');
    expect(problemOf(text(many))).toContain('10000 variables; the limit is 100');
    expect(problemOf(text(`{{ ${'a.'.repeat(20_000)}a }}`))).toContain('not a path');
    expect(problemOf(text('{{'.repeat(50_000)))).toContain('{{');
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
    ];
    expect(problemOf({ kind: 'chat', messages })).toContain('Message 2 is a system message');
    expect(problemOf({ kind: 'chat', messages: [{ role: 'assistant', content: 'a' }] })).toContain('from the user');
    const long = Array.from({ length: 3 }, () => ({ role: 'user', content: 'x'.repeat(50_000) }));
    expect(problemOf({ kind: 'chat', messages: long })).toContain('150000 characters');
    expect(problemOf({ kind: 'chat', messages: [] })).toBeDefined();
  });
});

const say = defineNode({
  type: 'say',
  version: 1,
  category: 'model',
  title: 'Say',
  summary: 'Says it.',
  role: 'source',
  effects: [],
  prompts: { template: 'chat', system: 'text' },
  config: z.object({
    template: z.string().default(''),
    system: z.string().default(''),
    examples: z.array(z.unknown()).optional(),
  }),
  inputs: {},
  outputs: { text: Text },
  ports: ({ template }) => ({
    inputs: Object.fromEntries(templatePaths(template).map(({ path }) => [String(path[0]), Json])),
  }),
  run: ({ config }) => ({ text: config.template }),
});
const catalog = createCatalog([say]);
const hash = `sha256:${'0'.repeat(64)}`;
const library = new Map([
  ['greeting@production', { version: 3, hash, content: text('Hello {{ name }}') }],
  ['rules@production', { version: 1, hash, content: text('Be kind.') }],
  [
    'talk@production',
    {
      version: 2,
      hash,
      content: PromptContent.parse({
        kind: 'chat',
        messages: ['system', 'user', 'assistant', 'user'].map((role, index) => ({ role, content: `m${index}` })),
      }),
    },
  ],
]);
const find: FindPrompt = ({ prompt, label }) => library.get(`${prompt}@${label ?? ''}`);

const documentOf = (prompts: object, config: object = {}): WorkflowDocument => ({
  heddle: 2,
  name: 'Says',
  edges: [],
  nodes: { say: { type: 'say', version: 1, config: { ...config }, prompts: { ...prompts } } },
});

describe('a reference to a prompt', () => {
  const compiled = (prompts: object, config?: object, facts: CompileFacts = { prompt: find }) =>
    compilePlan(documentOf(prompts, config), catalog, facts);

  it('gives the node its text, and an input for each variable', () => {
    const { ports } = compiled({ template: { prompt: 'greeting', label: 'production' } }, { template: 'old' });
    expect(Object.keys(ports.get('say')?.inputs ?? {})).toEqual(['name']);
    const pinned = withPrompts(documentOf({ template: { prompt: 'greeting', label: 'production' } }), catalog, find);
    expect(pinned.nodes['say']).toMatchObject({
      config: { template: 'Hello {{ name }}' },
      prompts: { template: { prompt: 'greeting', label: 'production', version: 3, hash } },
    });
  });

  it('fills system prompt and examples of a chat', () => {
    const pinned = withPrompts(documentOf({ template: { prompt: 'talk', label: 'production' } }), catalog, find);
    expect(pinned.nodes['say']?.config).toEqual({
      template: 'm3',
      system: 'm0',
      examples: [
        { role: 'user', content: 'm1' },
        { role: 'assistant', content: 'm2' },
      ],
    });
    const [location] = promptsOfDocument(pinned);
    expect(location).toMatchObject({ node: 'say', field: 'template' });
    expect(location?.contents).toContainEqual(find({ prompt: 'talk', label: 'production' })?.content);
  });

  it('reports a prompt that does not exist or does not fit its field', () => {
    const issuesOf = (prompts: object): readonly (string | undefined)[] =>
      compiled(prompts).issues.flatMap(({ field, severity, message }) =>
        field === undefined ? [] : [`${severity} ${field}: ${message}`],
      );
    expect(issuesOf({ template: { prompt: 'none', label: 'production' } })).toEqual([
      "error template: The prompt 'none@production' is not in the library of this project.",
    ]);
    expect(issuesOf({ system: { prompt: 'greeting', label: 'production' } })[0]).toContain('has the variables name');
    expect(issuesOf({ system: { prompt: 'talk', label: 'production' } })[0]).toContain('is a chat');
    expect(issuesOf({ system: { prompt: 'rules', label: 'production' } })).toEqual([]);
    for (const field of ['other', 'constructor', '__proto__x'])
      expect(issuesOf({ [field]: { prompt: 'rules', label: 'production' } })[0]).toContain('takes no prompt');
  });

  it('keeps the text that came with an exported workflow', () => {
    const prompts = { template: { prompt: 'elsewhere', label: 'production', version: 4, hash } };
    const { issues, plan } = compiled(prompts, { template: 'kept' });
    expect(issues.map(({ severity, field }) => `${severity} ${field}`)).toContain('warning template');
    expect(plan).toBeDefined();
    expect(withPrompts(documentOf(prompts, { template: 'kept' }), catalog, find).nodes['say']?.config).toEqual({
      template: 'kept',
    });
    // Without a library, as for a stored version: the texts are used as they are.
    expect(compiled(prompts, { template: 'kept' }, {}).issues.filter(({ field }) => field !== undefined)).toEqual([]);
  });

  it('leaves a document without references as it is', () => {
    const { nodes, ...rest } = documentOf({});
    const plain = { ...rest, nodes: { say: { type: 'say', version: 1, config: { template: 'x' } } } };
    expect(withPrompts(plain, catalog, find)).toBe(plain);
    expect(nodes['say']?.prompts).toEqual({});
  });
});
