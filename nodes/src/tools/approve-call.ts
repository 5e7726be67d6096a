import { canonicalJson, HeddleError, isPlainObject, type JsonObject, type NodeContext } from '@heddle/core';
import type { AgentTool, ToolPermission } from './agent-tool.js';
import { hashOf } from './content-hash.js';

/** Whether a call may be made, and who decided. */
type Approval =
  | { readonly isAllowed: true; readonly by: string | undefined }
  | { readonly isAllowed: false; readonly error: HeddleError; readonly by: string | undefined };

/** The permission of a call. After untrusted text, a tool that does more than read needs an approval. */
export function permissionOf(tool: AgentTool, context: NodeContext): ToolPermission {
  const isTainted = context.label.marks.includes('untrusted');
  const isReading = tool.effects.every((effect) => effect === 'read');
  return tool.permission === 'allow' && isTainted && !isReading ? 'ask' : tool.permission;
}

/**
 * Suspends until a person has decided about exactly this call: the answer contains the hash of tool, definition and arguments, so another
 * call needs another request. Errors: `approval_changed` if the answer has another hash.
 */
export async function approveCall(
  key: string,
  tool: AgentTool,
  args: JsonObject,
  context: NodeContext,
  assignee: string,
): Promise<Approval> {
  const { name } = tool.definition;
  const hash = await hashOf({ tool: name, definition: tool.hash ?? tool.definition, args });
  const answer = await context.requestInput(`${key}-${hash.slice(-12)}`, {
    title: `May '${name}' be called?`,
    body: `The agent wants to call **${name}** with\n\n\`\`\`json\n${canonicalJson(args)}\n\`\`\``,
    ...(assignee === '' ? {} : { assignee }),
    schema: {
      type: 'object',
      properties: {
        choice: { type: 'string', enum: ['approve', 'refuse'] },
        hash: { type: 'string', const: hash, default: hash },
        reason: { type: 'string' },
      },
      required: ['choice', 'hash'],
    },
    buttons: [
      { id: 'approve', title: 'Approve' },
      { id: 'refuse', title: 'Refuse' },
    ],
    details: {
      tool: name,
      source: tool.source,
      effects: tool.effects,
      arguments: args,
      hash,
      label: { level: context.label.level, marks: context.label.marks },
    },
  });
  const value = answer.type === 'answered' && isPlainObject(answer.value) ? answer.value : {};
  const by = answer.type === 'answered' ? answer.by : undefined;
  if (answer.type === 'answered' && value['hash'] !== hash)
    throw new HeddleError(
      'approval_changed',
      `The approval of '${name}' is for another call: request a new approval.`,
      {
        details: { tool: name, hash },
      },
    );
  const isAllowed = value['choice'] === 'approve';
  const reason = answer.type === 'answered' ? answer.reason : 'no answer in time';
  context.decide({
    kind: 'approval',
    summary: `${by ?? 'No one'} ${isAllowed ? 'approved' : 'refused'} a call of ${name}.`,
    details: { tool: name, hash, isAllowed, reason },
  });
  if (isAllowed) return { isAllowed, by };
  return { isAllowed, by, error: new HeddleError('approval_refused', `A call of '${name}' was refused.`) };
}
