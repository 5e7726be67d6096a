import type { Deletion } from '@heddle/adapters/stores';
import { HeddleError } from '@heddle/core';
import { channelEvent } from '../channels/channel.service.js';
import type { Originals } from '../collections/originals.js';
import { erasedEvent, factsErased } from '../conversations/erased-event.js';
import type { Deletions } from '../deletions/deletions.js';
import { withoutDeletedConversations } from '../deletions/without-deleted-conversations.js';
import { withoutDeletedDatasets } from '../deletions/without-deleted-datasets.js';
import { withoutDeletedDocuments } from '../deletions/without-deleted-documents.js';
import { withoutDeletedFacts } from '../deletions/without-deleted-facts.js';
import { withoutDeletedPrompts } from '../deletions/without-deleted-prompts.js';
import {
  withoutDeletedRuns,
  withoutFeedbackOfDeleted,
  withoutScoresOfDeleted,
} from '../deletions/without-deleted-runs.js';
import { withoutDeletedWorkflows } from '../deletions/without-deleted-workflows.js';
import { stillNeeded } from '../runs/state/still-needed.js';
import type { HeddleParts } from './parts.js';

/** The parts as everybody sees them, without what is deleted. */
export function withoutDeleted(stored: HeddleParts, deletions: Deletions): HeddleParts {
  return {
    ...stored,
    workflows: withoutDeletedWorkflows(stored.workflows, deletions),
    collections: withoutDeletedDocuments(stored.collections, deletions),
    datasets: withoutDeletedDatasets(stored.datasets, deletions),
    conversations: withoutDeletedConversations(stored.conversations, deletions),
    facts: withoutDeletedFacts(stored.facts, deletions),
    prompts: withoutDeletedPrompts(stored.prompts, deletions),
    journal: withoutDeletedRuns(stored.journal, deletions),
    feedback: withoutFeedbackOfDeleted(stored.feedback, deletions),
    scores: withoutScoresOfDeleted(stored.scores, deletions),
  };
}

/** Registers how each kind is removed for good, with the same audit events as a deletion that cannot be undone. */
export function removeDeleted(parts: HeddleParts, deletions: Deletions, originals: Originals): void {
  const { workflows, collections, collectionTitles, datasets, prompts, audit, identity, tables } = parts;
  deletions.removeWith('collection', async ({ id, who, project }) => {
    const wasThere = await (await collections.get()).drop(id);
    await originals.drop(id);
    await collectionTitles.forget(id);
    await parts.indexGates.forget(id);
    await parts.sources.forget(id);
    // The name becomes free again, for every project.
    await tables.commit([
      ...identity.owned.write.forget('collection', id),
      ...identity.grants.write.forget('collection', id),
    ]);
    await deletions.forgetWithin(id);
    if (!wasThere) return;
    const details = { step: 'collection removed' } as const;
    await audit.write({ kind: 'erase', who, project, subject: `collection:${id}`, details });
  });
  deletions.removeWith('workflow', async ({ id, who, project }) => {
    const details = { step: 'workflow removed' } as const;
    await unlessGone('workflow_not_found', () =>
      audit.during({ kind: 'erase', who, project, subject: `workflow:${id}`, details }, () => workflows.delete(id)),
    );
  });
  deletions.removeWith('document', async ({ id, within, who, project }) => {
    await unlessGone('collection_not_found', async () => {
      const removed = await (await (await collections.get()).open(within)).delete([id]);
      await originals.remove(within, id);
      if (removed === 0) return;
      const details = { step: 'document removed', document: id } as const;
      await audit.write({ kind: 'erase', who, project, subject: `collection:${within}`, details });
    });
  });
  deletions.removeWith('dataset', async ({ id, who, project }) => {
    await unlessGone('not_found', async () => {
      await datasets.get(id);
      const event = { kind: 'dataset', who, project, subject: `dataset:${id}`, details: { step: 'removed' } } as const;
      await audit.commit(event, datasets.write.delete(id));
    });
  });
  deletions.removeWith('prompt', async ({ id, who, project }) => {
    const details = { step: 'prompt removed' } as const;
    await audit.commit({ kind: 'erase', who, project, subject: `prompt:${id}`, details }, prompts.delete(id));
  });
  deletions.removeWith('run', (deletion) => removeRun(parts, deletion));
  deletions.removeWith('trigger', async ({ id, who }) => {
    const { store } = parts.channels;
    const trigger = await store.findDeleted(id);
    if (trigger !== undefined) await audit.commit(channelEvent(trigger, 'removed', who), [store.write.remove(id)]);
  });
  removeMemory(parts, deletions);
}

/** Registers how conversations and facts are erased. */
function removeMemory({ conversations, facts, audit }: HeddleParts, deletions: Deletions): void {
  deletions.removeWith('conversation', async ({ id, who, project }) => {
    if ((await conversations.find(id)) === undefined) return;
    await conversations.erase([id], (writes, erased) =>
      audit.commit(erasedEvent(who, { subject: `conversation:${id}`, project }, erased), writes),
    );
    await conversations.forgetErased();
  });
  deletions.removeWith('fact', async ({ id, who, project }) => {
    if ((await facts.find(id)) === undefined) return;
    await facts.erase([id], (writes, erased) =>
      audit.commit(factsErased(who, { subject: `fact:${id}`, project }, erased), writes),
    );
    await facts.forgetErased();
  });
}

/** Errors: `run_unfinished` if an unfinished run was resumed from this one. This run is removed after that one has ended. */
async function removeRun({ audit, storage }: HeddleParts, { id, who, project }: Deletion): Promise<void> {
  const event = { kind: 'erase', who, project, subject: `run:${id}`, details: { step: 'run removed' } } as const;
  await unlessGone('run_not_found', () =>
    storage.removeRuns(
      [id],
      (why) => stillNeeded(id, why),
      (writes) => audit.commit(event, writes),
    ),
  );
}

/** An earlier process may have removed the thing and died before it removed the mark of the deletion. */
async function unlessGone(code: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HeddleError && error.code === code)) throw error;
  }
}
