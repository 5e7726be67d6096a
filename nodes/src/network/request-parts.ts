import { fillTemplate, HeddleError, renderTemplate, type NodeContext, type SecretSignIn } from '@heddle/core';

/** How a request authenticates. The secret is referenced by name; its value is never in the document. */
interface RequestAuth {
  readonly kind: 'none' | 'bearer' | 'basic' | 'header';
  readonly secret: string;
  readonly header: string;
  readonly user: string;
}

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Headers that belong to the connection, or that would bypass the settings of this node. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-authorization',
  'proxy-connection',
  'keep-alive',
  'idempotency-key',
]);

/** Why a header must not be set by a user; undefined if it may. */
export function headerProblem(name: string): string | undefined {
  if (!headerName.test(name)) return `'${name}' is not a valid header name.`;
  return ownHeaders.has(name.toLowerCase()) ? `'${name}' is set by Heddle itself.` : undefined;
}

/** Renders header values. Errors: `template_invalid`, also for a value with a line break, which would start another header. */
export function fillHeaders(
  headers: readonly { readonly name: string; readonly value: string }[],
  values: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const { name, value } of headers) {
    const text = renderTemplate(value, values).trim();

    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
      throw new HeddleError(
        'template_invalid',
        `The header '${name}' contains a line break or a control character: remove it from the value.`,
      );
    filled[name.toLowerCase()] = text;
  }
  return filled;
}

/** How the request carries its secret. This code never sees the value of the secret. Errors: `secret_not_found`. */
export async function signInOf(
  { kind, secret: name, header, user }: RequestAuth,
  context: NodeContext,
): Promise<SecretSignIn | undefined> {
  if (kind === 'none') return undefined;
  const secret = await context.secret(name);
  if (kind === 'header') return { secret, header: header.toLowerCase(), scheme: 'plain' };
  return { secret, header: 'authorization', scheme: kind, ...(kind === 'basic' ? { user } : {}) };
}

/** The body of a request and its content type. Errors: `template_invalid`. */
export function fillBody(
  body: { readonly kind: 'none' | 'json' | 'text' | 'form'; readonly json: unknown; readonly text: string },
  values: Readonly<Record<string, unknown>>,
): { readonly body?: string; readonly headers: Readonly<Record<string, string>> } {
  switch (body.kind) {
    case 'none':
      return { headers: {} };
    case 'json':
      return {
        body: JSON.stringify(fillTemplate(body.json, values) ?? null),
        headers: { 'content-type': 'application/json' },
      };
    case 'text':
      return {
        body: renderTemplate(body.text, values),
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      };
    case 'form': {
      const filled = fillTemplate(body.json, values);
      const entries = Object.entries(typeof filled === 'object' && filled !== null ? filled : {}).map(
        ([key, value]): [string, string] => [key, typeof value === 'string' ? value : JSON.stringify(value)],
      );
      return {
        body: new URLSearchParams(entries).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      };
    }
  }
}
