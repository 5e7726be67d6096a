import {
  HeddleError,
  Json,
  NumberPort,
  Text,
  defineNode,
  many,
  portOf,
  stream,
  type NodeContext,
  type NodeDefinition,
  type Port,
} from '@heddle/core';
import { z } from 'zod';

type Values = Readonly<Record<string, unknown>>;
export type Behaviour = (args: {
  readonly inputs: Values;
  readonly context: NodeContext;
  readonly id: string;
}) => unknown;

/** The behaviour of the `do` nodes of a test, by node id. A node without one passes its input `in` to `out`. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

const names = z.object({ fields: z.array(z.string()).default(['value']) });
const fieldsOf = (config: unknown): readonly string[] => names.parse(config).fields;
const ports = (fields: readonly string[], port: Port): Record<string, Port> =>
  Object.fromEntries(fields.map((name) => [name, port]));

/** A source: its fields are the run's inputs. */
export const source = defineNode({
  type: 'in',
  version: 1,
  category: 'input-output',
  title: 'In',
  summary: 'Takes the inputs of a run.',
  role: 'source',
  effects: [],
  config: names,
  inputs: {},
  outputs: {},
  ports: (config) => ({ outputs: ports(fieldsOf(config), Json) }),
  run: ({ inputs }) => ({ ...inputs }),
});

/** A sink: its fields are the run's outputs. */
export const sink = defineNode({
  type: 'out',
  version: 1,
  category: 'input-output',
  title: 'Out',
  summary: 'Gives the outputs of a run.',
  role: 'sink',
  effects: [],
  config: names,
  inputs: {},
  outputs: {},
  ports: (config) => ({ inputs: ports(fieldsOf(config), Json.optional()) }),
  run: () => ({}),
});

const doConfig = z.object({
  behaviour: z.string().default(''),
  inputs: z.array(z.string()).default(['in']),
  outputs: z.array(z.string()).default(['out']),
  limits: z.array(z.string()).default([]),
  workflow: z.string().optional(),
});

type DoConfig = z.infer<typeof doConfig>;

/** Configs are parsed once, because property tests use the same config again and again. */
const parsed = new WeakMap<object, DoConfig>();

function configOf(config: object): DoConfig {
  const known = parsed.get(config);
  if (known !== undefined) return known;
  const read = doConfig.parse(config);
  parsed.set(config, read);
  return read;
}

/** The node types of a test: `do` runs the behaviour named by config `behaviour`; its inputs may be `name`, `name?`, `name*` (many) or `name~` (stream). */
export function testNodes(behaviours: Behaviours = {}): NodeDefinition[] {
  const step = defineNode({
    type: 'do',
    version: 1,
    category: 'other',
    title: 'Do',
    summary: 'Does what the test says.',
    role: 'step',
    effects: [],
    config: doConfig,
    inputs: {},
    outputs: {},
    ports: (config) => {
      const { inputs, outputs } = configOf(config);
      return {
        inputs: Object.fromEntries(inputs.map(inputPort)),
        outputs: Object.fromEntries(
          outputs.map((name) => [name.replace('$', ''), name.endsWith('$') ? portOf('Text') : Json]),
        ),
      };
    },
    limits: (config) => configOf(config).limits,
    references: (config) => {
      const { workflow } = configOf(config);
      return workflow === undefined ? [] : [{ kind: 'workflow', id: workflow, field: 'workflow' }];
    },
    run: ({ config, inputs, context }) => {
      const { behaviour: named } = configOf(config);
      const id = /([^/@#]+)[^/]*$/.exec(context.path)?.[1] ?? '';
      const behaviour = behaviours[named] ?? behaviours[id];
      // The behaviour of a test may return anything, even invalid outputs.
      return (behaviour === undefined ? { out: inputs['in'] } : behaviour({ inputs, context, id })) as Record<
        string,
        unknown
      >;
    },
  });
  const upper = defineNode({
    type: 'upper',
    version: 1,
    category: 'data',
    title: 'Upper case',
    summary: 'Writes a text in capitals.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    run: ({ inputs }) => ({ text: inputs.text.toUpperCase() }),
  });
  const count = defineNode({
    type: 'count',
    version: 1,
    category: 'data',
    title: 'Count',
    summary: 'Gives a number.',
    role: 'step',
    effects: [],
    config: z.object({ value: z.number().default(1) }),
    inputs: { in: Json.optional() },
    outputs: { number: NumberPort },
    run: ({ config }) => ({ number: config.value }),
  });
  /** Like `do`, but declared to declassify. */
  const redact: NodeDefinition = { ...step, type: 'redact', declassifies: 'redaction' };
  return [source, sink, step, upper, count, redact];
}

function inputPort(name: string): [string, Port] {
  const bare = name.replace(/[?*~]+$/, '');
  const isOptional = name.includes('?');
  if (name.includes('~')) return [bare, isOptional ? stream(Text).optional() : stream(Text)];
  if (name.includes('*')) return [bare, isOptional ? many(Json).optional() : many(Json)];
  return [bare, isOptional ? Json.optional() : Json];
}

/** A node that does nothing until it is aborted. */
export const never: Behaviour = ({ context }) =>
  new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)));

/** A retryable error. */
export const flaky = (message = 'Not now'): HeddleError =>
  new HeddleError('fetch_failed', message, { retryable: true });
