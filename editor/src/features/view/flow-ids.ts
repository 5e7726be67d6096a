/** The prefixes in the ids of notes and groups on the canvas. The id of a node never contains a colon. */
const notePrefix = 'note:';
const groupPrefix = 'group:';

export const noteFlowId = (id: string): string => `${notePrefix}${id}`;
export const groupFlowId = (id: string): string => `${groupPrefix}${id}`;

/** The kind of a canvas element, with its id in the document. */
type FlowPart = { readonly kind: 'node' | 'note' | 'group'; readonly id: string };

/** Parses the id of a canvas element. */
export function partOf(flowId: string): FlowPart {
  if (flowId.startsWith(notePrefix)) return { kind: 'note', id: flowId.slice(notePrefix.length) };
  if (flowId.startsWith(groupPrefix)) return { kind: 'group', id: flowId.slice(groupPrefix.length) };
  return { kind: 'node', id: flowId };
}
