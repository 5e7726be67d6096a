import { z } from 'zod';

const Part = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);
const ChatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(Part)]).nullish(),
  name: z.string().max(256).nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
  tool_call_id: z.string().nullish(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

const ResponseFormat = z.union([
  z.object({ type: z.enum(['text', 'json_object']) }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }) }),
]);

/** A function in the `tools` of a request to a model. */
export const ChatTool = z.object({
  type: z.literal('function', { error: 'only functions can be offered to a model here' }),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'a name has letters, digits, _ and -, at most 64'),
    description: z.string().max(10_000).nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** The message for a setting that no model here supports; only its default is accepted. */
const unheard = (what: string) => `${what} is not supported here: leave it out`;

/** Sampling settings of vLLM and llama.cpp that the API of OpenAI does not have. */
const sampling = {
  repetition_penalty: z.literal(1, unheard('repetition_penalty')).nullish(),
  repeat_penalty: z.literal(1, unheard('repeat_penalty')).nullish(),
  top_k: z.literal([0, -1], unheard('top_k')).nullish(),
  min_p: z.literal(0, unheard('min_p')).nullish(),
};
const useTools = 'functions were replaced by tools: send tools and tool_choice';

/** Features of other servers that no model here supports. */
const unsupported = {
  logprobs: z.literal(false, unheard('logprobs')).nullish(),
  top_logprobs: z.literal(0, unheard('top_logprobs')).nullish(),
  frequency_penalty: z.literal(0, unheard('frequency_penalty')).nullish(),
  presence_penalty: z.literal(0, unheard('presence_penalty')).nullish(),
  logit_bias: z.record(z.string(), z.never(unheard('logit_bias'))).nullish(),
  modalities: z.array(z.literal('text', unheard('a modality other than text'))).nullish(),
  ...sampling,
  audio: z.null(unheard('audio')).optional(),
  web_search_options: z.null(unheard('web_search_options')).optional(),
  verbosity: z.literal('medium', unheard('verbosity')).nullish(),
  functions: z.array(z.never(useTools)).nullish(),
  function_call: z.literal('none', useTools).nullish(),
};

/** The answer ends before this text. An empty text would match everywhere. */
const StopText = z.string().min(1);

/** The body of `POST /v1/chat/completions`. Unsupported fields are ignored unless they would change the answer. */
export const ChatRequest = z
  .looseObject({
    model: z.string().min(1).max(256),
    messages: z.array(ChatMessage).min(1).max(10_000),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: z.int().positive().nullish(),
    max_completion_tokens: z.int().positive().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    seed: z.int().nonnegative().nullish(),
    stop: z.union([StopText, z.array(StopText).max(16)]).nullish(),
    ...unsupported,
    n: z.int().min(1).max(1, 'only one choice is supported here: leave it out').nullish(),
    response_format: ResponseFormat.nullish(),
    reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).nullish(),
    tools: z.array(z.unknown()).nullish(),
    tool_choice: z
      .union([
        z.enum(['none', 'auto', 'required']),
        z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
      ])
      .nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    user: z.string().max(256).nullish(),
    /** The thread that the run of a workflow continues. */
    thread: z.string().max(64).nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The body of `POST /v1/completions`. A prompt is treated as a user message. */
export const CompletionRequest = z
  .looseObject({
    ...ChatRequest.pick({
      model: true,
      stream: true,
      stream_options: true,
      max_tokens: true,
      temperature: true,
      top_p: true,
      seed: true,
      stop: true,
      n: true,
      user: true,
      frequency_penalty: true,
      presence_penalty: true,
      logit_bias: true,
    }).shape,
    prompt: z.union([z.string(), z.array(z.string()).min(1).max(16)], {
      error: ({ input }) =>
        isTokens(input) ? 'these are tokens of another model: send texts' : 'give one text, or 1 to 16',
    }),
    ...sampling,
    logprobs: z.null(unheard('logprobs')).optional(),
    echo: z.literal(false, unheard('echo')).nullish(),
    suffix: z.literal('', unheard('suffix')).nullish(),
    best_of: z.literal(1, unheard('best_of')).nullish(),
  })
  .refine(({ stream, prompt }) => stream !== true || typeof prompt === 'string' || prompt.length === 1, {
    path: ['prompt'],
    error: 'a stream can answer only one text',
  })
  .meta({ id: 'CompletionRequest' });
export type CompletionRequest = z.infer<typeof CompletionRequest>;

/** Token ids of OpenAI's models, which some clients send instead of texts. */
const isTokens = (input: unknown): boolean =>
  Array.isArray(input) && [input[0], Array.isArray(input[0]) ? input[0][0] : undefined].some(Number.isInteger);
const tokensNotTaken = 'these are tokens of another model: send texts (in LangChain: check_embedding_ctx_length=False)';

/** The body of `POST /v1/embeddings`. Unsupported fields are ignored. */
export const EmbeddingsRequest = z
  .looseObject({
    model: z.string().min(1).max(256),
    input: z.union([z.string(), z.array(z.string()).min(1).max(2048)], {
      error: ({ input }) => (isTokens(input) ? tokensNotTaken : 'give one text, or a list of 1 to 2048 texts'),
    }),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z.int().positive().nullish(),
  })
  .meta({ id: 'EmbeddingsRequest' });
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;
