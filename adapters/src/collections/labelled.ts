import { joinLabels, labelOfCollection, type CollectionInfo, type Passage } from '@heddle/core';

/**
 * A passage as callers get it. Its label joins those of its document and its collection, and it has the collection's name. A source that is
 * a path on our own disk is left out, because passages leave the server with answers.
 */
export function labelled({ source, ...passage }: Passage, info: CollectionInfo): Passage {
  const own = labelOfCollection(info);
  const label = passage.label === undefined ? own : joinLabels(own, passage.label);
  const isShown = source !== undefined && !isOwnPath(source);
  return { ...passage, ...(isShown ? { source } : {}), collection: info.name, label };
}

const isOwnPath = (source: string): boolean => /^(?:[/\\]|[a-z]:[/\\]|file:)/i.test(source);
