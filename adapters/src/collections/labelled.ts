import { joinLabels, type CollectionInfo, type Passage } from '@heddle/core';

/**
 * A passage as the world sees it: with the join of its document's label and its collection's (rule B1), the collection's name, and without a
 * source that is a path of our own disk. Answers leave with their passages, and where a server keeps its files is nobody's business.
 */
export function labelled({ source, ...passage }: Passage, info: CollectionInfo): Passage {
  const label = passage.label === undefined ? info.label : joinLabels(info.label, passage.label);
  const isTold = source !== undefined && !isOwnPath(source);
  return { ...passage, ...(isTold ? { source } : {}), collection: info.name, label };
}

const isOwnPath = (source: string): boolean => /^(?:[/\\]|[a-z]:[/\\]|file:)/i.test(source);
