import type { JsonObject, NodeContext, ToolDefinition, ToolEffect } from '@heddle/core';

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
  /** Of tools from servers: the definition as it was approved. */
  readonly hash?: string;
  /** Makes the call. Whoever calls journals it; nested runs journal themselves under the key. */
  call(use: ToolUse, context: NodeContext): Promise<unknown>;
}
