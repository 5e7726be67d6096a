import { HeddleError } from '@heddle/core';
import type { FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;

const refuse = (): never => {
  throw new HeddleError('internal', 'A route has a JSON schema: declare its body and its reply with zod instead.');
};

/**
 * Disables Fastify's JSON schema compilers, which would load 250 modules at each start. Routes have no such schemas, because zod parses all
 * input.
 *
 * @example new FastifyAdapter({ schemaController: noRouteSchemas });
 */
export const noRouteSchemas: SchemaController = {
  compilersFactory: { buildValidator: () => refuse, buildSerializer: () => refuse },
};
