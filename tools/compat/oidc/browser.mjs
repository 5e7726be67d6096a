/** Makes a browser of one person, which follows redirects with cookies and fills in the two pages of the provider. */
export function createBrowser(person) {
  const jars = new Map();

  async function visit(url, init = {}) {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map();
    jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }), accept: 'text/html' };
    const reply = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const set of reply.headers.getSetCookie()) {
      const [name, ...value] = set.split(';')[0].split('=');
      jar.set(name, value.join('='));
    }
    return reply;
  }

  return {
    /** Follows redirects and forms until a URL that begins with `end`, which it returns without opening it. */
    async reach(begin, end) {
      let reply = await visit(begin);
      for (let url = begin, steps = 0; steps < 30; steps += 1) {
        const location = reply.headers.get('location');
        if (location !== null) {
          url = new URL(location, url).href;
          if (url.startsWith(end)) return url;
          reply = await visit(url);
          continue;
        }
        const page = await reply.text();
        const [, action] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
        const [, prompt] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
        if (action === undefined || prompt === undefined)
          throw new Error(`${url} is no page of the provider: ${reply.status} ${page.slice(0, 300)}`);
        url = new URL(action, url).href;
        const fields = prompt === 'login' ? { prompt, login: person, password: 'any' } : { prompt };
        reply = await visit(url, {
          ...{ method: 'POST', body: new URLSearchParams(fields) },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      }
      throw new Error(`${end} was not reached.`);
    },
    visit,
    cookies: (origin) => [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; '),
  };
}
