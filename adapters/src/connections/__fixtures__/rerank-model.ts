/** Servers that rerank, each with its address, its form of a request and its form of a reply, as their documentation shows them. */
export type RerankFlavour = 'cohere' | 'jina' | 'voyage' | 'vllm' | 'infinity' | 'tei';

interface RerankCall {
  readonly path: string;
  // Tests look into bodies of several servers.
  readonly body: any;
}

interface RerankAnswer {
  readonly status: number;
  readonly body: unknown;
}

const addresses: Readonly<Record<RerankFlavour, string>> = {
  cohere: '/v2/rerank',
  jina: '/v1/rerank',
  voyage: '/v1/rerank',
  vllm: '/v1/rerank',
  infinity: '/rerank',
  tei: '/rerank',
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/\w+/g) ?? [];

/** The share of the words of the query that a text has. */
export function scoreOf(query: string, text: string): number {
  const words = new Set(wordsOf(text));
  const asked = wordsOf(query);
  return asked.filter((word) => words.has(word)).length / Math.max(1, asked.length);
}

/** Texts of one request that text-embeddings-inference takes as it starts. */
const teiBatch = 32;
/** Tokens that the model of vLLM reads. */
const vllmTokens = 512;

/** The reply of a server to a request; the best text stands first, as all of them do it. */
export function rerankReplyOf(flavour: RerankFlavour, { path, body }: RerankCall): RerankAnswer {
  if (path !== addresses[flavour]) return { status: 404, body: { detail: 'Not Found' } };
  const texts: readonly string[] | undefined = flavour === 'tei' ? body.texts : body.documents;
  if (texts === undefined)
    return {
      status: 422,
      body: {
        error: 'Failed to deserialize the JSON body into the target type: missing field `texts` at line 1 column 99',
        error_type: 'Validation',
      },
    };
  if (flavour === 'voyage' && Object.keys(body).some((name) => !['query', 'documents', 'model'].includes(name)))
    return { status: 400, body: { detail: 'Argument is not supported by our API.' } };
  if (flavour === 'tei' && texts.length > teiBatch)
    return {
      status: 413,
      body: { error: `batch size ${texts.length} > maximum allowed batch size ${teiBatch}`, error_type: 'Validation' },
    };
  const tokens = texts.map((text) => wordsOf(`${body.query} ${text}`).length);
  const longest = Math.max(...tokens);
  if (flavour === 'vllm' && longest > vllmTokens)
    return {
      status: 400,
      body: {
        error: {
          message: `This model's maximum context length is ${vllmTokens} tokens. However, you requested ${longest} tokens in the input for score generation.`,
          type: 'BadRequestError',
          code: 400,
        },
      },
    };
  const ranked = texts.map((text, index) => [index, scoreOf(body.query, text)] as const).sort((a, b) => b[1] - a[1]);
  return { status: 200, body: formOf(flavour, ranked, texts, tokens.reduce((sum, count) => sum + count, 0)) };
}

function formOf(
  flavour: RerankFlavour,
  ranked: readonly (readonly [number, number])[],
  texts: readonly string[],
  tokens: number,
): unknown {
  const plain = ranked.map(([index, score]) => ({ index, relevance_score: score }));
  const withText = plain.map((one) => ({ ...one, document: { text: texts[one.index] } }));
  switch (flavour) {
    case 'cohere':
      return {
        id: '07734bd2',
        results: plain,
        meta: { api_version: { version: '2' }, billed_units: { search_units: Math.ceil(texts.length / 100) } },
      };
    case 'jina':
      return { model: 'double', object: 'list', usage: { total_tokens: tokens }, results: withText };
    case 'vllm':
      return { id: 'rerank-1', model: 'double', usage: { total_tokens: tokens }, results: withText };
    case 'voyage':
      return { object: 'list', data: plain, model: 'double', usage: { total_tokens: tokens } };
    case 'infinity':
      return {
        ...{ object: 'rerank', id: 'infinity-1', model: 'double', created: 1 },
        ...{ results: plain.map((one) => ({ ...one, document: null })) },
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      };
    case 'tei':
      return ranked.map(([index, score]) => ({ index, score }));
  }
}
