import type { FastifyInstance } from 'fastify';

/** The methods of an address, from the routes; empty where nothing exists. */
export type AllowedMethods = (url: string) => readonly string[];

interface KnownRoute {
  readonly method: string;
  readonly address: RegExp;
}

/**
 * Collects the routes, so call it before they are made. Routes that end in a wildcard are left out: the editor's route matches every
 * address.
 *
 * @example const methodsOf = listenForRoutes(fastify); … methodsOf('/v1/workflows/echo') // ['POST']
 */
export function listenForRoutes(fastify: FastifyInstance): AllowedMethods {
  const routes: KnownRoute[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    if (url.includes('*')) return;
    const address = new RegExp(`^${url.replace(/[.+()]/g, String.raw`\$&`).replace(/:\w+/g, '[^/]+')}$`);
    for (const one of [method].flat()) routes.push({ method: one, address });
  });
  return (url) => {
    const path = url.split('?')[0] ?? url;
    return [...new Set(routes.filter(({ address }) => address.test(path)).map(({ method }) => method))].sort();
  };
}
