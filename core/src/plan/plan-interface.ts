import type { Port, Ports } from '../types/port.js';
import type { IssueList } from './issue-list.js';
import type { PlanInterface } from './plan.js';
import type { ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';
import type { TypedPorts } from './resolve-types.js';

/** Inputs and outputs that a workflow may have, together. */
const mostOfInterface = 1_000;

/**
 * What a run takes and gives, by role: the outputs of sources are the run's inputs, the inputs of sinks its outputs.
 * A name that two sources share is one input and must have one type; a name that two sinks share is refused.
 */
export function interfaceOfNodes(
  nodes: readonly ResolvedNode[],
  ports: TypedPorts,
  edges: readonly ResolvedEdge[],
  issues: IssueList,
): PlanInterface {
  const inputs: Record<string, Port> = {};
  const outputs: Record<string, Port> = {};
  const typeInto = new Map<string, Port>();
  for (const edge of edges) {
    if (nodes[edge.to]?.definition.role !== 'sink') continue;
    const port = ports.outputs[edge.from]?.[edge.fromPort];
    if (port !== undefined) typeInto.set(`${edge.to}.${edge.toPort}`, port);
  }
  nodes.forEach((node, index) => {
    if (node.definition.role === 'source') addInputs(node, ports.outputs[index] ?? {}, inputs, issues);
    if (node.definition.role !== 'sink') return;
    for (const [name, port] of Object.entries(ports.inputs[index] ?? {})) {
      if (Object.hasOwn(outputs, name)) {
        issues.error({
          code: 'interface-conflict',
          node: node.id,
          port: name,
          message: `Two output nodes give '${name}'.`,
          fix: 'Rename one of the fields.',
        });
        continue;
      }
      // A Json output tells its caller the type that really arrives.
      const connected = port.type === 'Json' ? typeInto.get(`${index}.${name}`) : undefined;
      outputs[name] = connected === undefined ? port : { ...port, type: connected.type };
    }
  });
  const count = Object.keys(inputs).length + Object.keys(outputs).length;
  if (count > mostOfInterface)
    issues.error({
      code: 'interface-too-large',
      message: `The workflow takes and gives ${count.toLocaleString('en')} values; it may have ${mostOfInterface.toLocaleString('en')}.`,
      fix: 'Put values that belong together into one field that is JSON.',
    });
  return { inputs, outputs };
}

function addInputs(node: ResolvedNode, ports: Ports, inputs: Record<string, Port>, issues: IssueList): void {
  for (const [name, port] of Object.entries(ports)) {
    const known = inputs[name];
    if (known !== undefined && known.type !== port.type) {
      issues.error({
        code: 'interface-conflict',
        node: node.id,
        port: name,
        message: `Two input nodes take '${name}', as ${known.type} and as ${port.type}.`,
        fix: 'Give both the same type, or rename one.',
      });
      continue;
    }
    if (known === undefined || !port.isOptional) inputs[name] = port;
  }
}
