import { threadNotFound, type ConversationOwner, type Conversations, type StoredConversation } from '@heddle/core';

/** Finds a thread of this owner. Errors: `thread_not_found`, with the same message for an unknown thread and one of another owner. */
export async function ownThread(
  conversations: Pick<Conversations, 'find'>,
  thread: string,
  { project, workflow, subject }: ConversationOwner,
): Promise<StoredConversation> {
  const found = await conversations.find(thread);
  const owner = found?.owner;
  if (found === undefined || owner?.project !== project || owner.workflow !== workflow || owner.subject !== subject)
    throw threadNotFound();
  return found;
}
