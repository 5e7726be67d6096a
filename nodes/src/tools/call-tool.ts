import {
  canonicalJson,
  checkValue,
  fitJsonSchema,
  HeddleError,
  isPlainObject,
  labelOf,
  Suspended,
  parseValue,
  toErrorValue,
  type ErrorValue,
  type JsonObject,
  type NodeContext,
} from '@heddle/core';
import type { RequestedCall } from '../generation/requested-call.js';
import type { AgentTool } from './agent-tool.js';
import { approveCall, permissionOf } from './approve-call.js';
import { hashOf } from './content-hash.js';

/** Limits of one tool call. */
interface CallBounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly assignee: string;
}

/** A call that may be made, or why it may not. */
type PreparedCall =
  | {
      readonly tool: AgentTool;
      readonly args: JsonObject;
      readonly permission: 'allow' | 'ask';
      readonly by: string | undefined;
    }
  | { readonly error: ErrorValue };

/** Failures that end the node and are never passed to the model. */
const ending: ReadonlySet<string> = new Set([
  'aborted',
  'run_cancelled',
  'label_refused',
  'nesting_limit',
  'budget_exceeded',
  'stopped',
  'approval_changed',
]);

/**
 * Checks a call before it is made: the tool is known, the arguments are valid, and the call is permitted and approved. A refusal is
 * recorded.
 */
export async function prepareCall(
  key: string,
  call: RequestedCall,
  tools: ReadonlyMap<string, AgentTool>,
  context: NodeContext,
  bounds: CallBounds,
): Promise<PreparedCall> {
  const tool = tools.get(call.name);
  if (tool === undefined)
    return {
      error: toErrorValue(new HeddleError('tool_unknown', `Tool '${call.name.slice(0, 80)}' does not exist.`)),
    };
  const refuse = async (error: HeddleError, by?: string): Promise<PreparedCall> => {
    await recordCall(tool, call.arguments, context, { error: toErrorValue(error), by, started: context.now() });
    return { error: toErrorValue(error) };
  };
  if (tool.refusal !== undefined) return refuse(tool.refusal);
  const permission = permissionOf(tool, context);
  if (permission === 'deny') return refuse(new HeddleError('tool_denied', `The tool '${call.name}' must not be used.`));
  const args = argumentsOf(call);
  const problem =
    args === undefined ? 'they are not a complete JSON object' : fitJsonSchema(tool.definition.parameters, args);
  if (args === undefined || problem !== undefined)
    return refuse(
      new HeddleError('tool_arguments_invalid', `The arguments of '${call.name}' do not fit: ${problem ?? ''}.`),
    );
  if (permission === 'allow') return { tool, args, permission, by: undefined };
  const approval = await approveCall(key, tool, args, context, bounds.assignee);
  return approval.isAllowed ? { tool, args, permission, by: approval.by } : refuse(approval.error, approval.by);
}

/** Makes a prepared call once and returns the text for the model. */
export async function makeCall(
  key: string,
  prepared: PreparedCall,
  context: NodeContext,
  bounds: CallBounds,
): Promise<string> {
  if ('error' in prepared) return errorText(prepared.error);
  const { tool, args, by, permission } = prepared;
  const started = context.now();
  const outcome =
    tool.source === 'workflow'
      ? await settle(tool, context, bounds, async () => {
          await admit(tool, context);
          return tool.call({ key, idempotencyKey: key, args, ...bounds }, context);
        })
      : await context.step(key, ({ idempotencyKey }) => {
          if (tool.isUntrusted) context.raise(labelOf(tool.level ?? 'public', ['untrusted']));
          return settle(tool, context, bounds, async () => {
            await admit(tool, context);
            return tool.call({ key, idempotencyKey, args, ...bounds }, context);
          });
        });
  await recordCall(tool, args, context, { ...outcome, by, started, permission });
  return 'error' in outcome ? errorText(outcome.error) : outcome.text;
}

/**
 * Asks the host whether a call may be made. Calls of tool servers are left out, because the host checks those itself. Errors: `stopped`.
 */
async function admit(tool: AgentTool, context: NodeContext): Promise<void> {
  if (tool.source === 'mcp') return;
  try {
    await (await context.use('tools')).admit?.(tool.definition.name);
  } catch (error) {
    // A host without tools has no kill switches for them.
    if (!(error instanceof HeddleError) || error.code !== 'resource_unavailable') throw error;
  }
}

type Outcome = { readonly text: string; readonly passages?: string[] } | { readonly error: ErrorValue };

async function settle(
  tool: AgentTool,
  context: NodeContext,
  { maxBytes }: CallBounds,
  call: () => Promise<unknown>,
): Promise<Outcome> {
  try {
    const value = await call();
    if (typeof value !== 'string') checkValue(value, `The result of '${tool.definition.name}'`);
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
    const size = text.length > maxBytes ? text.length : new TextEncoder().encode(text).length;
    if (size <= maxBytes) return { text, ...passagesIn(value) };
    return {
      error: toErrorValue(
        new HeddleError(
          'tool_result_too_large',
          `'${tool.definition.name}' returned ${size} bytes; the limit is ${maxBytes}. Request less data.`,
        ),
      ),
    };
  } catch (cause) {
    if (cause instanceof Suspended || context.signal.aborted) throw cause;
    // A nested run fails with a HeddleError; any other error is a bug.
    if (tool.source === 'workflow' && !(cause instanceof HeddleError)) throw cause;
    if (cause instanceof HeddleError && ending.has(cause.code)) throw cause;
    return { error: toErrorValue(cause, 'tool_failed') };
  }
}

/** The ids of the passages in the result of a tool, for the record. */
function passagesIn(value: unknown): { readonly passages?: string[] } {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const ids = items.flatMap((item) => {
    if (!isPlainObject(item) || typeof item['document'] !== 'string' || typeof item['text'] !== 'string') return [];
    return typeof item['id'] === 'string' ? [item['id']] : [];
  });
  return ids.length === 0 ? {} : { passages: ids.slice(0, 1000) };
}

async function recordCall(
  tool: AgentTool,
  args: unknown,
  context: NodeContext,
  how: {
    readonly error?: ErrorValue;
    readonly text?: string;
    readonly passages?: string[];
    readonly by: string | undefined;
    readonly started: number;
    readonly permission?: 'allow' | 'ask';
  },
): Promise<void> {
  context.noteToolCall({
    tool: tool.definition.name,
    source: tool.source,
    permission: how.permission ?? tool.permission,
    argumentsHash: await hashOf(args),
    started: how.started,
    resultHash: how.text === undefined ? undefined : await hashOf(how.text),
    passages: how.passages,
    by: how.by,
    error: how.error,
  });
}

function argumentsOf({ arguments: text }: RequestedCall): JsonObject | undefined {
  try {
    const value = parseValue(text === '' ? '{}' : text, 'A call');
    // The text was parsed from JSON, so an object is a JSON object.
    return isPlainObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The same text for all calls with the same tool and arguments, whatever the order of the arguments. */
export function signatureOf(call: RequestedCall): string {
  const args = argumentsOf(call);
  return `${call.name} ${args === undefined ? call.arguments : canonicalJson(args)}`;
}

const errorText = ({ code, message }: ErrorValue): string => `Error ${code}: ${message}`;
