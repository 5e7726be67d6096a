import {
  defineNode,
  Json,
  type DocumentEdge,
  type DocumentNode,
  type NodeContext,
  type NodeDefinition,
} from '@heddle/core';
import { z } from 'zod';

type Values = Readonly<Record<string, unknown>>;

/** What a test's node does. */
export type Behaviour = (given: { readonly inputs: Values; readonly context: NodeContext }) => Promise<Values> | Values;

const Fields = z.object({ fields: z.array(z.string()).default(['value']) });
const DoConfig = z.object({
  inputs: z.array(z.string()).default(['in']),
  outputs: z.array(z.string()).default(['out']),
  workflow: z.string().optional(),
  mark: z.string().optional(),
});
const portsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, Json.optional()]));
const fieldsOf = (config: unknown) => portsOf(Fields.parse(config).fields);
const shared = { version: 1, category: 'other', title: 'Node', summary: 'For a test.', effects: [] } as const;
const noPorts = { inputs: {}, outputs: {} };

/**
 * Gives a source `in`, a sink `out`, and nodes of type `do`. Each `do` node does what the test defines under its id; without a definition
 * it passes `in` to `out`.
 */
export function behaviourNodes(behaviours: Readonly<Record<string, Behaviour>>): readonly NodeDefinition[] {
  return [
    defineNode({
      ...shared,
      ...noPorts,
      type: 'in',
      role: 'source' as const,
      config: Fields,
      ports: (config) => ({ outputs: fieldsOf(config) }),
      run: ({ inputs }) => ({ ...inputs }),
    }),
    defineNode({
      ...shared,
      ...noPorts,
      type: 'out',
      role: 'sink' as const,
      config: Fields,
      ports: (config) => ({ inputs: fieldsOf(config) }),
      run: () => ({}),
    }),
    defineNode({
      ...shared,
      ...noPorts,
      type: 'do',
      role: 'step' as const,
      config: DoConfig,
      ports: (config) => {
        const { inputs, outputs } = DoConfig.parse(config);
        return { inputs: portsOf(inputs), outputs: portsOf(outputs) };
      },
      references: (config) => {
        const { workflow } = DoConfig.parse(config);
        return workflow === undefined ? [] : [{ kind: 'workflow', id: workflow, field: 'workflow' }];
      },
      run: ({ inputs: given, context }) => {
        const inputs: Values = given;
        const id = /([^/@#]+)[^/]*$/.exec(context.path)?.[1] ?? '';
        return behaviours[id]?.({ inputs, context }) ?? { out: inputs['in'] };
      },
    }),
  ];
}

/** Makes a node of type `do`. */
export const step = (
  config: Readonly<Record<string, unknown>> = {},
  more: Partial<DocumentNode> = {},
): DocumentNode => ({
  type: 'do',
  version: 1,
  config,
  ...more,
});

/** The source and the sink of a graph. */
export const ends: Readonly<Record<'s' | 'e', DocumentNode>> = {
  s: { type: 'in', version: 1, config: {} },
  e: { type: 'out', version: 1, config: {} },
};

/** Makes edges from texts such as `a.out -> b.in`. */
export function edges(...written: readonly string[]): DocumentEdge[] {
  return written.map((text) => edge(text));
}

export function edge(written: string, loop?: DocumentEdge['loop']): DocumentEdge {
  const [from = '', to = ''] = written.split(' -> ');
  return { from, to, loop };
}
