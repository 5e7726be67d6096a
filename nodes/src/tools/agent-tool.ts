import type { HeddleError, JsonObject, LabelLevel, NodeContext, ToolDefinition, ToolEffect } from '@heddle/core';

/** Whether a tool may be used: always, after an approval, or never. */
export type ToolPermission = 'allow' | 'ask' | 'deny';

export interface ToolUse {
  /** Unique in the execution. */
  readonly key: string;
  /** The same for every attempt. */
  readonly idempotencyKey: string;
  readonly args: JsonObject;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A tool of an agent, from any source. */
export interface AgentTool {
  readonly definition: ToolDefinition;
  readonly source: 'workflow' | 'builtin' | 'mcp';
  readonly permission: ToolPermission;
  readonly effects: readonly ToolEffect[];
  /** Whether its results contain external text. Such results raise the mark `untrusted`. */
  readonly isUntrusted: boolean;
  /** The lowest level of its results. */
  readonly level?: LabelLevel;
  /** For tools of tool servers: the hash of the approved definition. */
  readonly hash?: string;
  /** Why the tool must not be used now. It is not offered to the model, and a call gets this error. */
  readonly refusal?: HeddleError;
  /** Makes the call. The caller stores the result as a step; nested runs are stored under `key`. */
  call(use: ToolUse, context: NodeContext): Promise<unknown>;
}
