import type { HeddleError, JsonObject, LabelLevel, NodeContext, ToolDefinition, ToolEffect } from '@heddle/core';

/** Whether a tool may be used: always, after a person said so, or never. */
export type ToolPermission = 'allow' | 'ask' | 'deny';

/** What one call of a tool is given. */
export interface ToolUse {
  /** Unique in the execution. */
  readonly key: string;
  /** The same for every attempt. */
  readonly idempotencyKey: string;
  readonly args: JsonObject;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A tool as an agent holds it, wherever it comes from. */
export interface AgentTool {
  readonly definition: ToolDefinition;
  readonly source: 'workflow' | 'builtin' | 'mcp';
  readonly permission: ToolPermission;
  readonly effects: readonly ToolEffect[];
  /** Text that it gives was written by others: it raises the mark `untrusted`. */
  readonly isUntrusted: boolean;
  /** What it gives carries at least this level; `public` where it says nothing. */
  readonly level?: LabelLevel;
  /** Of tools from servers: the definition as it was approved. */
  readonly hash?: string;
  /** Why it must not be used now; it is not offered, and a call gives this. */
  readonly refusal?: HeddleError;
  /** Makes the call. Whoever calls journals it; nested runs journal themselves under the key. */
  call(use: ToolUse, context: NodeContext): Promise<unknown>;
}
