import type { DocumentNode, PromptContent, PromptReference } from '@heddle/core';

/** The node with a reference to a prompt in a field. The field also gets the text of the prompt, so that the card shows it. */
export function withPrompt(
  node: DocumentNode,
  field: string,
  reference: PromptReference,
  content: PromptContent,
): DocumentNode {
  const prompts = { ...node.prompts, [field]: reference };
  if (content.kind === 'text') return { ...node, prompts, config: { ...node.config, [field]: content.text } };
  const hasSystem = content.messages[0]?.role === 'system';
  return {
    ...node,
    prompts,
    config: {
      ...node.config,
      [field]: content.messages.at(-1)?.content ?? '',
      system: hasSystem ? (content.messages[0]?.content ?? '') : '',
      examples: content.messages.slice(hasSystem ? 1 : 0, -1),
    },
  };
}

/** The node without the reference in a field. The field keeps its text. */
export function withoutPrompt({ prompts, ...node }: DocumentNode, field: string): DocumentNode {
  const { [field]: _detached, ...others } = prompts ?? {};
  return Object.keys(others).length === 0 ? node : { ...node, prompts: others };
}

/** The content of a field as a prompt. It becomes a chat if the node has examples that belong to the field. */
export function contentOfField(node: DocumentNode, field: string, accepts: string, standard: unknown): PromptContent {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  const text = textOf(node.config[field] ?? standard);
  const { examples } = node.config;
  if (accepts !== 'chat' || !Array.isArray(examples) || examples.length === 0) return { kind: 'text', text };
  const system = textOf(node.config['system']);
  return {
    kind: 'chat',
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...examples.map(messageOf),
      { role: 'user', content: text },
    ],
  };
}

function messageOf(example: unknown): { readonly role: 'user' | 'assistant'; readonly content: string } {
  const { role, content } = Object(example) as { readonly role?: unknown; readonly content?: unknown };
  return { role: role === 'assistant' ? 'assistant' : 'user', content: typeof content === 'string' ? content : '' };
}
