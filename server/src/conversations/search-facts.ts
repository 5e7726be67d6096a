import { isAtMost, type ConversationQuery, type FactStore, type LabelLevel, type StoredFact } from '@heddle/core';
import { setImmediate as nextTick } from 'node:timers/promises';

/**
 * The facts of a query, newest first. A search text must occur in the key, text, subject or workflow, in any case. Key and text above the
 * reader's clearance are not searched, because a match would reveal them. Other work runs between two pages.
 */
export async function* searchFacts(
  facts: Pick<FactStore, 'list'>,
  query: ConversationQuery,
  search: string | undefined,
  clearanceOf: (fact: StoredFact) => LabelLevel | Promise<LabelLevel> = () => 'restricted',
): AsyncGenerator<StoredFact> {
  const wanted = search?.toLowerCase();
  let { after } = query;
  for (;;) {
    const found = await facts.list({ ...query, after });
    for (const fact of found) {
      const { key, text, owner, label } = fact;
      const isReadable = wanted === undefined || isAtMost(label.level, await clearanceOf(fact));
      const texts = [...(isReadable ? [key, text] : []), owner.subject, owner.workflow];
      if (wanted === undefined || texts.some((one) => one.toLowerCase().includes(wanted))) yield fact;
    }
    after = found.at(-1);
    if (found.length < query.limit) return;
    await nextTick();
  }
}
