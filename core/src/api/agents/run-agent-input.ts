import { z } from 'zod';
import { lazyObject } from '../../values/lazy-object.js';

/** An id or a name that a client chooses. */
const Name = z.string().min(1).max(256);

/** The source of a part's content. Only content inside the request is read; the channel refuses addresses and stored files. */
const PartSource = z.looseObject({
  type: z.enum(['data', 'url', 'file'], { error: 'a source is data, url or file' }),
  value: z.string(),
  mimeType: z.string().max(256).nullish(),
});

/** A part of the content of a message. */
export const AgentContentPart = z.union(
  [
    z.looseObject({ type: z.literal('text'), text: z.string() }),
    z.looseObject({ type: z.enum(['image', 'audio', 'video', 'document']), source: PartSource }),
  ],
  { error: 'a part is a text, or a picture, sound, video or document with its source' },
);
export type AgentContentPart = z.infer<typeof AgentContentPart>;

const Content = z.union([z.string(), z.array(AgentContentPart).max(1_000)]);

/** A message of the conversation as an AG-UI client stores it. Unknown members are kept, because a snapshot returns the messages. */
export const AgentMessage = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'developer']), id: Name, content: z.string() }),
  z.looseObject({ role: z.literal('user'), id: Name, name: z.string().max(256).nullish(), content: Content }),
  z.looseObject({
    role: z.literal('assistant'),
    id: Name,
    content: z.string().nullish(),
    toolCalls: z
      .array(z.looseObject({ id: Name, function: z.looseObject({ name: Name, arguments: z.string() }) }))
      .max(1_000)
      .nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), id: Name, toolCallId: Name, content: Content }),
  z.looseObject({ role: z.enum(['activity', 'reasoning']), id: Name }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;

/** Body of `POST /v1/workflows/NAME/ag-ui`: the request of an AG-UI client. */
export const RunAgentInput = lazyObject(() => ({
  threadId: Name,
  /** If the caller already started a run with this id, that run is followed. */
  runId: Name,
  protocolVersion: z.string().max(32).nullish(),
  parentRunId: Name.nullish(),
  /** Members that have the name of an input of the workflow are used as that input. */
  state: z.unknown().optional(),
  messages: z.array(AgentMessage).max(10_000),
  /** Not offered to a model: the nodes of a workflow decide about tools. */
  tools: z
    .array(z.looseObject({ name: Name }))
    .max(1_000)
    .nullish(),
  context: z.array(z.looseObject({})).max(1_000).nullish(),
  forwardedProps: z.unknown().optional(),
  /** Answers to the interrupts of a run. */
  resume: z
    .array(
      z.looseObject({
        interruptId: Name,
        status: z.enum(['resolved', 'cancelled']),
        payload: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(100)
    .nullish(),
})).meta({ id: 'RunAgentInput' });
export type RunAgentInput = z.infer<typeof RunAgentInput>;
