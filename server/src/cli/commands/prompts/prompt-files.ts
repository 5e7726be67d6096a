import { HeddleError, PromptContent, PromptName } from '@heddle/core';
import { z } from 'zod';

/** A text, as one string or as a list of lines. Lines give readable diffs in git. */
const Lines = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join('\n'))]);
const About = { prompt: PromptName, title: z.string().max(200).default('') };
const PromptFile = z.discriminatedUnion('kind', [
  z.strictObject({ ...About, kind: z.literal('text'), text: Lines }),
  z.strictObject({
    ...About,
    kind: z.literal('chat'),
    messages: z.array(z.strictObject({ role: z.string(), content: Lines })),
  }),
]);

/** A prompt as its file holds it. */
export interface ReadPrompt {
  readonly name: string;
  readonly title: string;
  readonly content: PromptContent;
}

/** Formats a prompt for git: each line of a text is a line of the file. */
export function writePromptFile({ name, title, content }: ReadPrompt): string {
  const lines = (text: string): readonly string[] => text.split('\n');
  const written =
    content.kind === 'text'
      ? { prompt: name, title, kind: 'text', text: lines(content.text) }
      : {
          prompt: name,
          title,
          kind: 'chat',
          messages: content.messages.map((message) => ({ role: message.role, content: lines(message.content) })),
        };
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

/** Parses a file of `writePromptFile`. Errors: `bad_request` with the name of the file. */
export function readPromptFile(file: string, text: string): ReadPrompt {
  const { prompt: name, title, ...content } = checked(file, PromptFile.safeParse(parsed(file, text)));
  return { name, title, content: checked(file, PromptContent.safeParse(content)) };
}

/** Parses the content of a prompt: the messages in a `.json` file, or the text of any other file. Errors: `bad_request`. */
export function readContentFile(file: string, text: string): PromptContent {
  if (!file.endsWith('.json')) return checked(file, PromptContent.safeParse({ kind: 'text', text: text.trimEnd() }));
  const messages = parsed(file, text);
  return checked(file, PromptContent.safeParse({ kind: 'chat', messages }));
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HeddleError('bad_request', `'${file}' is not JSON: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

function checked<Value>(file: string, result: z.ZodSafeParseResult<Value>): Value {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const location = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new HeddleError(
    'bad_request',
    `'${file}' is not a prompt: ${location}${issue?.message ?? 'it cannot be read'}`,
  );
}
