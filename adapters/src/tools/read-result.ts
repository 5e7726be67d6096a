import { checkValue, HeddleError, type Blobs, type FileRef } from '@heddle/core';
import { z } from 'zod';

const Block = z.record(z.string(), z.unknown());

/** A server's answer to a call. Only the outer form is checked. */
export const CallResult = z.object({
  content: z.array(Block).max(10_000).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type CallResult = z.infer<typeof CallResult>;

const longestFailure = 2_000;

/**
 * Turns a result into what a model reads: texts unchanged, files by reference, structured content as the value. Errors: `tool_failed` where
 * the tool reports a failure, `tool_result_too_large`, `value_too_complex`.
 */
export async function readResult(
  name: string,
  result: CallResult,
  maxBytes: number,
  blobs: Pick<Blobs, 'put'> | undefined,
): Promise<{ readonly value: unknown; readonly text: string }> {
  const files: FileRef[] = [];
  const keep = async (data: unknown, mediaType: unknown, what: string): Promise<string> => {
    const type = typeof mediaType === 'string' ? mediaType.slice(0, 100) : 'application/octet-stream';
    const content = Buffer.from(typeof data === 'string' ? data : '', 'base64');
    if (content.length > maxBytes) throw tooLarge(name, maxBytes);
    if (blobs === undefined) return `[${what} ${type}, ${content.length} bytes]`;
    const file = await blobs.put(content, { name: `${name}-${files.length + 1}`, mediaType: type });
    files.push(file);
    return `[${what} ${type}, ${content.length} bytes, file ${file.id}]`;
  };
  const parts: string[] = [];
  for (const block of result.content) parts.push(await textOf(block, keep));
  const text = parts.join('\n');
  if (result.isError === true)
    throw new HeddleError(
      'tool_failed',
      text === '' ? `'${name}' failed without giving a reason.` : text.slice(0, longestFailure),
    );
  const structured = result.structuredContent;
  checkValue(structured, `What '${name}' gave`);
  const value = structured ?? (files.length === 0 ? undefined : { text, files });
  const size = Buffer.byteLength(value === undefined ? text : JSON.stringify(value));
  if (size > maxBytes) throw tooLarge(name, maxBytes);
  return { value, text };
}

type Keep = (data: unknown, mediaType: unknown, what: string) => Promise<string>;

async function textOf(block: z.infer<typeof Block>, keep: Keep): Promise<string> {
  const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  switch (block['type']) {
    case 'text':
      return wordOf(block['text']);
    case 'image':
    case 'audio':
      return keep(block['data'], block['mimeType'], block['type']);
    case 'resource_link':
      return `[resource ${wordOf(block['name'])} ${wordOf(block['uri'])}]`;
    case 'resource': {
      const parsed = Block.safeParse(block['resource']);
      const resource = parsed.success ? parsed.data : {};
      if (typeof resource['text'] === 'string') return `[resource ${wordOf(resource['uri'])}]\n${resource['text']}`;
      return keep(resource['blob'], resource['mimeType'], `resource ${wordOf(resource['uri'])}`);
    }
    default:
      return `[${wordOf(block['type']).slice(0, 40)}]`;
  }
}

function tooLarge(name: string, maxBytes: number): HeddleError {
  return new HeddleError('tool_result_too_large', `'${name}' returned more than ${maxBytes} bytes: ask for less.`);
}
