import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './built-program.js';

const input = (...names: readonly string[]) => ({
  type: 'input',
  version: 1,
  config: { fields: names.map((name) => ({ name, type: 'Text' })) },
});
const output = (name: string, type = 'Json') => ({ type: 'output', version: 1, config: { fields: [{ name, type }] } });

/** Greets the person whose name it gets. */
export const greeting = {
  heddle: 2,
  name: 'Greeting',
  nodes: {
    who: input('name'),
    words: { type: 'prompt', version: 1, config: { template: 'Hello {{ name }}!' } },
    reply: output('greeting'),
  },
  edges: [
    { from: 'who.name', to: 'words.name' },
    { from: 'words.text', to: 'reply.greeting' },
  ],
};

/** Writes some words, waits some seconds, and writes more, so that a test can interrupt it in the middle. */
export const pausing = (seconds: number) => ({
  heddle: 2,
  name: 'Pausing',
  nodes: {
    who: input('name'),
    before: { type: 'prompt', version: 1, config: { template: 'Before {{ name }}' } },
    pause: { type: 'wait', version: 1, config: { amount: seconds, unit: 'seconds' } },
    after: { type: 'prompt', version: 1, config: { template: '{{ value }}, after' } },
    reply: output('text'),
  },
  edges: [
    { from: 'who.name', to: 'before.name' },
    { from: 'before.text', to: 'pause.value' },
    { from: 'pause.value', to: 'after.value' },
    { from: 'after.text', to: 'reply.text' },
  ],
});

/** Occupies a slot with computing; a suspended run would not occupy one. */
export const busy = (milliseconds: number) => ({
  heddle: 2,
  name: 'Busy',
  nodes: {
    who: input('name'),
    before: { type: 'prompt', version: 1, config: { template: 'Before {{ name }}' } },
    count: {
      type: 'code',
      version: 1,
      config: {
        code: `const end = Date.now() + ${milliseconds}; while (Date.now() < end) {} return input.value + ', counted';`,
        timeoutMs: 60_000,
      },
    },
    reply: output('text'),
  },
  edges: [
    { from: 'who.name', to: 'before.name' },
    { from: 'before.text', to: 'count.value' },
    { from: 'count.result', to: 'reply.text' },
  ],
});

/** Processes a list with a nested workflow, and then takes one of two branches. */
export const sorting = {
  heddle: 2,
  name: 'Sorting',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'words', type: 'Json' }] } },
    each: { type: 'each', version: 1, config: { workflow: '#shout', input: 'word', concurrency: 3 } },
    count: { type: 'code', version: 1, config: { code: 'return { words: input.value, count: input.value.length };' } },
    size: {
      type: 'switch',
      version: 1,
      config: { cases: [{ name: 'many', when: 'value.count > 2' }], otherwise: 'few' },
    },
    many: { type: 'prompt', version: 1, config: { template: 'many: {{ value.words }}' } },
    few: { type: 'prompt', version: 1, config: { template: 'few: {{ value.words }}' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'many', type: 'Text' },
          { name: 'few', type: 'Text' },
        ],
      },
    },
  },
  edges: [
    { from: 'who.words', to: 'each.items' },
    { from: 'each.items', to: 'count.value' },
    { from: 'count.result', to: 'size.value' },
    { from: 'size.many', to: 'many.value' },
    { from: 'size.few', to: 'few.value' },
    { from: 'many.text', to: 'reply.many' },
    { from: 'few.text', to: 'reply.few' },
  ],
  workflows: {
    shout: {
      title: 'Shout',
      nodes: {
        who: input('word'),
        loud: { type: 'prompt', version: 1, config: { template: '{{ word }}!' } },
        reply: output('text'),
      },
      edges: [
        { from: 'who.word', to: 'loud.word' },
        { from: 'loud.text', to: 'reply.text' },
      ],
    },
  },
};

/** Writes a document into a file in a new folder; a text is written unchanged. */
export function documentFile(document: unknown): string {
  const file = join(temporaryFolder(), 'workflow.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
}

/** Writes with the starter model for so long that a test can interrupt it. */
export const storytelling = (attempts: number, maxTokens = 160) => ({
  heddle: 2,
  name: 'Story',
  nodes: {
    who: input('topic'),
    story: {
      type: 'generate',
      version: 1,
      config: { model: 'smollm2-135m', maxTokens, temperature: 0 },
      run: { retry: { attempts, backoffMs: 200 } },
    },
    reply: output('text', 'Text'),
  },
  edges: [
    { from: 'who.topic', to: 'story.prompt' },
    { from: 'story.text', to: 'reply.text' },
  ],
});

/** Returns a file, a list of files and a number. */
export const filing = {
  heddle: 2,
  name: 'Filing',
  nodes: {
    given: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'paper', type: 'File' },
          { name: 'pages', type: 'File[]' },
          { name: 'depth', type: 'Number' },
        ],
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'paper', type: 'File' },
          { name: 'pages', type: 'File[]' },
          { name: 'depth', type: 'Number' },
        ],
      },
    },
  },
  edges: ['paper', 'pages', 'depth'].map((name) => ({ from: `given.${name}`, to: `reply.${name}` })),
};

/** Writes words at a steady rate, as a model does; `write-steadily` is a test node. */
export const writing = (tokens: number, perSecond: number) => ({
  heddle: 2,
  name: 'Writing',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    write: { type: 'write-steadily', version: 1, config: { tokens, perSecond } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'who.name', to: 'write.value' },
    { from: 'write.text', to: 'reply.text' },
  ],
});
