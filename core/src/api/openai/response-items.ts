import { z } from 'zod';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A part of a message in `input`. Images must be contained in the request. */
const InputPart = z.union([
  z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({
    type: z.literal('input_image'),
    image_url: z.string(),
    detail: z.enum(['auto', 'high'], 'only auto and high are supported here').nullish(),
    file_id: z.null('a stored file cannot be named here: send the picture in image_url').optional(),
  }),
]);

/** A message that a client wrote itself, or received and sends back. */
export const InputMessageItem = z.looseObject({
  type: z.literal('message').nullish(),
  id: z.string().max(128).nullish(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(InputPart).max(1_000)]),
});
export type InputMessageItem = z.infer<typeof InputMessageItem>;

/** A function call that the model requested. */
const FunctionCallItem = z.looseObject({
  type: z.literal('function_call'),
  id: z.string().max(128).nullish(),
  call_id: z.string().max(256),
  name: z.string().max(256),
  arguments: z.string(),
});
type FunctionCallItem = z.infer<typeof FunctionCallItem>;

/** The result of the client's function. */
const FunctionOutputItem = z.looseObject({
  type: z.literal('function_call_output'),
  id: z.string().max(128).nullish(),
  call_id: z.string().max(256),
  output: z.union([z.string(), z.array(z.looseObject({ type: z.literal('input_text'), text: z.string() })).max(1_000)]),
});

/** Reasoning that a client sends back. It is not passed to the model again. */
const ReasoningItem = z.looseObject({
  type: z.literal('reasoning'),
  id: z.string().max(128).nullish(),
  encrypted_content: z.null('reasoning is not encrypted here: leave it out').optional(),
});

/** Refers to an item of a stored response. */
const ItemReference = lazyStrictObject(() => ({
  type: z.literal('item_reference').nullish(),
  id: z.string().min(1).max(128),
}));

const kinds = 'messages, function_call, function_call_output, reasoning and item_reference';

/** An item of `input`. */
export const ResponseInputItem = z.union(
  [FunctionCallItem, FunctionOutputItem, ReasoningItem, InputMessageItem, ItemReference],
  { error: `this item is not supported here: use ${kinds}` },
);
export type ResponseInputItem = z.infer<typeof ResponseInputItem>;

const status = z.enum(['in_progress', 'completed', 'incomplete']);

/** An item of the answer. */
export const ResponseOutputItem = z
  .union([
    lazyObject(() => ({
      type: z.literal('message'),
      id: z.string(),
      status,
      role: z.literal('assistant'),
      content: z.array(
        z.object({
          type: z.literal('output_text'),
          text: z.string(),
          annotations: z.array(z.unknown()),
          logprobs: z.array(z.unknown()),
        }),
      ),
    })),
    lazyObject(() => ({
      type: z.literal('function_call'),
      id: z.string(),
      status,
      call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
    })),
    lazyObject(() => ({
      type: z.literal('reasoning'),
      id: z.string(),
      status,
      summary: z.array(z.unknown()),
      content: z.array(z.object({ type: z.literal('reasoning_text'), text: z.string() })),
    })),
  ])
  .meta({ id: 'ResponseOutputItem' });
export type ResponseOutputItem = z.infer<typeof ResponseOutputItem>;
