const input = (...names: readonly string[]) => ({
  type: 'input',
  version: 1,
  title: 'Who',
  config: { fields: names.map((name) => ({ name, type: 'Text' })) },
});
const output = (name: string) => ({ type: 'output', version: 1, config: { fields: [{ name, type: 'Json' }] } });
const positions = (...ids: readonly string[]) => ({
  nodes: Object.fromEntries(ids.map((id, index) => [id, [(index % 3) * 300, Math.floor(index / 3) * 220]])),
  notes: [],
  groups: [],
});

/** Nodes with every kind of setting. */
export const manySettings = {
  heddle: 2,
  name: 'Many settings',
  nodes: {
    who: input('name', 'city'),
    words: { type: 'prompt', version: 1, title: 'Words', config: { template: 'Greet {{ name }}' } },
    write: { type: 'generate', version: 1, title: 'Write', config: {} },
    way: { type: 'switch', version: 1, title: 'Way', config: { cases: [{ name: 'yes', when: 'value == true' }] } },
    call: {
      type: 'http',
      version: 1,
      title: 'Call',
      config: { url: 'https://example.org/{{ name }}', auth: { kind: 'bearer', secret: '' } },
    },
    make: { type: 'set', version: 1, title: 'Make', config: { value: { city: '' } } },
    reply: output('text'),
  },
  edges: [
    { from: 'who.name', to: 'words.name' },
    { from: 'words.text', to: 'write.prompt' },
    { from: 'write.text', to: 'way.value' },
    { from: 'who.name', to: 'call.name' },
    { from: 'write.text', to: 'reply.text' },
  ],
  layout: positions('who', 'words', 'write', 'way', 'call', 'make', 'reply'),
};

/** Outputs the result of the given code. */
export const showing = (code: string) => ({
  heddle: 2,
  name: 'Showing',
  nodes: {
    who: input('go'),
    shown: { type: 'code', version: 1, title: 'Shown', config: { code, timeoutMs: 30_000 } },
    reply: output('value'),
  },
  edges: [
    { from: 'who.go', to: 'shown.value' },
    { from: 'shown.result', to: 'reply.value' },
  ],
  layout: positions('who', 'shown', 'reply'),
});

/** Markdown with which a model might try to harm the reader. */
export const hostileText = [
  '# Result <script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 2"><iframe src="https://evil.invalid"></iframe>',
  '[click](javascript:window.hacked=3), [data](data:text/html,<script>1</script>) and [ok](https://example.org/page)',
  '![pixel](http://tracker.invalid/pixel.png) ![own](/api/health)',
  '<a href="javascript:window.hacked=4">here</a> <javascript:window.hacked=5>',
  'Pay \u202Egnp.exe\u202C now',
  'w'.repeat(10_000),
  '| a | b |\n| - | - |\n| <b>1</b> | `x` |',
  `${'> '.repeat(200)}deep`,
].join('\n\n');

/** A table of 2 MB, and a value of more than 20 MB that is made from it. */
export const bigValue = {
  heddle: 2,
  name: 'Big',
  nodes: {
    who: input('go'),
    rows: {
      type: 'code',
      version: 1,
      title: 'Rows',
      config: {
        code: 'const row = "0123456789 ".repeat(20); return Array.from({ length: 9000 }, (_, index) => ({ index, row }));',
        timeoutMs: 60_000,
      },
    },
    big: {
      type: 'set',
      version: 1,
      title: 'Big',
      config: { value: Array.from({ length: 10 }, () => '{{ rows }}') },
    },
    reply: output('count'),
  },
  edges: [
    { from: 'who.go', to: 'rows.value' },
    { from: 'rows.result', to: 'big.rows' },
    { from: 'who.go', to: 'reply.count' },
  ],
  layout: positions('who', 'rows', 'big', 'reply'),
};
