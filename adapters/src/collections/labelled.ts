import { joinLabels, type CollectionInfo, type Passage } from '@heddle/core';

/** A passage with the join of its document's label and its collection's (rule B1), and the collection's name. */
export function labelled(passage: Passage, info: CollectionInfo): Passage {
  const label = passage.label === undefined ? info.label : joinLabels(info.label, passage.label);
  return { ...passage, collection: info.name, label };
}
