// What the checks of Node clients share; each check prints one JSON line. Arguments: the address with /v1, and a key.
export const [base, apiKey] = process.argv.slice(2);
export const home = base.replace(/\/v1$/, '');
export const model = 'smollm2-135m';
export const embedder = 'all-minilm-l6-v2';
export const width = 384;
export const question = 'The loom costs 149 euros. What does the loom cost? Answer in one sentence.';
export const schema = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 20 }, count: { type: 'integer', minimum: 0, maximum: 9 } },
  required: ['city', 'count'],
  additionalProperties: false,
};

/** Runs a check. Its name begins with its subject: chat, stream, tools, structured output, embeddings, errors, threads. */
export async function check(name, work) {
  try {
    await work();
    console.log(JSON.stringify({ name }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error.name}: ${String(error.message).slice(0, 500)}` }));
  }
}

export const truthy = (value, what) => {
  if (!value) throw new Error(what);
};

export function fits(value) {
  truthy(typeof value.city === 'string' && Number.isInteger(value.count), `does not fit: ${JSON.stringify(value)}`);
}

/** Checks that a call fails with an error that has all of these members. */
export async function refused(work, members) {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  truthy(error !== undefined, 'it is not refused');
  for (const [name, value] of Object.entries(members))
    truthy(error[name] === value, `its ${name} is ${error[name]}: ${error}`);
}

/** Calls Heddle itself, to see what a client has done: with the key under /v1, otherwise as the local user. */
export async function call(path, body) {
  const reply = await fetch(`${home}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(path.startsWith('/v1/') ? { authorization: `Bearer ${apiKey}` } : {}),
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const read = await reply.json();
  truthy(reply.ok, JSON.stringify(read));
  return read;
}

export const newThread = async (workflow = 'says') => (await call('/v1/threads', { workflow })).id;

/** Checks that a thread contains exactly what was said, and the answers of the workflow `says`. */
export async function continues(thread, ...said) {
  const { messages } = await call(`/v1/threads/${thread}/messages`);
  const held = messages.map(({ text }) => text);
  const wanted = said.flatMap((one) => [one, `You said ${one}`]);
  truthy(JSON.stringify(held) === JSON.stringify(wanted), `the thread holds ${JSON.stringify(held)}`);
}
