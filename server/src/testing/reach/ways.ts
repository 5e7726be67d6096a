import type { WorkflowDocument } from '@heddle/core';
import type { ReachKind } from './probe.node.js';

/** The resource that a probe tries to reach. */
export interface Target {
  readonly kind: ReachKind;
  readonly id: string;
  /** The resources that the version declares: the things of its own project. */
  readonly declared: readonly string[];
}

type Nodes = WorkflowDocument['nodes'];
type Edges = WorkflowDocument['edges'];

const input = { type: 'input', version: 1, config: { fields: [{ name: 'id', type: 'Text' }] } };
const output = { type: 'output', version: 1, config: { fields: [{ name: 'found', type: 'Text' }] } };

function around(name: string, nodes: Nodes, edges: Edges): WorkflowDocument {
  return { heddle: 2, name, nodes: { asked: input, ...nodes, reply: output }, edges };
}

const probing = ({ kind, declared }: Target, id = ''): Nodes[string] => ({
  type: 'probe',
  version: 1,
  config: { kind, id, declared: [...declared] },
});
const answered = { from: 'probe.found', to: 'reply.found' };

/** The ways in which a name can get to a node. Each is a workflow that takes `id` and returns `found`. */
export const ways: Readonly<Record<string, (target: Target) => WorkflowDocument>> = {
  config: (target) => around('By config', { probe: probing(target, target.id) }, [answered]),
  input: (target) => around('By input', { probe: probing(target) }, [{ from: 'asked.id', to: 'probe.id' }, answered]),
  template: (target) =>
    around(
      'By template',
      { say: { type: 'prompt', version: 1, config: { template: '{{ id }}' } }, probe: probing(target) },
      [{ from: 'asked.id', to: 'say.id' }, { from: 'say.text', to: 'probe.id' }, answered],
    ),
  expression: (target) =>
    around(
      'By expression',
      { make: { type: 'set', version: 1, config: { value: '{{ id }}', type: 'Text' } }, probe: probing(target) },
      [{ from: 'asked.id', to: 'make.id' }, { from: 'make.value', to: 'probe.id' }, answered],
    ),
  'inner workflow': (target) => ({
    ...around('By an inner workflow', { inner: { type: 'workflow', version: 1, config: { workflow: '#inner' } } }, [
      { from: 'asked.id', to: 'inner.id' },
      { from: 'inner.found', to: 'reply.found' },
    ]),
    workflows: { inner: innerOf(ways['input']?.(target)) },
  }),
};

/** A workflow that calls another one by its slug. */
export const calling = (slug: string): WorkflowDocument =>
  around('By a sub-workflow', { inner: { type: 'workflow', version: 1, config: { workflow: slug } } }, [
    { from: 'asked.id', to: 'inner.id' },
    { from: 'inner.found', to: 'reply.found' },
  ]);

/** An agent whose model calls a workflow as a tool. The name to reach is an argument of the call. */
export const withTool = (slug: string, model: string): WorkflowDocument =>
  around(
    'By an agent',
    {
      agent: {
        type: 'agent',
        version: 1,
        config: { model, tools: [{ use: 'workflow', workflow: slug, name: 'look' }] },
      },
    },
    [
      { from: 'asked.id', to: 'agent.prompt' },
      { from: 'agent.text', to: 'reply.found' },
    ],
  );

function innerOf(document: WorkflowDocument | undefined): NonNullable<WorkflowDocument['workflows']>[string] {
  if (document === undefined) throw new Error('There is no such way.');
  const { nodes, edges } = document;
  return { nodes, edges };
}
