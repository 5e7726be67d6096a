/** A real Redis of the system; `{ skip }` where there is none. */
export async function startCompatRedis(more) {
  const { redisMissing, startRedis } = await import('@heddle/adapters/testing');
  const skip = redisMissing();
  return skip === undefined ? startRedis(more) : { skip };
}
