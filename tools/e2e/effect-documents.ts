const edges = (node: string, port: string, out: string) => [
  { from: 'who.name', to: `${node}.${port}` },
  { from: `${node}.${out}`, to: 'enough.value' },
  { from: 'enough.no', to: `${node}.${port}`, loop: { max: 100_000 } },
  { from: 'enough.yes', to: 'reply.text' },
];
const frame = (type: string) => ({
  who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type }] } },
  enough: {
    type: 'switch',
    version: 1,
    config: { cases: [{ name: 'yes', when: 'value == "enough"' }], otherwise: 'no' },
  },
  reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
});
/** Posts repeatedly until the server answers `enough`. */
export const posting = (address: string, name: string) => ({
  heddle: 2,
  name,
  nodes: {
    ...frame('Json'),
    effect: { type: 'http', version: 1, config: { method: 'POST', url: `${address}/{{ name }}` } },
  },
  edges: edges('effect', 'name', 'json'),
});
/** Calls a model repeatedly until it answers `enough`. */
export const asking = {
  heddle: 2,
  name: 'Asking',
  nodes: { ...frame('Text'), ask: { type: 'generate', version: 1, config: { model: 'mine/small' } } },
  edges: edges('ask', 'prompt', 'text'),
};
