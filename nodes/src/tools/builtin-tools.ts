import { HeddleError, type JsonObject, type NodeContext, type ToolEffect } from '@heddle/core';
import type { AgentTool, ToolPermission, ToolUse } from './agent-tool.js';
import { calculate } from './calculate.js';
import { searchToolName } from './tool-names.js';

type Call = (args: JsonObject, context: NodeContext, use: ToolUse) => unknown;

interface Builtin {
  readonly name: string;
  readonly description: string;
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly effects: readonly ToolEffect[];
  readonly isUntrusted: boolean;
  readonly call: Call;
}

const textOf = (args: JsonObject, name: string): string => {
  const value = args[name];
  return typeof value === 'string' ? value : '';
};

/** Computes arithmetic, which models often get wrong. */
export const calculator: Builtin = {
  name: 'calculator',
  description: 'Works out arithmetic, such as (3 + 4) * 2^3, sqrt(2) or 17 % 5.',
  properties: { expression: { type: 'string' } },
  required: ['expression'],
  effects: ['read'],
  isUntrusted: false,
  call: (args) => calculate(textOf(args, 'expression')),
};

/** Returns the current time, which a model does not know. */
export const time: Builtin = {
  name: 'time',
  description: 'Tells the present date and time in UTC (ISO 8601).',
  properties: {},
  required: [],
  effects: ['read'],
  isUntrusted: false,
  call: (_args, context) => new Date(context.now()).toISOString(),
};

/** Runs JavaScript in the sandbox. */
export const codeTool: Builtin = {
  name: 'code',
  description: 'Runs JavaScript: the body of a function of `input`. It must return JSON, and reaches nothing outside.',
  properties: { code: { type: 'string' }, input: {} },
  required: ['code'],
  effects: ['execute'],
  isUntrusted: false,
  call: async (args, context, { timeoutMs }) =>
    (await context.use('sandbox')).run(textOf(args, 'code'), args['input'], {
      timeoutMs: Math.min(timeoutMs, 60_000),
      signal: context.signal,
    }),
};

/** Requests an address of the public web. The address can contain data, so a request counts as sending. */
export const httpTool: Builtin = {
  name: 'http',
  description: 'Calls an address of the public web and gives its reply as text.',
  properties: {
    url: { type: 'string' },
    method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    body: { type: 'string' },
  },
  required: ['url'],
  effects: ['send'],
  isUntrusted: true,
  call: async (args, context, { maxBytes, timeoutMs, idempotencyKey }) => {
    const method = methodOf(args['method']);
    const body = args['body'];
    const response = await (
      await context.use('fetch')
    ).fetch({
      url: textOf(args, 'url'),
      method,
      ...(method === 'GET' ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
      ...(method === 'GET' || typeof body !== 'string' ? {} : { body }),
      maxBytes,
      timeoutMs,
      signal: context.signal,
    });
    return { status: response.status, text: new TextDecoder().decode(response.body) };
  },
};

/** Searches one collection. Its documents count as external text. */
export const searchTool = (collection: string): Builtin => ({
  name: searchToolName(collection),
  description: `Finds passages of the collection '${collection}' for a question.`,
  properties: { query: { type: 'string' }, k: { type: 'integer', minimum: 1, maximum: 20 } },
  required: ['query'],
  effects: ['read'],
  isUntrusted: true,
  call: async (args, context) => {
    const found = await context.use('collection', collection);
    const k = args['k'];
    const request = { query: textOf(args, 'query'), k: typeof k === 'number' ? k : 5, relevance: 'apply' as const };
    const passages = await found.search(request, { signal: context.signal });
    context.raise((await found.info()).label);
    for (const { label } of passages) if (label !== undefined) context.raise(label);
    return passages.map(({ id, document, text }) => ({ id, document, text }));
  },
});

/** Creates an agent tool from a built-in one. */
export function builtinTool(
  builtin: Builtin,
  permission: ToolPermission,
  changed: { readonly name: string; readonly description: string },
): AgentTool {
  return {
    definition: {
      name: changed.name === '' ? builtin.name : changed.name,
      description: changed.description === '' ? builtin.description : changed.description,
      parameters: {
        type: 'object',
        properties: builtin.properties,
        required: builtin.required,
        additionalProperties: false,
      },
    },
    source: 'builtin',
    permission,
    effects: builtin.effects,
    isUntrusted: builtin.isUntrusted,
    call: async (use, context) => (await builtin.call(use.args, context, use)) ?? null,
  };
}

function methodOf(method: unknown): 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' {
  if (method === undefined || method === 'GET') return 'GET';
  if (method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE') return method;
  throw new HeddleError('tool_arguments_invalid', 'The tool does not support this method.');
}
