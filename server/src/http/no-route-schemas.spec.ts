import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { noRouteSchemas } from './no-route-schemas.js';

it('refuses a route that has a JSON schema, and makes the others', async () => {
  const server = fastify({ schemaController: noRouteSchemas });
  server.get('/plain', () => ({ is: 'there' }));
  expect((await server.inject('/plain')).json()).toEqual({ is: 'there' });
  const other = fastify({ schemaController: noRouteSchemas });
  other.post('/strict', { schema: { body: { type: 'object' } } }, () => ({}));
  await expect(other.ready()).rejects.toThrow('A route has a JSON schema');
});
