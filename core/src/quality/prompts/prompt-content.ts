import { z } from 'zod';
import { HeddleError } from '../../errors/heddle-error.js';
import { templatePaths, type TemplatePath } from '../../template/parse-template.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum length of a prompt in characters, over all its messages. */
const longest = 100_000;
/** The most variables of a prompt. */
const mostVariables = 100;
/** The most messages of a prompt. */
const mostMessages = 64;

/** A message of a chat prompt. Its content is a template. */
export const PromptMessage = lazyStrictObject(() => ({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(longest),
})).meta({ id: 'PromptMessage' });
export type PromptMessage = z.infer<typeof PromptMessage>;

const Text = lazyStrictObject(() => ({ kind: z.literal('text'), text: z.string().max(longest) }));
const Chat = lazyStrictObject(() => ({
  kind: z.literal('chat'),
  /** The system message first, if there is one; then examples of the user and the assistant; the message of the user last. */
  messages: z.array(PromptMessage).min(1).max(mostMessages),
}));

/** What a prompt says: one template, or a chat of templates. */
export const PromptContent = z
  .discriminatedUnion('kind', [Text, Chat])
  .superRefine((content, check) => {
    const problem = problemOf(content);
    if (problem !== undefined) check.addIssue({ code: 'custom', message: problem });
  })
  .meta({ id: 'PromptContent' });
export type PromptContent = z.infer<typeof PromptContent>;

/** The templates of a prompt, in order. */
const textsOfPrompt = (content: PromptContent): readonly string[] =>
  content.kind === 'text' ? [content.text] : content.messages.map((message) => message.content);

/** A value that a prompt needs. */
export const PromptVariable = lazyObject(() => ({
  name: z.string(),
  /** Whether the prompt also works without it. */
  isOptional: z.boolean(),
  /** The paths that are read, such as `order.total`. */
  paths: z.array(z.string()),
})).meta({ id: 'PromptVariable' });
export type PromptVariable = z.infer<typeof PromptVariable>;

/**
 * The values that a prompt needs, each once, in the order of their first use. Errors: `template_invalid`.
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

/** What is wrong with a prompt, and what to do; undefined if nothing is. */
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
 * A prompt as one text, for a diff: a chat has a line with the role before each message.
 *
 * @example promptText({ kind: 'chat', messages: [{ role: 'user', content: 'Hello' }] }) // 'user:\nHello'
 */
export const promptText = (content: PromptContent): string =>
  content.kind === 'text'
    ? content.text
    : content.messages.map((message) => `${message.role}:\n${message.content}`).join('\n\n');
