import { z } from 'zod';

/**
 * The body of a `PUT` or `PATCH`: what may be set, and beside it what `GET` shows and nobody sets. Those members may stay where they stand,
 * in the form in which they are shown, and are left out of the result: so what was read can be sent back with one member changed.
 *
 * @example withReadOnly(HookConfig, HookReply).meta({ id: 'ChangeHookRequest' })
 */
export function withReadOnly<Request extends z.ZodObject>(
  request: Request,
  ...shown: readonly z.ZodObject[]
): z.ZodPipe<z.ZodObject, z.ZodTransform<z.output<Request>, Record<string, unknown>>> {
  const set = request.shape;
  const readOnly = new Map(
    shown
      .flatMap(({ shape }) => Object.entries(shape))
      .filter(([name]) => !Object.hasOwn(set, name))
      .map(([name, schema]) => [name, z.optional(schema).meta({ readOnly: true })]),
  );
  const whole: z.ZodObject = request.safeExtend(Object.fromEntries(readOnly));
  return whole.transform(
    (value) => Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.has(name))) as z.output<Request>, // what else the schema has
  );
}
