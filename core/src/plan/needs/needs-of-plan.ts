import { needOf } from '../../ports/cluster/needs.js';
import { splitModelId } from '../../ports/connection.js';
import type { RunOptions } from '../../ports/journal.js';
import type { InnerWorkflow } from '../../document/workflow-document.js';
import { isToolName } from '../../ports/tool-servers.js';
import type { NodeReference } from '../../node/node-definition.js';
import type { Plan, PlanNode } from '../plan.js';

type Graph = Pick<InnerWorkflow, 'nodes'>;

/** Facts from which, together with the plan, the needs of a run follow. */
export interface NeedFacts {
  /** The models that a search in a collection calls: that of its index, and its reranker. */
  modelsOf(collection: string): readonly string[];
  /** Whether a tool server is a command that the process of the run starts. */
  isStarted(server: string): boolean;
  /** The network zone of a connection or a tool server; undefined if every process can reach it. */
  zoneOf(kind: 'connection' | 'tool', id: string): string | undefined;
}

/**
 * Lists what a process must have to run a plan, sorted and without duplicates: the type and version of each node, including those of nested
 * workflows, and what the executed nodes refer to. An option of a node that has several is not a need, because the node can use another
 * one.
 *
 * @example needsOfPlan(plan, facts) // ['model:smollm2-135m', 'node:prompt@1', 'zone:eu']
 */
export function needsOfPlan(
  plan: Plan,
  facts: NeedFacts,
  { only, pins = {} }: Pick<RunOptions, 'only' | 'pins'> = {},
): readonly string[] {
  const needs = new Set<string>();
  const known = new Set<Plan>();
  const open: { readonly of: Plan; readonly graph: Graph }[] = [{ of: plan, graph: plan.document }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { of, graph } = next;
    if (known.has(of)) continue;
    known.add(of);
    for (const node of of.nodes) {
      needs.add(needOf('node', `${node.definition.type}@${versionOf(graph, node)}`));
      const isOutside = of === plan && (Object.hasOwn(pins, node.id) || (only !== undefined && only !== node.id));
      if (!isOutside && !node.run.isDisabled) addReferences(needs, node.references, facts);
    }
    for (const [reference, inner] of of.workflows) open.push({ of: inner, graph: graphOf(reference, inner) });
  }
  return [...needs].sort();
}

/** The version of the node that is stored with the run. A process with a later version migrates the node. */
const versionOf = ({ nodes }: Graph, { id, definition }: PlanNode): number => nodes[id]?.version ?? definition.version;

/** The graph of a nested plan: a document, or a workflow inside a document (`#name`). */
const graphOf = (reference: string, { document }: Plan): Graph =>
  reference.startsWith('#') ? (document.workflows?.[reference.slice(1)] ?? document) : document;

function addReferences(needs: Set<string>, references: readonly NodeReference[], facts: NeedFacts): void {
  const addZone = (kind: 'connection' | 'tool', id: string): void => {
    const zone = facts.zoneOf(kind, id);
    if (zone !== undefined) needs.add(needOf('zone', zone));
  };
  const addModel = (id: string): void => {
    const { connection } = splitModelId(id);
    if (connection === undefined) needs.add(needOf('model', id));
    else addZone('connection', connection);
  };
  for (const { kind, id, isChoice } of references) {
    if (isChoice === true || id === '') continue;
    switch (kind) {
      case 'model':
      case 'embedder':
      case 'reranker':
      case 'classifier':
        addModel(id);
        break;
      case 'collection':
        facts.modelsOf(id).forEach(addModel);
        break;
      case 'connection':
        addZone('connection', id);
        break;
      case 'tool': {
        const server = isToolName(id) ? id.slice(0, id.indexOf('__')) : id;
        if (facts.isStarted(server)) needs.add(needOf('tool', server));
        addZone('tool', server);
        break;
      }
      case 'workflow':
      case 'secret':
      case 'policy':
      case 'person':
      case 'network':
        break;
    }
  }
}
