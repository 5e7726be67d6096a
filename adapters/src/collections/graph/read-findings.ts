import type { PassageFindings } from '@heddle/core';
import { z } from 'zod';

const Text = z.string().trim().min(1);
const Entity = z.object({ name: Text, type: Text.optional() });
const Relation = z.object({ source: Text, target: Text, relation: Text });
const Reply = z.object({ entities: z.array(z.unknown()), relations: z.array(z.unknown()).default([]) });

/** Reads the JSON object in the reply of a language model; other text in the reply is ignored. Undefined if the reply has no such object. */
export function readFindings(reply: string, types: readonly string[]): PassageFindings | undefined {
  const text = reply.replaceAll(/<think>[\s\S]*?(<\/think>|$)/g, ' ');
  const parsed = objectsIn(text)
    .map((one) => Reply.safeParse(one))
    .find(({ success }) => success);
  if (parsed?.data === undefined) return undefined;
  const typeOf = new Map(types.map((type) => [type.toLowerCase(), type]));
  return {
    entities: parsed.data.entities.flatMap((one) => {
      const entity = Entity.safeParse(one);
      if (!entity.success) return [];
      const { name, type = '' } = entity.data;
      return [{ name, type: typeOf.get(type.toLowerCase()) ?? 'other' }];
    }),
    relations: parsed.data.relations.flatMap((one) => {
      const relation = Relation.safeParse(one);
      if (!relation.success) return [];
      const { source, target, relation: phrase } = relation.data;
      return [{ source, target, text: phrase }];
    }),
  };
}

/** The whole text, or the part from its first to its last brace. */
function objectsIn(text: string): readonly unknown[] {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  return [text, text.slice(from, to + 1)].flatMap((one) => {
    try {
      return [JSON.parse(one) as unknown];
    } catch {
      return [];
    }
  });
}
