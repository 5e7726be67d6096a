import type { Zip } from './open-zip.js';
import { readXml } from './read-xml.js';

/** The names of the parts in a relations file, by relation id. */
export async function relations(zip: Zip, name: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  const bytes = await zip.read(name);
  if (bytes === undefined) return targets;
  readXml(bytes, {
    onOpen: (tag, attributes) => {
      const { Id: id, Target: target, TargetMode: mode } = attributes;
      if (tag === 'Relationship' && id !== undefined && target !== undefined && mode !== 'External')
        targets.set(id, partName(folder, target));
    },
  });
  return targets;
}

/** Resolves a target, which may be relative to a folder, to the name of a part. */
export function partName(folder: string, target: string): string {
  const path = target.startsWith('/') ? target.slice(1) : `${folder}/${target}`;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
