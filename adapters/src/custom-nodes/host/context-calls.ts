import { DecisionKind, ErrorValue, HeddleError, Label, LabelLevel, Usage, type JsonObject } from '@heddle/core';
import { z } from 'zod';
import { resourceMembers } from '../wire/resource-members.js';

/** The most log lines of an execution; further ones are dropped. */
export const mostLogLines = 10_000;

const Json = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject); // checked earlier to be plain data
const key = z.string().min(1).max(500);
const text = z.string().max(20_000);

const Question = z.object({
  title: text,
  body: z.string().optional(),
  schema: Json,
  assignee: text.optional(),
  dueAt: z.number().optional(),
  remindAt: z.number().optional(),
  escalateTo: text.optional(),
  escalateAt: z.number().optional(),
  buttons: z
    .array(z.object({ id: text, title: text }))
    .max(50)
    .optional(),
  details: Json.optional(),
});
const Declassification = z.object({
  port: z.string(),
  to: LabelLevel,
  from: LabelLevel,
  dropMarks: z.array(z.string()).optional(),
  reason: text,
  by: z.string().optional(),
  details: Json.optional(),
});

const ToolCall = z.object({
  tool: z.string(),
  source: z.enum(['workflow', 'builtin', 'mcp']),
  permission: z.enum(['allow', 'ask', 'deny']),
  by: z.string().optional(),
  argumentsHash: z.string(),
  resultHash: z.string().optional(),
  passages: z.array(z.string()).max(1000).optional(),
  started: z.number(),
  error: ErrorValue.optional(),
});

/** The schemas of the arguments of context methods. The process of a node can send anything. */
const contextArguments = {
  log: z.tuple([z.enum(['info', 'warn']), text, Json.optional()]),
  raise: z.tuple([Label]),
  declassify: z.tuple([Declassification]),
  decide: z.tuple([z.object({ kind: DecisionKind, summary: text, details: Json.optional() })]),
  noteToolCall: z.tuple([ToolCall]),
  progress: z.tuple([
    z.object({ share: z.number().min(0).max(1).optional(), message: text.optional(), details: Json.optional() }),
  ]),
  waiting: z.tuple([z.object({ limit: z.string(), position: z.number() }).optional()]),
  report: z.tuple([Usage.extend({ model: z.string().optional() })]),
  secret: z.tuple([z.string().max(200)]),
  sleep: z.tuple([z.number()]),
  requestInput: z.tuple([key, Question]),
  run: z.tuple([key, z.string().max(200), z.record(z.string(), z.unknown())]),
  step: z.tuple([key]),
  use: z.tuple([z.enum(Object.keys(resourceMembers) as [keyof typeof resourceMembers])]).rest(z.string().max(500)),
  input: z.tuple([z.string().max(64)]),
  next: z.tuple([z.int()]),
  return: z.tuple([z.int()]),
  abort: z.tuple([z.int()]),
  invoke: z.tuple([z.int(), z.string().max(40)]).rest(z.unknown()),
} as const;
type ContextMethod = keyof typeof contextArguments;

/** Reads the arguments of a call. Errors: `node_failed`, which names the invalid argument. */
export function readArguments<Method extends ContextMethod>(
  method: Method,
  args: readonly unknown[],
): z.output<(typeof contextArguments)[Method]> {
  // A call may leave out trailing arguments, but a tuple needs all members.
  const filled =
    method === 'log' && args.length === 2
      ? [...args, undefined]
      : method === 'waiting' && args.length === 0
        ? [undefined]
        : args;
  const parsed = contextArguments[method].safeParse(filled);
  // The schema of this method returned it.
  if (parsed.success) return parsed.data as z.output<(typeof contextArguments)[Method]>;
  const [issue] = parsed.error.issues;
  throw new HeddleError(
    'node_failed',
    `A custom node called context.${method} with arguments that do not fit: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
  );
}
