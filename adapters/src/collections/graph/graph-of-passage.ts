import { entityId, nameFinder, type FoundEntity, type PassageFindings, type GraphDocument } from '@heddle/core';
import type { ReadPassage } from './graph-prompt.js';

const mostEntities = 100;
const mostRelations = 200;
const longestName = 300;
const longestRelation = 200;
const longestTitle = { characters: 300, terms: 8 };

export interface PassageGraph {
  readonly mentions: GraphDocument['mentions'];
  readonly relations: GraphDocument['relations'];
}

/**
 * Converts the findings of a model into what the graph stores: names that the passage contains, each entity once, and relations between two
 * of them.
 */
export function graphOfPassage(
  passage: string,
  read: ReadPassage,
  { entities, relations }: PassageFindings,
): PassageGraph {
  const stands = nameFinder(read.text, read.title);
  const mentions = new Map<string, PassageGraph['mentions'][number]>();
  const add = ({ name, type }: FoundEntity): string | undefined => {
    const entity = name.length > longestName ? undefined : entityId(name);
    if (entity === undefined || (!mentions.has(entity) && mentions.size === mostEntities)) return undefined;
    if (!mentions.has(entity)) {
      if (!stands(name)) return undefined;
      mentions.set(entity, { entity, passage, name: name.replaceAll(/\s+/gu, ' ').trim(), type });
    }
    return entity;
  };
  for (const one of entities) add(one);
  const found = new Map<string, PassageGraph['relations'][number]>();
  for (const one of relations) {
    const text = one.text.replaceAll(/\s+/gu, ' ').trim().slice(0, longestRelation);
    const [source, target] = [one.source, one.target].map((name) => add({ name, type: 'other' }));
    if (source === undefined || target === undefined || source === target || text === '') continue;
    if (found.size < mostRelations) found.set(`${source}\n${target}\n${text}`, { source, target, text, passage });
  }
  const title = nameOfTitle(read.title);
  if (title !== undefined) add({ name: title, type: 'document' });
  return { mentions: [...mentions.values()], relations: [...found.values()] };
}

/** The title of a document if it looks like a name: few words, and not a file name. A trailing part in brackets is cut. */
function nameOfTitle(title: string): string | undefined {
  if (title.length > longestTitle.characters) return undefined;
  const name = title.replace(/\s*[([（][^()[\]（）]*[)\]）]\s*$/u, '').trim();
  const isFile = /\.[a-z0-9]{1,5}$/i.test(name) || /[/\\_#]/.test(name);
  return name === '' || isFile || name.split(/\s+/).length > longestTitle.terms ? undefined : name;
}
