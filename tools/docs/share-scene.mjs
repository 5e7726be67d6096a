/** Publishes the sample workflow if it is not published, and creates a share link; `tidy` revokes the link. */
export async function prepareShare(address) {
  const workflow = `${address}/api/workflows/ask-the-handbook`;
  const call = async (method, path, body) => {
    const reply = await fetch(`${workflow}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  const { live } = await call('GET', '/versions');
  if (live === undefined) await call('POST', '/publish', { acceptDataMap: true });
  const { id, path, examples } = await call('POST', '/shares', {
    name: 'Picture',
    greeting: 'Ask what you want to know about working here.',
    examples: ['Who founded Silverheron Looms, and in which year?'],
    theme: 'light',
  });
  return { path, examples, tidy: () => call('DELETE', `/shares/${id}`) };
}
