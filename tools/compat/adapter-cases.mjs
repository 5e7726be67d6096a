import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareLlamaServer, preparePython } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

const partnerKey = 'sk-compat-0123456789';
const contextTokens = 2_048;

/** Starts llama-server with the starter model, which the cases share; gives `{ skip }` if it is not available. */
export async function startLlamaServer(weights) {
  const { program, skip } = await prepareLlamaServer();
  if (skip !== undefined) return { skip };
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  return startPartner(
    program,
    [
      ...['-m', weights, '--alias', 'smol', '--host', '127.0.0.1', '--port', String(port)],
      ...['-c', String(2 * contextTokens), '-np', '2', '-t', '1', '--jinja', '--offline', '--api-key', partnerKey],
    ],
    { address, ready: '/health' },
  );
}

/** Starts LiteLLM in front of it, which offers Gemini's API. */
async function startLitellm(llama, folder) {
  const { bin, skip } = await preparePython('python', ['litellm[proxy]==1.108.7']);
  if (skip !== undefined) return { skip };
  const port = await freePort();
  const config = join(folder, 'litellm.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      model_list: [
        {
          model_name: 'smol',
          litellm_params: { model: 'hosted_vllm/smol', api_base: `${llama.address}/v1`, api_key: partnerKey },
        },
      ],
      general_settings: { master_key: partnerKey },
      litellm_settings: { drop_params: true, use_chat_completions_url_for_anthropic_messages: true },
      router_settings: { disable_cooldowns: true, num_retries: 0 },
    }),
  );
  const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'];
  const env = { LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
  return startPartner(join(bin, 'litellm'), args, {
    ...{ address: `http://127.0.0.1:${port}`, ready: '/health/liveliness', env, seconds: 180 },
  });
}

async function hubOf(kind, baseUrl) {
  const { ConnectionHub } = await import('@heddle/adapters/connections');
  const { Connection } = await import('@heddle/core');
  const supports = { schema: true, tools: true, images: false, reasoning: false };
  const connection = Connection.parse({
    ...{ id: 'partner', kind, baseUrl, attempts: 2, models: [{ name: 'smol', contextTokens, supports }] },
    ...(kind === 'openai-compatible' ? { preset: 'llama-cpp' } : {}),
  });
  return new ConnectionHub({
    store: {
      list: async () => [connection],
      get: async () => connection,
      save: async () => {},
      delete: async () => {},
    },
    vault: { list: async () => [], set: async () => {}, get: async () => partnerKey, delete: async () => {} },
    clock: {
      now: () => Date.now(),
      at: (time, callback) => {
        const timer = setTimeout(callback, Math.max(0, time - Date.now()));
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    readFile: async () => new Uint8Array(),
  });
}

/**
 * Runs the suite of the port. A server without schema support only gets the schema as text. A small model may then fail, but the failure
 * must be detected.
 */
async function runSuite(kind, baseUrl, report, { enforcesSchema = true } = {}) {
  const { collectEvents, languageModelSuite, textOf } = await import('@heddle/core/testing');
  const model = await (await hubOf(kind, baseUrl)).languageModel('partner/smol');
  for (const { name, run } of languageModelSuite) {
    if (enforcesSchema || !name.includes('schema')) await report(name, () => run({ model, counts: 'estimate' }));
    else
      await report('never gives JSON for whole that does not fit the schema', async () => {
        try {
          const events = await collectEvents(model, schemaRequest);
          if (events.at(-1)?.finishReason !== 'length') JSON.parse(textOf(events));
        } catch (error) {
          if (error.code !== 'schema_mismatch') throw error;
        }
      });
  }
}

const schemaRequest = {
  messages: [{ role: 'user', content: 'Name a city and a number as JSON.' }],
  maxTokens: 60,
  temperature: 0,
  schema: {
    type: 'object',
    properties: { city: { type: 'string', maxLength: 20 }, count: { type: 'integer', minimum: 0, maximum: 9 } },
    required: ['city', 'count'],
    additionalProperties: false,
  },
};

/** Tests our adapters against servers of other projects; each case runs the whole conformance suite of the port. */
export const adapterCases = [
  {
    name: 'llama-server-openai',
    title: "llama.cpp's llama-server, OpenAI's format",
    run: ({ llama, report }) => runSuite('openai-compatible', `${llama.address}/v1`, report),
  },
  {
    name: 'llama-server-anthropic',
    title: "llama.cpp's llama-server, Anthropic's format",
    run: ({ llama, report }) => runSuite('anthropic', llama.address, report, { enforcesSchema: false }),
  },
  {
    name: 'litellm-openai',
    title: "litellm before it, OpenAI's format",
    needs: startLitellm,
    run: ({ partner, report }) => runSuite('openai-compatible', `${partner.address}/v1`, report),
  },
  {
    name: 'litellm-gemini',
    title: "litellm before it, Gemini's format",
    needs: startLitellm,
    run: ({ partner, report }) => runSuite('google', `${partner.address}/v1beta`, report),
  },
];
