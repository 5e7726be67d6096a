import { joinLabels, labelOf, readersMark, type CollectionInfo, type Label, type Passage } from '@heddle/core';

/**
 * A passage as callers get it: its label is the join of its document's label and its collection's; it has the
 * collection's name, and no source that is a path of our own disk, because passages leave with answers.
 */
export function labelled({ source, ...passage }: Passage, info: CollectionInfo): Passage {
  const own = labelOfCollection(info);
  const label = passage.label === undefined ? own : joinLabels(own, passage.label);
  const isShown = source !== undefined && !isOwnPath(source);
  return { ...passage, ...(isShown ? { source } : {}), collection: info.name, label };
}

/** The label of everything that is found in a collection. It has a mark if others may find other documents there. */
export const labelOfCollection = ({ label, restricted = 0 }: Pick<CollectionInfo, 'label' | 'restricted'>): Label =>
  restricted === 0 ? label : joinLabels(label, labelOf('public', [readersMark]));

const isOwnPath = (source: string): boolean => /^(?:[/\\]|[a-z]:[/\\]|file:)/i.test(source);
