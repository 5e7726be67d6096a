import { join } from 'node:path';
import { root } from './built-program.js';

/** Nodes for the browser tests of runs: they write, wait for a person, loop and fail as configured. */
export const liveNodes = join(root, 'tools', 'fixtures', 'live-nodes', 'index.mjs');

const input = (...names: readonly string[]) => ({
  type: 'input',
  version: 1,
  config: { fields: names.map((name) => ({ name, type: 'Text' })) },
});
const output = (...names: readonly string[]) => ({
  type: 'output',
  version: 1,
  config: { fields: names.map((name) => ({ name, type: 'Json' })) },
});
const words = (config: object) => ({ type: 'emit-words', version: 1, config });
const prompt = (template: string) => ({ type: 'prompt', version: 1, config: { template } });

/** Writes words with time stamps for some seconds, on several parallel nodes. */
export const writing = (nodes: number, config: { words: number; perSecond: number; logEvery?: number }) => {
  const ids = Array.from({ length: nodes }, (_none, index) => `write${index}`);
  return {
    heddle: 2,
    name: 'Writing',
    nodes: {
      who: input('topic'),
      ...Object.fromEntries(ids.map((id) => [id, words(config)])),
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    },
    edges: [...ids.map((id) => ({ from: 'who.topic', to: `${id}.value` })), { from: 'write0.text', to: 'reply.text' }],
  };
};

/** Three prompts in a row, one of which can fail. */
export const chain = {
  heddle: 2,
  name: 'Chain',
  nodes: {
    who: input('name'),
    first: prompt('first {{ value }}'),
    second: { type: 'fragile', version: 1, config: {} },
    third: prompt('third {{ value }}'),
    reply: output('text'),
  },
  edges: [
    { from: 'who.name', to: 'first.value' },
    { from: 'first.text', to: 'second.value' },
    { from: 'second.value', to: 'third.value' },
    { from: 'third.text', to: 'reply.text' },
  ],
};

/** The same workflow below a note. */
export const noted = {
  ...chain,
  name: 'Noted',
  layout: {
    nodes: { who: [0, 200], first: [300, 200], second: [600, 200], third: [0, 440], reply: [300, 440] },
    notes: [
      {
        id: 'about',
        text: '**A chain of prompts.** Run it with any name.',
        at: [0, 0],
        size: [560, 140],
        color: 'amber',
      },
    ],
    groups: [],
  },
};

/** Waits for a person's decision. */
export const deciding = {
  heddle: 2,
  name: 'Deciding',
  nodes: {
    who: input('letter'),
    ask: { type: 'ask-person', version: 1, config: { title: 'Send this letter?' } },
    reply: output('decision'),
  },
  edges: [
    { from: 'who.letter', to: 'ask.value' },
    { from: 'ask.decision', to: 'reply.decision' },
  ],
};

/** Repeats a loop this many times. */
export const looping = (times: number) => ({
  heddle: 2,
  name: 'Looping',
  nodes: {
    who: input('start'),
    note: prompt('round {{ value }}'),
    turn: { type: 'go-round', version: 1, config: { times } },
    reply: output('end'),
  },
  edges: [
    { from: 'who.start', to: 'note.value' },
    { from: 'note.text', to: 'turn.value' },
    { from: 'turn.again', to: 'note.value', loop: { max: times + 1 } },
    { from: 'turn.done', to: 'reply.end' },
  ],
});
