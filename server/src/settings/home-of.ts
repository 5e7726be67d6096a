import type { FastifyRequest } from 'fastify';

/** The address of this server without a path: the configured one, or the one of the request, where a trusted proxy may have changed it. */
export function homeOf(
  { publicUrl }: { readonly publicUrl: string | undefined },
  { protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>,
): string {
  return (publicUrl ?? `${protocol}://${headers.host ?? ''}`).replace(/\/+$/, '');
}
