import { joinLabels, labelOfCollection, type CollectionInfo, type Passage } from '@heddle/core';

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

const isOwnPath = (source: string): boolean => /^(?:[/\\]|[a-z]:[/\\]|file:)/i.test(source);
