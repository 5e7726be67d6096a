import {
  HeddleError,
  workflowNotFound,
  type Audit,
  type AuditActor,
  type ConversationOwner,
  type Conversations,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

interface AssignmentStores {
  readonly conversations: Conversations;
  readonly ownership: Ownership;
  readonly workflows: WorkflowService;
  readonly audit: Pick<Audit, 'commit'>;
}

/**
 * Assigns a conversation without an owner to a project and workflow. Errors: `not_found`, `conflict`, `project_not_found`,
 * `workflow_not_found`.
 */
export async function assignConversation(
  { conversations, ownership, workflows, audit }: AssignmentStores,
  id: string,
  { project, workflow, subject }: ConversationOwner,
  by: AuditActor,
): Promise<void> {
  if ((await conversations.find(id)) === undefined)
    throw new HeddleError('not_found', 'There is no such conversation here, or you may not see it.');
  await ownership.newIn('conversation', project);
  let named = workflow;
  if (!workflow.startsWith('document:')) {
    named = (await workflows.get(workflow)).id;
    const { project: its } = await ownership.resourceOf('workflow', named);
    if (its !== project) throw workflowNotFound(workflow);
  }
  const details = { step: 'conversation assigned', to: project, workflow } as const;
  await conversations.assign(id, { project, workflow: named, subject }, (writes) =>
    audit.commit({ kind: 'project', ...by, subject: `conversation:${id}`, details }, writes),
  );
}
