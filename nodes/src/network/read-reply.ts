import { HeddleError, parseValueSteps, type FileRef, type NodeContext, type SafeResponse } from '@heddle/core';

/** A reply as the journal stores it: JSON, with a file by reference. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly text?: string;
  readonly file?: FileRef;
}

/** Reads a text reply; a reply of any other type becomes a stored file. */
export async function readReply(
  response: SafeResponse,
  wanted: 'auto' | 'text' | 'json' | 'file',
  context: NodeContext,
): Promise<Reply> {
  const { status, headers, url } = response;
  const mediaType = headers['content-type'] ?? 'application/octet-stream';
  const base = { status, headers: { ...headers }, url };
  if (wanted === 'file' || (wanted === 'auto' && !isText(mediaType) && response.body.length > 0)) {
    const blobs = await context.use('blobs');
    const name = decodeName(new URL(url).pathname.split('/').at(-1) ?? '') || 'download';
    return {
      ...base,
      file: await blobs.put(response.body, { name, mediaType: mediaType.split(';')[0]?.trim() ?? mediaType }),
    };
  }
  return { ...base, text: decode(response.body, mediaType) };
}

/** The reply as JSON; undefined if it is not JSON and JSON is not required. Errors: `json_invalid`, `value_too_complex`. */
export async function jsonOf(
  { text, headers, url }: Reply,
  wanted: 'auto' | 'text' | 'json' | 'file',
  context: NodeContext,
): Promise<unknown> {
  if (text === undefined || wanted === 'text' || wanted === 'file') return undefined;
  const isJson = /[/+]json\b/i.test(headers['content-type'] ?? '');
  if (!isJson && wanted === 'auto') return undefined;
  if (text.trim() === '') return undefined;
  try {
    return await context.work(parseValueSteps(text, `The reply of '${url}'`));
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw new HeddleError(
      'json_invalid',
      `'${url}' answered with invalid JSON: it starts with ${JSON.stringify(text.slice(0, 80))}. Read the reply as text.`,
      { cause },
    );
  }
}

function isText(mediaType: string): boolean {
  return /^text\/|[/+](?:json|xml|yaml|javascript|x-www-form-urlencoded)\b|charset=/i.test(mediaType);
}

function decode(body: Uint8Array, mediaType: string): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(mediaType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    // Unknown charset: most of the text is readable as UTF-8.
    return new TextDecoder().decode(body);
  }
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text).slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}
