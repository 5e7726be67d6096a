const node = (type, config) => ({ type, version: 1, config });
const fields = (...names) => ({ fields: names.map((name) => ({ name, type: 'Json' })) });

/** Three quick nodes. */
export const quick = {
  heddle: 2,
  name: 'Quick',
  nodes: {
    who: node('input', fields('name')),
    words: node('prompt', { template: 'Hello {{ name }}!' }),
    reply: node('output', fields('text')),
  },
  edges: [
    { from: 'who.name', to: 'words.name' },
    { from: 'words.text', to: 'reply.text' },
  ],
};

/** Waits for some seconds and continues. */
export const waiting = (seconds, name = 'Waiting') => ({
  heddle: 2,
  name,
  nodes: {
    who: node('input', fields('name')),
    pause: node('wait', { amount: seconds, unit: 'seconds' }),
    after: node('prompt', { template: '{{ value }}, after' }),
    reply: node('output', fields('text')),
  },
  edges: [
    { from: 'who.name', to: 'pause.value' },
    { from: 'pause.value', to: 'after.value' },
    { from: 'after.text', to: 'reply.text' },
  ],
});

/** Writes at a steady rate, as a model does (see ./nodes), and occupies a slot meanwhile. */
export const writing = (tokens, perSecond, name = 'Writing') => ({
  heddle: 2,
  name,
  nodes: {
    who: node('input', fields('name')),
    write: node('write-steadily', { tokens, perSecond }),
    reply: node('output', fields('text')),
  },
  edges: [
    { from: 'who.name', to: 'write.value' },
    { from: 'write.text', to: 'reply.text' },
  ],
});

/** Processes a list with a nested workflow, and then repeats a loop until the text is long enough. */
export const looping = {
  heddle: 2,
  name: 'Looping',
  nodes: {
    who: node('input', fields('words')),
    each: node('each', { workflow: '#shout', input: 'word', concurrency: 3 }),
    longer: node('prompt', { template: '{{ value }}!' }),
    enough: node('switch', { cases: [{ name: 'yes', when: 'endsWith(value, "!!!!")' }], otherwise: 'no' }),
    reply: node('output', fields('text')),
  },
  edges: [
    { from: 'who.words', to: 'each.items' },
    { from: 'each.items', to: 'longer.value' },
    { from: 'longer.text', to: 'enough.value' },
    { from: 'enough.no', to: 'longer.value', loop: { max: 8 } },
    { from: 'enough.yes', to: 'reply.text' },
  ],
  workflows: {
    shout: {
      title: 'Shout',
      nodes: {
        who: node('input', fields('word')),
        loud: node('prompt', { template: '{{ word }}!' }),
        reply: node('output', fields('text')),
      },
      edges: [
        { from: 'who.word', to: 'loud.word' },
        { from: 'loud.text', to: 'reply.text' },
      ],
    },
  },
};

/** Fails permanently in the middle. */
export const failing = {
  heddle: 2,
  name: 'Failing',
  nodes: {
    who: node('input', fields('name')),
    fail: node('code', { code: 'throw new Error("as it should")' }),
    reply: node('output', fields('text')),
  },
  edges: [
    { from: 'who.name', to: 'fail.value' },
    { from: 'fail.result', to: 'reply.text' },
  ],
};
