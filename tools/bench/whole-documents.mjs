// Workflow documents at the bounds of what is taken (docs/decisions/0022-bounds-of-bodies.md), each with its values in another place.
const numbered = (count, name, write) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, write(index)]));
/** It takes a text, and gives one. */
const prompt = (values = 0) => ({
  type: 'prompt',
  version: 1,
  config:
    values === 0
      ? { template: '{{ text }}' }
      : { template: '{{ text }}', list: Array.from({ length: values }, (_, index) => index) },
});
const row = (nodes, values) => ({
  nodes: numbered(nodes, 'n', () => prompt(values)),
  edges: Array.from({ length: nodes - 1 }, (_, index) => ({ from: `n${index}.text`, to: `n${index + 1}.text` })),
});
const documentOf = (graph) => ({ heddle: 1, name: 'Large', ...graph });

export const wholeDocuments = {
  'a row of 5,000 nodes': () => documentOf(row(5_000)),
  'a row of 10,000 nodes': () => documentOf(row(10_000)),
  'twenty nodes of 9,000 values': () => documentOf(row(20, 9_000)),
  'two hundred workflows inside': () =>
    documentOf({
      nodes: numbered(199, 'e', (index) => ({ type: 'each', version: 1, config: { workflow: `#w${index}` } })),
      edges: [],
      workflows: numbered(199, 'w', () => row(49)),
    }),
  'a list that every node leads to': () => {
    const ends = Array.from({ length: 40_000 }, (_, index) => ({
      from: `n${index % 8_000}.text`,
      to: `m${Math.floor(index / 8_000)}.values`,
    }));
    const { nodes } = row(8_000);
    return documentOf({
      nodes: { ...nodes, ...numbered(5, 'm', () => ({ type: 'merge', version: 1, config: { mode: 'list' } })) },
      edges: ends,
    });
  },
};
