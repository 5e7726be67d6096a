import { z } from 'zod';

/**
 * Creates a `z.object` whose fields are created when the schema is first used. Most schemas of requests and replies are not needed at
 * startup, where they would create thousands of fields. Schemas of replies are only used by the OpenAPI document.
 *
 * @example export const SecretReply = lazyObject(() => ({ name: z.string() })).meta({ id: 'SecretReply' });
 */
export function lazyObject<Shape extends z.core.$ZodLooseShape>(
  fields: () => Shape,
): z.ZodObject<z.core.util.Writeable<Shape>> {
  return made(fields, undefined);
}

/** Like `lazyObject`, but creates a `z.strictObject`. */
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
  // zod's class has no type parameters for its fields, but the result is the same as that of z.object.
  return schema as z.ZodObject<z.core.util.Writeable<Shape>, Config>;
}
