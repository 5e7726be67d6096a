import { z } from 'zod';

/**
 * The body of a `PUT` or `PATCH`: the fields that can be set, and the read-only fields of the `GET` reply. Read-only fields are checked
 * and removed from the result, so that a client can send back what it read with one field changed.
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
    (value) => Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.has(name))) as z.output<Request>, // the remaining fields of the schema
  );
}
