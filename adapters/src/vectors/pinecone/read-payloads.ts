import type { Found, Namespace } from './namespace.js';
import { heldIn, payloadOf, pieceId, type Held } from './rows.js';

/**
 * Reads the contents of records, by id, and fetches pieces that are not among `found`. A record that is being rewritten, so that its old
 * pieces are gone, is left out.
 */
export async function readPayloads(space: Namespace, found: readonly Found[]): Promise<ReadonlyMap<string, unknown>> {
  const all = new Map<string, Held>(found.map(({ id, metadata }) => [id, heldIn(metadata)]));
  const wanted = [...all].flatMap(([id, { part, parts, mark }]) =>
    part > 0 ? [] : Array.from({ length: parts }, (_, at) => pieceId(id, mark, at + 1)),
  );
  for (const { id, metadata } of await space.fetch(wanted.filter((id) => !all.has(id)))) all.set(id, heldIn(metadata));
  const heads = [...all].filter(([, { part }]) => part === 0);
  return new Map(
    heads.flatMap(([id, held]) => {
      const payload = payloadOf(id, held, all);
      return payload === undefined ? [] : [[id, payload] as const];
    }),
  );
}
