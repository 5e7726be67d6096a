import { HeddleError, workflowNotFound, type ConversationOwner, type Conversations } from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

/** The stores that an assignment reads and writes. */
interface AssignmentStores {
  readonly conversations: Conversations;
  readonly ownership: Ownership;
  readonly workflows: WorkflowService;
}

/**
 * Gives a conversation without an owner to a project and workflow. Errors: `not_found`, `conflict`, `project_not_found`,
 * `workflow_not_found`.
 */
export async function assignConversation(
  { conversations, ownership, workflows }: AssignmentStores,
  id: string,
  { project, workflow, subject }: ConversationOwner,
): Promise<void> {
  if (conversations.find(id) === undefined)
    throw new HeddleError('not_found', 'There is no such conversation here, or it is not for you to see.');
  ownership.newIn('conversation', project);
  if (workflow.startsWith('document:')) {
    conversations.assign(id, { project, workflow, subject });
    return;
  }
  const { id: stored } = await workflows.get(workflow);
  const { project: its } = await ownership.resourceOf('workflow', stored);
  if (its !== project) throw workflowNotFound(workflow);
  conversations.assign(id, { project, workflow: stored, subject });
}
