import { HeddleError } from '@heddle/core';
import type { FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;

const refuse = (): never => {
  throw new HeddleError('internal', 'A route has a JSON schema: declare its body and its reply with zod instead.');
};

/**
 * Fastify's own compilers of JSON schemas are 250 modules that it loads at each start, and no route has such a schema: zod parses what comes in.
 *
 * @example new FastifyAdapter({ schemaController: noRouteSchemas });
 */
export const noRouteSchemas: SchemaController = {
  compilersFactory: { buildValidator: () => refuse, buildSerializer: () => refuse },
};
