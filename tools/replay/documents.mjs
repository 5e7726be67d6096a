/** Workflows whose journals are recorded. Together they branch, skip, join, loop, nest, retry, fail, wait and stream. */
const text = (name = 'text') => ({ fields: [{ name, type: 'Text', required: false }] });
const input = (name) => ({ type: 'input', version: 1, config: text(name) });
const output = (...names) => ({
  type: 'output',
  version: 1,
  config: { fields: names.map((name) => ({ name, type: 'Json' })) },
});
const prompt = (template, run) => ({ type: 'prompt', version: 1, config: { template }, ...(run && { run }) });
const choose = (when, run) => ({
  type: 'switch',
  version: 1,
  config: { cases: [{ name: 'yes', when }] },
  ...(run && { run }),
});
const edge = (line, loop) => {
  const [from, to] = line.split(' -> ');
  return { from, to, ...(loop && { loop }) };
};

const shout = {
  nodes: {
    in: input('item'),
    bad: choose('value == "bad"'),
    no: { type: 'http', version: 1, config: { url: 'http://{{ url }}.invalid/' } },
    loud: prompt('{{ text }}!'),
    out: output('text'),
  },
  edges: [
    edge('in.item -> bad.value'),
    edge('bad.yes -> no.url'),
    edge('bad.otherwise -> loud.text'),
    edge('loud.text -> out.text'),
  ],
};

export const documents = {
  branches: {
    inputs: { text: 'seven' },
    document: {
      nodes: {
        start: input('text'),
        route: choose('length(value) > 10'),
        long: prompt('long {{ text }}'),
        longer: prompt('{{ text }} and longer'),
        short: prompt('short {{ text }}'),
        off: prompt('{{ text }} never', { disabled: true }),
        first: { type: 'merge', version: 1, config: { mode: 'first' }, run: { join: 'any' } },
        both: { type: 'merge', version: 1, config: { mode: 'list' } },
        end: output('first', 'both'),
      },
      edges: [
        edge('start.text -> route.value'),
        edge('route.yes -> long.text'),
        edge('long.text -> longer.text'),
        edge('route.otherwise -> short.text'),
        edge('short.text -> off.text'),
        edge('longer.text -> first.values'),
        edge('short.text -> first.values'),
        edge('longer.text -> both.values'),
        edge('off.text -> both.values'),
        edge('start.text -> both.values'),
        edge('first.value -> end.first'),
        edge('both.value -> end.both'),
      ],
    },
  },
  rounds: {
    inputs: { text: 'a' },
    document: {
      nodes: {
        start: input('text'),
        outer: prompt('{{ text }}o'),
        inner: prompt('{{ text }}i'),
        again: choose('iteration.index >= 1'),
        more: choose('iteration.index >= 2'),
        end: output('text'),
      },
      edges: [
        edge('start.text -> outer.text'),
        edge('outer.text -> inner.text'),
        edge('inner.text -> again.value'),
        edge('again.otherwise -> inner.text', { max: 3, atLimit: 'leave' }),
        edge('again.yes -> more.value'),
        edge('more.otherwise -> outer.text', { max: 5, atLimit: 'fail' }),
        edge('more.yes -> end.text'),
      ],
    },
  },
  'limit-reached': {
    inputs: { text: 'a' },
    document: {
      nodes: { start: input('text'), turn: prompt('{{ text }}.'), again: choose('false'), end: output('text') },
      edges: [
        edge('start.text -> turn.text'),
        edge('turn.text -> again.value'),
        edge('again.otherwise -> turn.text', { max: 3, atLimit: 'fail' }),
        edge('again.yes -> end.text'),
      ],
    },
  },
  items: {
    inputs: { text: 'x' },
    document: {
      nodes: {
        start: input('text'),
        list: { type: 'set', version: 1, config: { value: ['one', 'bad', 'three', '{{ text }}', 'five'] } },
        all: {
          type: 'each',
          version: 1,
          config: { workflow: '#shout', onError: 'collect', concurrency: 2 },
        },
        end: output('items', 'errors'),
      },
      edges: [
        edge('start.text -> list.text'),
        edge('list.value -> all.items'),
        edge('all.items -> end.items'),
        edge('all.errors -> end.errors'),
      ],
      workflows: { shout },
    },
  },
  calls: {
    inputs: { text: 'flaky' },
    document: {
      nodes: {
        start: input('text'),
        flaky: {
          type: 'http',
          version: 1,
          config: { url: '{{ADDRESS}}/{{ path }}' },
          run: { retry: { attempts: 3, backoffMs: 20 } },
        },
        gone: { type: 'http', version: 1, config: { url: '{{ADDRESS}}/gone?{{ q }}' } },
        sorry: { type: 'set', version: 1, config: { value: 'sorry: {{ error.code }}' } },
        thanks: prompt('thanks for {{ body }}'),
        end: output('flaky', 'sorry', 'thanks'),
      },
      edges: [
        edge('start.text -> flaky.path'),
        edge('start.text -> gone.q'),
        edge('flaky.body -> end.flaky'),
        edge('gone.error -> sorry.error'),
        edge('gone.body -> thanks.body'),
        edge('sorry.value -> end.sorry'),
        edge('thanks.text -> end.thanks'),
      ],
    },
  },
  failure: {
    inputs: { text: 'x' },
    document: {
      nodes: {
        start: input('text'),
        gone: { type: 'http', version: 1, config: { url: '{{ADDRESS}}/gone?{{ q }}' } },
        after: prompt('{{ text }}'),
        side: prompt('{{ text }} aside'),
        end: output('text', 'side'),
      },
      edges: [
        edge('start.text -> gone.q'),
        edge('start.text -> side.text'),
        edge('gone.body -> after.text'),
        edge('after.text -> end.text'),
        edge('side.text -> end.side'),
      ],
    },
  },
  patience: {
    inputs: { text: 'x' },
    document: {
      nodes: {
        start: input('text'),
        pause: { type: 'wait', version: 1, config: { amount: 1, unit: 'seconds' } },
        beside: prompt('{{ text }} meanwhile'),
        join: { type: 'merge', version: 1, config: { mode: 'text' } },
        end: output('text'),
      },
      edges: [
        edge('start.text -> pause.value'),
        edge('start.text -> beside.text'),
        edge('pause.value -> join.values'),
        edge('beside.text -> join.values'),
        edge('join.text -> end.text'),
      ],
    },
  },
  answer: {
    needsModel: true,
    inputs: { text: 'Write three words about looms.' },
    document: {
      nodes: {
        start: input('text'),
        write: {
          type: 'generate',
          version: 1,
          config: { model: 'smollm2-135m', temperature: 0, maxTokens: 24 },
        },
        shape: prompt('It said: {{ text }}'),
        end: output('text', 'shaped'),
      },
      edges: [
        edge('start.text -> write.prompt'),
        edge('write.text -> end.text'),
        edge('write.text -> shape.text'),
        edge('shape.text -> end.shaped'),
      ],
    },
  },
};

/** Gives a document in the form in which it is posted, with its name and with the address of the recorder's server in its URLs. */
export function documentOf(name, address) {
  return JSON.parse(
    JSON.stringify({ heddle: 1, name: `Replay ${name}`, ...documents[name].document }).replaceAll(
      '{{ADDRESS}}',
      address,
    ),
  );
}
