import { z } from 'zod';

/**
 * `z.object` whose fields are made when the schema is first used. Most schemas of requests and replies are not used in a start, which
 * would make thousands of fields; those of a reply are used only by the OpenAPI document.
 *
 * @example export const SecretReply = lazyObject(() => ({ name: z.string() })).meta({ id: 'SecretReply' });
 */
export function lazyObject<Shape extends z.core.$ZodLooseShape>(
  fields: () => Shape,
): z.ZodObject<z.core.util.Writeable<Shape>> {
  return made(fields, undefined);
}

/** `z.strictObject` whose fields are made when the schema is first used: see `lazyObject`. */
export function lazyStrictObject<Shape extends z.core.$ZodLooseShape>(
  fields: () => Shape,
): z.ZodObject<z.core.util.Writeable<Shape>, z.core.$strict> {
  return made(fields, nothing);
}

const nothing = z.never();

function made<Shape extends z.core.$ZodLooseShape, Config extends z.core.$ZodObjectConfig>(
  fields: () => Shape,
  catchall: z.ZodNever | undefined,
): z.ZodObject<z.core.util.Writeable<Shape>, Config> {
  let shape: Shape | undefined;
  const schema = new z.ZodObject({
    type: 'object',
    get shape() {
      return (shape ??= fields());
    },
    catchall,
  });
  // The class of zod has no parameters for its fields; z.object gives them in the same way.
  return schema as z.ZodObject<z.core.util.Writeable<Shape>, Config>;
}
