/** Values that do something if code evaluates or fetches them: addresses, files, commands, code. */
const values = (address: string, file: string): readonly unknown[] => [
  `${address}/hit`,
  `http://169.254.169.254/latest/meta-data/`,
  `file://${file}`,
  file,
  `../../../../..${file}`,
  `$(cat ${file})`,
  `\`curl ${address}/hit\``,
  `| curl ${address}/hit`,
  `; touch ${file}.hit`,
  `{{ constructor.constructor("return process")() }}`,
  `{{#each this}}{{/each}}`,
  `require('child_process').execSync('touch ${file}.hit')`,
  `import('node:fs').then((fs) => fs.readFileSync('${file}'))`,
  `<script src="${address}/hit"></script>`,
  `[x](${address}/hit) ![x](${address}/hit.png)`,
  `data:text/html,<script>fetch('${address}/hit')</script>`,
  `\\\\127.0.0.1\\share\\hit`,
  'x'.repeat(100_000),
  { $ref: `${address}/hit.json` },
  { type: 'object', properties: { a: { $ref: `file://${file}` } } },
  [[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]],
  -0,
  1e308,
  '\u0000\u202e\ud800',
];

/** The locations in a document where a value can stand. */
const builders: readonly ((value: unknown) => object)[] = [
  (value) => node('http', { url: value, method: value, headers: [{ name: value, value }], body: value }),
  (value) => node('code', { code: value, language: value }),
  (value) => node('prompt', { template: value }),
  (value) => node('set', { fields: [{ name: 'a', value }] }),
  (value) => node('generate', { model: value, system: value, schema: value }),
  (value) => node('retrieve', { collection: value, query: value, filter: value }),
  (value) => node('read-files', { folder: value, path: value, pattern: value }),
  (value) => node('parse', { source: value, url: value }),
  (value) => node('store', { collection: value, embedding: value }),
  (value) => node('workflow', { workflow: value, slug: value }),
  (value) => node('agent', { model: value, tools: [value], servers: [value] }),
  (value) => node('switch', { cases: [{ name: 'yes', when: value }] }),
  (value) =>
    node('input', {
      fields: [
        { name: 'a', type: 'File', default: value },
        { name: 'b', schema: value },
      ],
    }),
  (value) => node('moderate', { rules: [{ pattern: value }], model: value }),
  (value) => node('secret', { secret: value, name: value }),
  (value) => node(value, { anything: value }),
  (value) => ({ ...node('prompt', {}), name: value, description: value }),
  (value) => ({
    ...node('prompt', {}),
    layout: { nodes: { a: [0, 0] }, notes: [{ id: 'n', text: value, at: [0, 0] }] },
  }),
  (value) => ({ ...node('prompt', {}), workflows: { inner: { title: value, nodes: {}, edges: [] } } }),
  (value) => ({
    ...node('prompt', {}),
    edges: [
      { from: value, to: 'a.b' },
      { from: 'a.text', to: value },
    ],
  }),
];

const node = (type: unknown, config: unknown): object => ({
  heddle: 2,
  name: 'Hostile',
  nodes: { a: { type, version: 1, config } },
  edges: [],
});

/** Documents whose form itself is wrong. */
const odd: readonly unknown[] = [
  null,
  [],
  'text',
  { heddle: 2 },
  { heddle: 99, name: 'x', nodes: {}, edges: [] },
  { heddle: 2, name: 'x', nodes: { __proto__x: {} }, edges: [] },
  JSON.parse('{"heddle":1,"name":"x","nodes":{"__proto__":{"type":"code","version":1}},"edges":[]}'),
  {
    heddle: 2,
    name: 'x',
    nodes: Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`n${at}`, { type: 'prompt', version: 1 }])),
    edges: [],
  },
  {
    heddle: 2,
    name: 'x',
    nodes: { a: { type: 'prompt', version: 1 } },
    edges: Array.from({ length: 300 }, () => ({ from: 'a.text', to: 'a.x', loop: { max: 100_000 } })),
  },
  {
    heddle: 2,
    name: 'x',
    nodes: { a: { type: 'workflow', version: 1, config: { workflow: '#a' } } },
    edges: [],
    workflows: { a: { nodes: { b: { type: 'workflow', version: 1, config: { workflow: '#a' } } }, edges: [] } },
  },
];

/** Gives more than a hundred documents that try to do something when they are read. */
export function hostileDocuments(address: string, file: string): readonly unknown[] {
  const all = values(address, file);
  const made: unknown[] = [...odd];
  // Combines each value with several builders and each builder with several values, in a fixed order.
  for (let at = 0; at < builders.length * 6; at += 1) {
    const build = builders[at % builders.length];
    if (build !== undefined) made.push(build(all[(at * 7 + Math.floor(at / builders.length)) % all.length]));
  }
  return made;
}
