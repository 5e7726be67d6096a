import { z } from 'zod';
import { HeddleError } from '../../errors/heddle-error.js';
import { templatePaths, type TemplatePath } from '../../template/parse-template.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum total length of a prompt's messages in characters. */
const longest = 100_000;
const mostVariables = 100;
const mostMessages = 64;

/** A message of a chat prompt; its content is a template. */
export const PromptMessage = lazyStrictObject(() => ({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(longest),
})).meta({ id: 'PromptMessage' });
export type PromptMessage = z.infer<typeof PromptMessage>;

const Text = lazyStrictObject(() => ({ kind: z.literal('text'), text: z.string().max(longest) }));
const Chat = lazyStrictObject(() => ({
  kind: z.literal('chat'),
  /** First an optional system message, then examples by user and assistant, and finally the user's message. */
  messages: z.array(PromptMessage).min(1).max(mostMessages),
}));

/** The content of a prompt: one template, or a chat of templates. */
export const PromptContent = z
  .discriminatedUnion('kind', [Text, Chat])
  .superRefine((content, check) => {
    const problem = problemOf(content);
    if (problem !== undefined) check.addIssue({ code: 'custom', message: problem });
  })
  .meta({ id: 'PromptContent' });
export type PromptContent = z.infer<typeof PromptContent>;

const textsOfPrompt = (content: PromptContent): readonly string[] =>
  content.kind === 'text' ? [content.text] : content.messages.map((message) => message.content);

/** A variable of a prompt. */
export const PromptVariable = lazyObject(() => ({
  name: z.string(),
  /** Whether the prompt also works without a value. */
  isOptional: z.boolean(),
  /** The paths that the templates read, such as `order.total`. */
  paths: z.array(z.string()),
})).meta({ id: 'PromptVariable' });
export type PromptVariable = z.infer<typeof PromptVariable>;

/**
 * Returns the variables of a prompt without repeats, in the order of first use. Errors: `template_invalid`.
 *
 * @example variablesOfPrompt({ kind: 'text', text: 'Dear {{ customer.name }}' }) // [{ name: 'customer', … }]
 */
export function variablesOfPrompt(content: PromptContent): readonly PromptVariable[] {
  const found = new Map<string, { name: string; isOptional: boolean; paths: Set<string> }>();
  for (const { path, text, isOptional } of textsOfPrompt(content).flatMap((template) => pathsOf(template))) {
    const name = String(path[0]);
    const known = found.get(name) ?? { name, isOptional: true, paths: new Set<string>() };
    known.isOptional &&= isOptional;
    known.paths.add(text);
    found.set(name, known);
  }
  return [...found.values()].map(({ paths, ...variable }) => ({ ...variable, paths: [...paths] }));
}

const pathsOf = (template: string): readonly TemplatePath[] => templatePaths(template);

/** Explains what is wrong with a prompt and how to fix it; undefined if nothing is wrong. */
function problemOf(content: PromptContent): string | undefined {
  const length = textsOfPrompt(content).reduce((sum, text) => sum + text.length, 0);
  if (length > longest) return `The prompt has ${length} characters; the limit is ${longest}: shorten it.`;
  if (content.kind === 'chat') {
    const late = content.messages.findIndex(({ role }, index) => role === 'system' && index > 0);
    if (late > 0) return `Message ${late + 1} is a system message: only the first message may be one.`;
    if (content.messages.at(-1)?.role !== 'user') return 'The last message must be from the user: add one.';
  }
  try {
    const { length: variables } = variablesOfPrompt(content);
    return variables > mostVariables
      ? `The prompt has ${variables} variables; the limit is ${mostVariables}: combine values in one object.`
      : undefined;
  } catch (error) {
    if (error instanceof HeddleError) return error.message;
    throw error;
  }
}

/**
 * Returns a prompt as one text for a diff. In a chat, a line with the role precedes each message.
 *
 * @example promptText({ kind: 'chat', messages: [{ role: 'user', content: 'Hello' }] }) // 'user:\nHello'
 */
export const promptText = (content: PromptContent): string =>
  content.kind === 'text'
    ? content.text
    : content.messages.map((message) => `${message.role}:\n${message.content}`).join('\n\n');
