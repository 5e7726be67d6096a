import type { FastifyRequest } from 'fastify';

/** Gives the address of this server without a path: the configured one, or that of the request, which a trusted proxy may have changed. */
export function serverAddressOf(
  { publicUrl }: { readonly publicUrl: string | undefined },
  { protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>,
): string {
  return (publicUrl ?? `${protocol}://${headers.host ?? ''}`).replace(/\/+$/, '');
}
