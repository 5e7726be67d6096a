// Workflow documents of the maximum size, and documents that cause much more work than their length suggests.
const node = (type, config) => ({ type, version: 1, config });
const prompt = (template) => node('prompt', { template });
const input = node('input', { fields: [{ name: 'q', type: 'Text' }] });
const output = node('output', { fields: [{ name: 'a', type: 'Text' }] });
const graph = (nodes, edges = [], more = {}) => ({ heddle: 2, name: 'Bench', nodes, edges, ...more });
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const named = (count, make) => Object.fromEntries(times(count, (index) => [`n${index}`, make(index)]));

/** Makes a row of nodes, each with its position on the canvas. */
function chain(length, loops = []) {
  const edges = times(length - 1, (index) => ({ from: `n${index}.text`, to: `n${index + 1}.q` }));
  return graph(
    { question: input, reply: output, ...named(length, () => prompt('{{ q }}')) },
    [
      { from: 'question.q', to: 'n0.q' },
      ...edges,
      { from: `n${length - 1}.text`, to: 'reply.a' },
      ...loops.map(([from, to]) => ({ from: `n${from}.text`, to: `n${to}.q`, loop: { max: 2 } })),
    ],
    { layout: { nodes: named(length, (index) => [index, index]), notes: [], groups: [] } },
  );
}

/** Makes inner workflows, each of which refers to some of the later ones. */
const nestedWorkflows = (count, width, last) =>
  Object.fromEntries(
    times(count, (index) => {
      const next = times(Math.min(width, count - 1 - index), (step) =>
        node('workflow', { workflow: `#w${index + 1 + (width > 20 ? step : 0)}` }),
      );
      return [`w${index}`, { nodes: named(next.length || 1, (at) => next[at] ?? last), edges: [] }];
    }),
  );

export const documents = {
  'document-of-5000-nodes': () => chain(5_000),
  'document-of-10000-nodes': () => chain(9_990),
  'document-of-50000-edges': () =>
    graph(
      { q: input, p: prompt('{{ q }}') },
      times(50_000, (index) => ({ from: `q.x${index}`, to: `p.y${index}` })),
    ),
  'document-of-hanging-edges': () =>
    graph(
      { q: input },
      times(50_000, (index) => ({ from: `a${index}.q`, to: `b${index}.q` })),
    ),
  'document-with-all-edges': () => {
    const variables = (count) => times(count, (index) => `{{ v${index} }}`).join('');
    const edges = times(300, (to) => times(to, (from) => ({ from: `n${from}.text`, to: `n${to}.v${from}` }))).flat();
    return graph({ q: input, ...named(300, (index) => prompt(`${variables(index)}x`)) }, edges);
  },
  'document-of-circles': () =>
    graph(
      named(9_990, () => prompt('{{ q }}')),
      times(9_990, (index) => ({ from: `n${index}.text`, to: `n${index ^ 1}.q` })),
    ),
  'document-of-loops': () =>
    chain(
      9_990,
      times(95, (index) => [9_989 - index, index]),
    ),
  'document-of-workflows': () =>
    graph({ a: node('workflow', { workflow: '#w0' }) }, [], { workflows: nestedWorkflows(60, 60, input) }),
  'document-of-ways-out': () =>
    graph({ a: node('workflow', { workflow: '#w0' }) }, [], {
      workflows: nestedWorkflows(14, 8, node('generate', { model: 'far/model' })),
    }),
  'document-of-redactions': () => {
    const edges = times(2_999, (index) => ({ from: `n${index}.text`, to: `n${index + 1}.text` }));
    return graph({ q: input, ...named(3_000, () => node('redact', {})) }, [{ from: 'q.q', to: 'n0.text' }, ...edges]);
  },
  'document-of-long-lists': () =>
    graph(named(20, () => node('prompt', { template: '{{ text }}', list: times(9_000, (index) => index) }))),
  'document-of-200-workflows': () =>
    graph(
      named(199, (index) => node('each', { workflow: `#w${index}` })),
      [],
      {
        workflows: Object.fromEntries(
          times(199, (index) => [
            `w${index}`,
            {
              nodes: named(49, () => prompt('{{ text }}')),
              edges: times(48, (at) => ({ from: `n${at}.text`, to: `n${at + 1}.text` })),
            },
          ]),
        ),
      },
    ),
  'document-of-wide-joins': () =>
    graph(
      {
        ...named(8_000, () => prompt('x')),
        ...Object.fromEntries(times(5, (index) => [`m${index}`, node('merge', { mode: 'list' })])),
      },
      times(40_000, (index) => ({ from: `n${index % 8_000}.text`, to: `m${Math.floor(index / 8_000)}.values` })),
    ),
  'document-of-fields': () =>
    graph(
      named(90, (index) => node('input', { fields: times(100, (at) => ({ name: `f${index}_${at}`, type: 'Text' })) })),
    ),
  'document-of-variables': () => graph({ p: prompt(times(900, (index) => `{{ v${index} }}`).join('')) }),
  'document-of-unknown-types': () => graph(named(9_990, (index) => node(`nothing${index}`, {}))),
  'document-of-wrong-nodes': () => graph(named(9_990, () => ({ type: 5, version: 'x', more: 1 }))),
};

/**
 * Gives the work that is done with a document, as `{ title, work }`: it is checked, stored, run, listed, saved, merged, published and
 * compared.
 */
export async function* workOn(document, { send }) {
  const body = JSON.stringify({ document });
  yield { title: 'compile', work: () => send('POST', '/api/compile', body) };
  let made;
  yield { title: 'create', work: async () => (made = await send('POST', '/api/workflows', body)) };
  const started = `{"document":${JSON.stringify(document)},"inputs":{"q":"x"}}`;
  yield { title: 'run', work: () => send('POST', '/api/runs?wait=1', started) };
  const id = /"id":"([0-9a-f-]{36})"/.exec(made.text)?.[1];
  if (id === undefined) return;
  const renamed = {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).map(([name, one]) => [`z${name}`, one])),
    edges: document.edges.map((edge) => ({ ...edge, from: `z${edge.from}`, to: `z${edge.to}` })),
  };
  const at = `/api/workflows/${id}`;
  const any = { 'if-match': '*' };
  const merge = JSON.stringify({ base: document, mine: renamed });
  yield { title: 'list', work: () => send('GET', '/api/workflows') };
  yield { title: 'save', work: () => send('PUT', at, body, any) };
  yield { title: 'check for publishing', work: () => send('POST', `${at}/publish/check`, '{}') };
  yield { title: 'merge', work: () => send('POST', `${at}/merge`, merge) };
  yield { title: 'publish', work: () => send('POST', `${at}/publish`, '{"acceptDataMap":true}') };
  await send('PUT', at, JSON.stringify({ document: renamed }), any);
  yield { title: 'diff', work: () => send('GET', `${at}/diff?from=1&to=draft`) };
  yield { title: 'call', work: () => send('POST', `/v1/workflows/${id}`, '{"q":"x"}') };
  yield { title: 'openapi', work: () => send('GET', `/v1/workflows/${id}/openapi.json`) };
  await send('DELETE', at);
}
