import { splitEnd, type CompileReply, type WorkflowDocument } from '@heddle/core';

/** How a workflow is talked to: which input takes what is said, and where the answer is written. */
export interface ChatPorts {
  readonly input: string;
  /** The whole conversation, or the last words only. */
  readonly takes: 'messages' | 'text';
  readonly output: string;
  /** `node.port` that the answer comes from, so that it is seen as it is written. */
  readonly source: { readonly node: string; readonly port: string } | undefined;
}

/** The chat of a workflow that takes messages, or one text and gives one; undefined for others. */
export function chatPorts(
  { inputs, outputs }: CompileReply['interface'],
  document: Pick<WorkflowDocument, 'nodes' | 'edges'>,
  roleOf: (type: string) => string | undefined,
): ChatPorts | undefined {
  const messages = inputs.find((port) => port.type === 'Messages');
  const texts = inputs.filter((port) => port.type === 'Text' && !port.isOptional);
  const input = messages ?? (texts.length === 1 ? texts[0] : undefined);
  const output = outputs.find((port) => port.type === 'Text') ?? outputs.find((port) => port.type === 'Messages');
  if (input === undefined || output === undefined) return undefined;
  const edge = document.edges.find(({ to }) => {
    const end = splitEnd(to);
    return end?.port === output.name && roleOf(document.nodes[end.node]?.type ?? '') === 'sink';
  });
  return {
    input: input.name,
    takes: messages === undefined ? 'text' : 'messages',
    output: output.name,
    source: edge === undefined ? undefined : splitEnd(edge.from),
  };
}
