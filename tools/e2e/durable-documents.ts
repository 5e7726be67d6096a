const input = (...names: readonly string[]) => ({
  type: 'input',
  version: 1,
  config: { fields: names.map((name) => ({ name, type: 'Json' })) },
});
const output = (name: string) => ({ type: 'output', version: 1, config: { fields: [{ name, type: 'Json' }] } });

/** Posts once to an address that records its requests. */
export const posting = (address: string) => ({
  heddle: 2,
  name: 'Posting',
  nodes: {
    who: input('name'),
    effect: { type: 'http', version: 1, config: { method: 'POST', url: `${address}/{{ name }}/effect` } },
    reply: output('status'),
  },
  edges: [
    { from: 'who.name', to: 'effect.name' },
    { from: 'effect.status', to: 'reply.status' },
  ],
});

/** Makes two posts for a name, which take so long that a kill can hit them. */
export const twoEffects = (address: string) => {
  const effect = (step: string) => ({
    type: 'http',
    version: 1,
    config: { method: 'POST', url: `${address}/{{ name }}/${step}?ms=100` },
  });
  return {
    heddle: 2,
    name: 'Two effects',
    nodes: {
      who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
      first: effect('first'),
      second: effect('second'),
      reply: {
        type: 'output',
        version: 1,
        config: { fields: ['first', 'second'].map((name) => ({ name, type: 'Json' })) },
      },
    },
    edges: [
      { from: 'who.name', to: 'first.name' },
      { from: 'who.name', to: 'second.name' },
      { from: 'first.status', to: 'reply.first' },
      { from: 'second.status', to: 'reply.second' },
    ],
  };
};

/** Asks a person for a word (see tools/chaos/nodes). */
export const asking = {
  heddle: 2,
  name: 'Asking',
  nodes: { who: input('name'), ask: { type: 'ask-person', version: 1 }, reply: output('word') },
  edges: [
    { from: 'who.name', to: 'ask.value' },
    { from: 'ask.word', to: 'reply.word' },
  ],
};

/** Adds an exclamation mark until there are three. */
export const looping = {
  heddle: 2,
  name: 'Looping',
  nodes: {
    who: input('name'),
    louder: { type: 'code', version: 1, config: { code: "return input.value + '!';" } },
    enough: {
      type: 'switch',
      version: 1,
      config: { cases: [{ name: 'yes', when: 'endsWith(value, "!!!")' }], otherwise: 'no' },
    },
    reply: output('text'),
  },
  edges: [
    { from: 'who.name', to: 'louder.value' },
    { from: 'louder.result', to: 'enough.value' },
    { from: 'enough.no', to: 'louder.value', loop: { max: 5 } },
    { from: 'enough.yes', to: 'reply.text' },
  ],
};

/** Makes two posts. The ledger answers the first request of the second one with an error. */
export const failing = (address: string) => ({
  heddle: 2,
  name: 'Failing',
  nodes: {
    who: input('tag'),
    first: { type: 'http', version: 1, config: { method: 'POST', url: `${address}/{{ tag }}/first` } },
    second: { type: 'http', version: 1, config: { method: 'POST', url: `${address}/{{ first.tag }}/fails-once` } },
    reply: output('effect'),
  },
  edges: [
    { from: 'who.tag', to: 'first.tag' },
    { from: 'first.json', to: 'second.first' },
    { from: 'second.json', to: 'reply.effect' },
  ],
});
