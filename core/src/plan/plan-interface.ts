import type { Port, Ports } from '../types/port.js';
import type { IssueList } from './issue-list.js';
import type { PlanInterface } from './plan.js';
import type { ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';
import type { TypedPorts } from './resolve-types.js';

/** The most inputs and outputs of a workflow, together. */
const mostOfInterface = 1_000;

/**
 * The interface of a run, by role: the outputs of sources are its inputs, and the inputs of sinks are its outputs.
 * Two sources with the same name are one input and must have the same type. Two sinks must not have the same name.
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
          message: `Two output nodes have the field '${name}'.`,
          fix: 'Rename one of the fields.',
        });
        continue;
      }
      // A Json output reports the type of the connected value to the caller.
      const connected = port.type === 'Json' ? typeInto.get(`${index}.${name}`) : undefined;
      outputs[name] = connected === undefined ? port : { ...port, type: connected.type };
    }
  });
  const count = Object.keys(inputs).length + Object.keys(outputs).length;
  if (count > mostOfInterface)
    issues.error({
      code: 'interface-too-large',
      message: `The workflow has ${count.toLocaleString('en')} inputs and outputs; the limit is ${mostOfInterface.toLocaleString('en')}.`,
      fix: 'Combine related values in one JSON field.',
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
        message: `Two input nodes have the field '${name}', one as ${known.type} and one as ${port.type}.`,
        fix: 'Give both the same type, or rename one.',
      });
      continue;
    }
    if (known === undefined || !port.isOptional) inputs[name] = port;
  }
}
