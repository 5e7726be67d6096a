import type { WorkflowDocument } from '@heddle/core';

/** Adds a minimal inner workflow for a node. It returns its input; the port is called `input`, as the node expects. */
export function newInner(
  document: WorkflowDocument,
  title: string,
  input: string,
): { readonly document: WorkflowDocument; readonly name: string } {
  const name = freeInnerName(document);
  const inner = {
    title,
    nodes: {
      input: { type: 'input', version: 1, config: { fields: [{ name: input, type: 'Json' }] } },
      output: { type: 'output', version: 1, config: { fields: [{ name: 'result', type: 'Json' }] } },
    },
    edges: [{ from: `input.${input}`, to: 'output.result' }],
    layout: { nodes: { input: position(0, 0), output: position(480, 0) }, notes: [], groups: [] },
  };
  return { name, document: { ...document, workflows: { ...document.workflows, [name]: inner } } };
}

/** A free name for an inner workflow: `part-1`, `part-2`. */
export function freeInnerName(document: Pick<WorkflowDocument, 'workflows'>): string {
  for (let number = 1; ; number += 1) {
    const name = `part-${number}`;
    if (!Object.hasOwn(document.workflows ?? {}, name)) return name;
  }
}

const position = (x: number, y: number): [number, number] => [x, y];
