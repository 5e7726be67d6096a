import { splitEnd, type CompileReply, type WorkflowDocument } from '@heddle/core';

/** How a chat uses a workflow: which input takes the messages, and which output has the answer. */
export interface ChatPorts {
  readonly input: string;
  /** Whether the input takes the whole conversation or only the last message. */
  readonly takes: 'messages' | 'text';
  readonly output: string;
  /** The node and port that produce the answer, to show it while it streams. */
  readonly source: { readonly node: string; readonly port: string } | undefined;
}

type Inputs = CompileReply['interface']['inputs'];

/** The only required text input. If no text input is required, the only text input, because an input with a default counts as optional. */
function onlyText(inputs: Inputs): Inputs[number] | undefined {
  const texts = inputs.filter((port) => port.type === 'Text');
  const required = texts.filter((port) => !port.isOptional);
  const [only, ...others] = required.length > 0 ? required : texts;
  return others.length === 0 ? only : undefined;
}

/**
 * The ports for a chat; undefined if the workflow cannot be used as a chat. A chat needs an input for messages, or a single one for text,
 * and an output for the answer.
 */
export function chatPorts(
  { inputs, outputs }: CompileReply['interface'],
  document: Pick<WorkflowDocument, 'nodes' | 'edges'>,
  roleOf: (type: string) => string | undefined,
): ChatPorts | undefined {
  const messages = inputs.find((port) => port.type === 'Messages');
  const input = messages ?? onlyText(inputs);
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
