import { HeddleError } from '@heddle/core';
import type { Heddle } from '../heddle/heddle.js';

/** The state of a topic as it is now: what a watcher is told first. Errors: `workflow_not_found`, `not_found`. */
export async function topicState(heddle: Heddle, topic: string): Promise<readonly unknown[]> {
  if (topic === 'runs') return heddle.runs.list({ limit: 50 });
  if (topic === 'jobs') return heddle.jobs.list();
  if (topic === 'models') return [await heddle.models.state()];
  if (topic.startsWith('workflow:')) {
    const { id, slug, revision, updatedAt } = await heddle.workflows.get(topic.slice('workflow:'.length));
    return [{ id, slug, revision, updatedAt, isDeleted: false }];
  }
  // Webhooks and schedules are read by those who look at them; here is told when there is something new.
  if (topic.startsWith('triggers:'))
    return (await heddle.doors.batches.list(topic.slice('triggers:'.length))).map((batch) => ({ batch }));
  throw new HeddleError('not_found', `There is no topic '${topic}'.`);
}
