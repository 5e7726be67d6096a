import { workOfNode } from '../document/work-of-node.js';
import { nodeIdPattern, type DocumentNode, type InnerWorkflow } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import type { NodeDefinition } from '../node/node-definition.js';
import { fillPrompts, type FindPrompt } from '../quality/prompts/fill-prompts.js';
import type { Ports } from '../types/port.js';
import { forbiddenNames } from '../values/json/json.js';
import { createPace, type Steps } from '../values/steps.js';
import type { IssueList } from './issue-list.js';

/** A node with a known type. If its config is not valid, `config` is undefined and the ports are the declared ones. */
export interface ResolvedNode {
  readonly id: string;
  readonly document: DocumentNode;
  readonly definition: NodeDefinition;
  readonly config: unknown;
  readonly isConfigValid: boolean;
  readonly inputs: Ports;
  readonly outputs: Ports;
}

/** Returns the interface of a referenced workflow, which becomes the ports of the node. */
type InterfaceOf = (reference: string) => { readonly inputs: Ports; readonly outputs: Ports } | undefined;

/** The most inputs and outputs of a node. */
const mostPorts = 1_000;

/** Work between two pauses: the values in the configs, and one for each port. */
const stretch = 1_000;

/** Finds the type, config and ports of every node. A node of an unknown type is reported and left out. */
export function* resolveNodes(
  graph: Pick<InnerWorkflow, 'nodes'>,
  catalog: NodeCatalog,
  interfaceOf: InterfaceOf,
  issues: IssueList,
  find?: FindPrompt,
): Steps<ResolvedNode[]> {
  const resolved: ResolvedNode[] = [];
  const isDue = createPace(stretch);
  for (const [id, node] of Object.entries(graph.nodes)) {
    const last = resolved.at(-1);
    const ports = last === undefined ? 0 : Object.keys(last.inputs).length + Object.keys(last.outputs).length;
    if (isDue(workOfNode(node) + ports)) yield;
    if (!isNameAllowed(id, issues)) continue;
    const definition = catalog.get(node.type);
    if (definition === undefined) {
      issues.error({
        code: 'unknown-node-type',
        node: id,
        message: `Node type '${node.type}' does not exist.`,
        fix: 'Choose another type, or install the package that contains it (HEDDLE_NODES).',
      });
      continue;
    }
    const filled = withTexts(id, node, definition, issues, find);
    resolved.push(resolveNode(id, filled, definition, interfaceOf, issues));
  }
  return resolved;
}

/** Fills the texts of the node's prompts into its config. */
function withTexts(
  id: string,
  given: DocumentNode,
  { prompts }: NodeDefinition,
  issues: IssueList,
  find: FindPrompt | undefined,
): DocumentNode {
  const { node, problems } = fillPrompts(given, prompts, find);
  for (const { severity, ...problem } of problems) issues[severity]({ node: id, ...problem });
  return node;
}

function isNameAllowed(id: string, issues: IssueList): boolean {
  if (forbiddenNames.has(id)) {
    issues.error({
      code: 'forbidden-name',
      node: id,
      message: `'${id}' is not allowed as a node name.`,
      fix: 'Rename the node.',
    });
    return false;
  }
  if (!nodeIdPattern.test(id)) {
    issues.error({
      code: 'bad-node-id',
      node: id.slice(0, 80),
      message: `'${id.slice(0, 80)}' is not a valid node name. It must start with a lower-case letter and have at most 64 lower-case letters, digits, - and _.`,
      fix: 'Rename the node.',
    });
    return false;
  }
  return true;
}

function resolveNode(
  id: string,
  node: DocumentNode,
  definition: NodeDefinition,
  interfaceOf: InterfaceOf,
  issues: IssueList,
): ResolvedNode {
  const raw = migrated(id, node, definition, issues);
  const parsed = definition.config.safeParse(raw);
  const declared = { inputs: definition.inputs, outputs: definition.outputs };
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const field = issue.path.join('.');
      issues.error({
        code: 'config-invalid',
        node: id,
        ...(field === '' ? {} : { field }),
        message: issue.message,
        fix: field === '' ? 'Correct the settings of the node.' : `Correct '${field}'.`,
      });
    }
    return { id, document: node, definition, config: undefined, isConfigValid: false, ...declared };
  }
  for (const problem of definition.check?.(parsed.data) ?? []) {
    issues.error({
      code: 'config-invalid',
      node: id,
      field: problem.field,
      message: problem.message,
      fix: problem.fix,
    });
  }
  return {
    id,
    document: node,
    definition,
    config: parsed.data,
    isConfigValid: true,
    ...portsOf(id, definition, parsed.data, interfaceOf, issues),
  };
}

function migrated(id: string, node: DocumentNode, definition: NodeDefinition, issues: IssueList): unknown {
  if (node.version === definition.version) return node.config;
  if (node.version > definition.version) {
    issues.error({
      code: 'node-version-newer',
      node: id,
      message: `The node has version ${node.version} of '${node.type}'; this Heddle supports versions up to ${definition.version}.`,
      fix: 'Update Heddle, or the package that contains the node.',
    });
    return node.config;
  }
  try {
    return definition.migrate === undefined ? node.config : definition.migrate(node.config, node.version);
  } catch (cause) {
    issues.error({
      code: 'node-version-unmigratable',
      node: id,
      message: `Version ${node.version} of '${node.type}' cannot be migrated to version ${definition.version}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Delete the node and add it again.',
    });
    return node.config;
  }
}

function portsOf(
  id: string,
  definition: NodeDefinition,
  config: unknown,
  interfaceOf: InterfaceOf,
  issues: IssueList,
): { inputs: Ports; outputs: Ports } {
  let { inputs, outputs } = definition;
  try {
    const dynamic = definition.ports?.(config);
    inputs = { ...inputs, ...dynamic?.inputs };
    outputs = { ...outputs, ...dynamic?.outputs };
  } catch (cause) {
    issues.error({
      code: 'config-invalid',
      node: id,
      message: cause instanceof Error ? cause.message : String(cause),
      fix: 'Correct the settings of the node.',
    });
  }
  const count = Object.keys(inputs).length + Object.keys(outputs).length;
  if (count > mostPorts) {
    issues.error({
      code: 'config-invalid',
      node: id,
      message: `The node has ${count.toLocaleString('en')} inputs and outputs; the limit is ${mostPorts.toLocaleString('en')}.`,
      fix: 'Split the node, or combine values in one JSON value.',
    });
    return { inputs: definition.inputs, outputs: definition.outputs };
  }
  const reference = definition.interfaceOf?.(config);
  const nested = reference === undefined ? undefined : interfaceOf(reference);
  if (nested !== undefined) {
    inputs = { ...inputs, ...nested.inputs };
    outputs = { ...outputs, ...nested.outputs };
  }
  return { inputs: withoutForbidden(id, inputs, issues), outputs: withoutForbidden(id, outputs, issues) };
}

function withoutForbidden(id: string, ports: Ports, issues: IssueList): Ports {
  const bad = Object.keys(ports).filter((name) => forbiddenNames.has(name));
  if (bad.length === 0) return ports;
  for (const name of bad)
    issues.error({
      code: 'forbidden-name',
      node: id,
      port: name,
      message: `'${name}' is not allowed as a port name.`,
      fix: 'Rename it.',
    });
  return Object.fromEntries(Object.entries(ports).filter(([name]) => !forbiddenNames.has(name)));
}
